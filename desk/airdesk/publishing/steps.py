"""A change of one DAG, taken apart into what each merge request brought."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from airdesk.publishing.risk import HARMLESS, Assessment, Texts, highest


@dataclass(frozen=True)
class DagChange:
    """One DAG before and after.

    Attributes:
        manifest_path: of the candidate, or of what is published where there is none.
        since: repository path to the commit up to which it was judged, `None` for never.
        old: files of what is published; empty where nothing is, `None` where it cannot be known.
        new: files of the candidate; empty where it has no manifest any more.
        paths: files to look at in the commits between.
        assess: class of risk of two states of these files; `None` for one that is not known.
        least: a class that the whole has in any case.
    """

    manifest_path: str
    since: Mapping[str, str | None]
    old: Texts | None
    new: Texts
    paths: frozenset[str]
    assess: Callable[[Texts | None, Texts], Assessment]
    least: Assessment = HARMLESS

    def whole(self) -> Assessment:
        return highest(self.least, self.assess(self.old, self.new))


@dataclass(frozen=True)
class Step:
    """Commits in a row that one merge request brought, and how risky they are together."""

    commits: tuple[str, ...]
    assessment: Assessment
    texts: Texts
    """The DAG's files after them."""


def steps_of(
    change: DagChange,
    commits: Sequence[str],
    *,
    key: Callable[[str], Hashable],
    texts_at: Callable[[str], Texts],
) -> list[Step]:
    """The steps from what is published to the candidate.

    Each is compared with the one before, so that together they are the whole change: nothing can
    hide between two of them.

    Args:
        commits: all that touched the DAG's files, oldest first.
        key: what a commit came with; equal for commits of one merge request.
    """
    groups = [tuple(group) for _, group in groupby(commits, key)]
    if len(groups) == 1:
        return [Step(groups[0], change.whole(), change.new)]
    steps: list[Step] = []
    before = change.old
    for group in groups:
        after = {path: text for path, text in texts_at(group[-1]).items() if path in change.paths}
        steps.append(Step(group, change.assess(before, after), after))
        before = after
    last = steps[-1]
    rest = change.assess(before, change.new)  # nothing, in a history without side branches
    steps[-1] = Step(last.commits, highest(last.assessment, rest, change.least), change.new)
    return steps
