"""What Airflow says about a published change: parsed at which commit, and how its run went."""

from __future__ import annotations

from airdesk_render.names import Team

from airdesk.follow.import_error import useful_part
from airdesk.follow.lineage import Lineage
from airdesk.model import ChangeView, FailedTask, Publication, Rows, Run, Stage
from airdesk.ports import Workflows

ENDED = frozenset({"success", "failed"})
_RECENT = 10


def see_run(
    view: ChangeView, *, workflows: Workflows, lineage: Lineage, central_project: str
) -> ChangeView:
    team = Team(view.team)
    dag_id, file = team.dag_id(view.dag_name), team.central_file(view.dag_name)

    def holds_it(commit: str | None) -> bool:
        published = view.central_commit
        if commit is None or published is None:
            return False
        return lineage.includes(central_project, file, commit, published)

    dag = workflows.dag(dag_id)
    trace = workflows.import_error(file)
    error = None if trace is None else useful_part(trace, team.folder)
    view = view.model_copy(update={"dag": dag, "import_error": error})
    if dag is None or error is not None or not holds_it(dag.bundle_version):
        return view
    run = next(
        (run for run in workflows.runs(dag_id, limit=_RECENT) if holds_it(run.bundle_version)),
        None,
    )
    return _with_run(view.model_copy(update={"stage": Stage.PARSED}), run, workflows)


def _with_run(view: ChangeView, run: Run | None, workflows: Workflows) -> ChangeView:
    if run is None or run.state not in ENDED:
        return view.model_copy(update={"run": run, "rows": None, "failed": None})
    return view.model_copy(
        update={
            "stage": Stage.RAN,
            "run": run,
            "rows": rows_of(run, view.publication, workflows),
            "failed": next(iter(failures_of(run, view.publication, workflows)), None),
        }
    )


def rows_of(run: Run, publication: Publication | None, workflows: Workflows) -> Rows | None:
    """First rows of the run's report; none of a failed run, and none of personal data."""
    if run.state != "success" or publication is None or not shows_data(publication):
        return None
    if publication.report_task is None:
        return None
    return workflows.rows(run, publication.report_task)


def failures_of(
    run: Run, publication: Publication | None, workflows: Workflows
) -> tuple[FailedTask, ...]:
    """Failed tasks of a run; their log is left out where it may hold personal data."""
    if run.state != "failed":
        return ()
    failed = tuple(workflows.failed_tasks(run))
    if publication is not None and shows_data(publication):
        return failed
    return tuple(task.model_copy(update={"log_tail": "", "explanation": None}) for task in failed)


def shows_data(publication: Publication) -> bool:
    """Whether rows and log lines of this DAG may be shown in Slack."""
    return publication.data_class != "pii"
