"""Everything that can be said about a manifest before it is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from airdesk_render.catalogue import Catalogue, default_catalogue
from airdesk_render.checks.assets import check_assets
from airdesk_render.checks.graph import Graph, check_graph
from airdesk_render.checks.identity import check_identity
from airdesk_render.checks.outputs import check_outputs
from airdesk_render.checks.params import check_params
from airdesk_render.checks.place import Inspection
from airdesk_render.checks.queries import check_queries
from airdesk_render.checks.references import check_references
from airdesk_render.checks.rules import check_rules
from airdesk_render.checks.schedule import check_schedule
from airdesk_render.checks.setups import check_setups
from airdesk_render.checks.shape import check_shape, report_errors
from airdesk_render.checks.templates import check_templates
from airdesk_render.checks.ways import check_ways
from airdesk_render.defaults import Layer
from airdesk_render.document import Document, Problem
from airdesk_render.effective import Effective, filled
from airdesk_render.findings import Finding
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.reading import read

_CHECKS: tuple[Callable[[Inspection, Manifest], None], ...] = (
    check_identity,
    check_schedule,
    check_params,
    check_assets,
    check_rules,
    check_references,
    check_templates,
    check_queries,
)
_OF_GRAPH: tuple[Callable[[Inspection, Manifest, Graph], None], ...] = (
    check_outputs,
    check_setups,
    check_ways,
)


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        manifest: the manifest where its shape is right, even if there are findings.
        findings: in the order of the file.
    """

    manifest: Manifest | None
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether it may be rendered: a manifest, and no finding of severity `error`."""
        return self.manifest is not None and not any(
            finding.severity == "error" for finding in self.findings
        )


def check_manifest(
    text: str,
    *,
    file: str,
    team: Team,
    policy: Policy,
    files: Mapping[str, str],
    catalogue: Catalogue | None = None,
) -> Checked:
    """Check one manifest; never raises for anything a person could have written.

    Args:
        text: the manifest. file: its path in the team's repository.
        files: texts of the repository by path; needs those that the manifest refers to, and the
            files of defaults.
        catalogue: the operators there are; those of the platform where none is given.
    """
    catalogue = catalogue or default_catalogue()
    document = read(text)
    effective = filled(document, file, files, catalogue)
    inspection = Inspection(file, text, effective, team, policy, files, catalogue)
    _report_problems(inspection, file, document)
    for layer in effective.layers:
        _check_defaults(inspection, layer)
    if any(map(_hides_the_rest, document.problems)):
        return Checked(None, tuple(inspection.findings))
    shape = check_shape(inspection)
    if shape.manifest is not None:
        _check_meaning(inspection, shape.manifest)
    return Checked(shape.manifest if shape.whole else None, _in_order(inspection.findings))


def _check_meaning(inspection: Inspection, manifest: Manifest) -> None:
    graph = check_graph(inspection, manifest)
    for of_graph in _OF_GRAPH:
        of_graph(inspection, manifest, graph)
    for check in _CHECKS:
        check(inspection, manifest)


_UNREADABLE = frozenset(
    (
        *("too-large", "yaml-character", "yaml-tab", "yaml-syntax"),
        *("yaml-deep", "yaml-documents", "yaml-alias", "yaml-bomb"),
    )
)
"""Problems after which the rest of the file says nothing reliable."""


_VALUES = frozenset(("yaml-boolean", "yaml-character", "yaml-number", "yaml-tag"))
"""Problems of single values, which were read all the same."""


def _hides_the_rest(problem: Problem) -> bool:
    of_one_value = problem.code in _VALUES and problem.path
    return problem.code in _UNREADABLE and not of_one_value


def _report_problems(inspection: Inspection, file: str, document: Document) -> None:
    for problem in document.problems:
        inspection.report_at(
            file, problem.line, problem.column, problem.code, problem.message, problem.path
        )


def _check_defaults(inspection: Inspection, layer: Layer) -> None:
    """Findings about a file of defaults, at their place there."""
    if layer.beaten is not None:
        message = f"{layer.beaten} is used in this folder. Keep one file of defaults."
        inspection.report_at(layer.file, 1, 1, "duplicate-defaults", message)
        return
    _report_problems(inspection, layer.file, layer.document)
    if layer.errors:
        alone = Effective(layer.file, layer.document.data, layer.document)
        of_layer = replace(inspection, file=layer.file, text=layer.text, effective=alone)
        report_errors(of_layer, layer.errors, {})


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Each fault once: one in a file of defaults is met there and in its use, by the same name.

    What could not be read at a place is all that is said of it.
    """
    unread = {(one.file, one.line, one.column) for one in findings if one.code in _VALUES}
    unique = {
        (one.file, one.line, one.column, one.code, one.path[-1:]): one
        for one in reversed(findings)
        if one.code in _VALUES or (one.file, one.line, one.column) not in unread
    }
    as_found = [*unique.values()][::-1]
    return tuple(sorted(as_found, key=lambda one: (one.file, one.line, one.column)))
