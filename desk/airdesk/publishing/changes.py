"""What changes about each DAG of a team: what is published, against what its repository holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from airdesk_render.behaviour import Index, Rules
from airdesk_render.source import digest_of

from airdesk.errors import Refused
from airdesk.model import Publication
from airdesk.publishing.risk import HARMLESS, UNKNOWN, Assessment, Texts, assess, highest, report_on
from airdesk.publishing.sources import Candidate, Source
from airdesk.publishing.steps import DagChange


class Changes:
    """Compares by the platform's present rules, as of one moment."""

    def __init__(
        self,
        source: Source,
        *,
        rules: Rules,
        at: datetime,
        index: Index,
        texts_at: Callable[[str], Texts],
    ) -> None:
        self._source = source
        self._rules = rules
        self._at = at
        self._index = index
        self._texts_at = texts_at

    def of(
        self, candidate: Candidate, base: Publication | None, *, replaces: Publication | None
    ) -> DagChange:
        """Of a DAG that has a manifest.

        Args:
            base: what is published of it, or was until it was removed.
            replaces: the DAG that goes with the same change, where this one is it renamed.
        """
        new = {path: self._source.texts[path] for path in candidate.files}
        least = self._assess(self._published(replaces), {}) if replaces else HARMLESS
        return DagChange(
            manifest_path=candidate.manifest_path,
            # under its old name it was judged already
            since=judged_until(candidate.files, replaces or base),
            old=self._published(base),
            new=new,
            paths=frozenset((*candidate.files, *(base.files if base else ()))),
            assess=self._assess,
            least=least,
        )

    def of_gone(self, base: Publication) -> DagChange:
        """Of a DAG whose manifest is gone."""
        return DagChange(
            manifest_path=base.manifest_path,
            since={base.manifest_path: base.source_commit},
            old=self._published(base),
            new={},
            paths=frozenset(base.files),
            assess=self._assess,
        )

    def renames(
        self, gone: Mapping[str, Publication], come: Mapping[str, Candidate]
    ) -> dict[str, str]:
        """New `dag_id` to the old one that it takes the place of."""
        if not gone or not come:
            return {}
        old = {
            path: text
            for base in gone.values()
            for path, text in (self._published(base) or {}).items()
        }
        new = {
            path: self._source.texts[path]
            for candidate in come.values()
            for path in candidate.files
        }
        report = report_on(old, new, rules=self._rules, at=self._at)
        return {
            dag.dag_id: dag.was
            for dag in report.dags
            if dag.was in gone and dag.dag_id in come and dag.was is not None
        }

    def _published(self, base: Publication | None) -> Texts | None:
        """The files that a DAG was published from; `None` where they are no longer to be had."""
        if base is None or base.state != "published":
            return {}
        try:
            texts = self._texts_at(base.source_commit)
        except Refused:
            return None
        found = {path: texts[path] for path in base.files if path in texts}
        return found if digest_of(found) == base.source_digest else None

    def _assess(self, old: Texts | None, new: Texts) -> Assessment:
        if old is None:
            # What can be said all the same is what the candidate does by itself.
            return highest(UNKNOWN, self._assess({}, new))
        return assess(old, new, rules=self._rules, at=self._at, index=self._index)


def judged_until(paths: tuple[str, ...], base: Publication | None) -> dict[str, str | None]:
    """Up to which commit each file was judged; files that are new to the DAG never were.

    Files that it was made from until now count too: taking away a file of defaults changes it.
    """
    if base is None:
        return dict.fromkeys(paths)
    before = dict.fromkeys(base.files, base.source_commit)
    return {path: before.get(path) for path in dict.fromkeys((*paths, *base.files))}
