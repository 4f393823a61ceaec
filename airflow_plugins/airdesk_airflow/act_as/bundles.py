"""Have Airflow fetch a DAG bundle now, for the account that is told when it moved."""

from __future__ import annotations

from http import HTTPStatus

from airflow.models import DagModel
from airflow.models.dagbag import DagPriorityParsingRequest
from airflow.models.dagbundle import DagBundleModel
from airflow.utils.session import create_session
from fastapi import HTTPException
from sqlalchemy import exists, select


def ask_for_refresh(bundle: str) -> None:
    """Leave word for the DAG processor, which looks about once a second.

    Airflow's own way (`PUT /api/v2/parseDagFile/{file_token}`) wants the right to edit the DAG
    that it names. What it leaves behind is the same: a request for one file, at which the
    processor refreshes the file's whole bundle (`request_bundle_refresh` in
    `airflow/dag_processing/manager.py` of Airflow 3.3).

    Raises:
        HTTPException: 404 if Airflow has no such active bundle.
    """
    with create_session() as session:
        known = session.scalar(
            select(DagBundleModel).where(DagBundleModel.name == bundle, DagBundleModel.active)
        )
        if known is None:
            sentence = f"Airflow has no active DAG bundle named {bundle}."
            raise HTTPException(HTTPStatus.NOT_FOUND, sentence)
        asked = exists().where(DagPriorityParsingRequest.bundle_name == bundle)
        if session.scalar(select(asked)):
            return
        file = session.scalar(
            select(DagModel.relative_fileloc)
            .where(DagModel.bundle_name == bundle, ~DagModel.is_stale)
            .order_by(DagModel.relative_fileloc)
            .limit(1)
        )
        if file is None:
            # An empty bundle has no file to name. It counts as never refreshed instead, and is
            # at the next round (`bundle_refresh_check_interval`).
            known.last_refreshed = None
        else:
            session.add(DagPriorityParsingRequest(bundle_name=bundle, relative_fileloc=file))
