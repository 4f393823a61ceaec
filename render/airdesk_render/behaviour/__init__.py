"""What changes in behaviour between two states of a repository, and how risky that is.

- `side_of(name, root)`: a folder, or a revision that is never checked out
- `compare(old, new, old_rules=…, new_rules=…, at=…)`: a `Report`
- `as_text(report)`, `as_markdown(report)`: for a terminal, for a merge request; JSON is
  `report.model_dump_json()`
- `index_of(side, rules)`: who listens to what, for those who compare other teams' DAGs
"""

from __future__ import annotations

from airdesk_render.behaviour.diffing import compare
from airdesk_render.behaviour.impact import BadIndex, Index, load_index
from airdesk_render.behaviour.markdown import as_markdown
from airdesk_render.behaviour.readings import Rules, index_of
from airdesk_render.behaviour.shapes import Report
from airdesk_render.behaviour.sides import NoSuchSide, Side, side_of
from airdesk_render.behaviour.terminal import as_text

__all__ = [
    "BadIndex",
    "Index",
    "NoSuchSide",
    "Report",
    "Rules",
    "Side",
    "as_markdown",
    "as_text",
    "compare",
    "index_of",
    "load_index",
    "side_of",
]
