"""The graph of a change as Mermaid, in the part of it that GitLab draws."""

from __future__ import annotations

from collections.abc import Iterator

from airdesk_render.behaviour.harmless import label
from airdesk_render.behaviour.shapes import Edge, Graph, Node

AT_ONCE = 2_000
"""Characters up to which GitLab draws a graph without being asked."""
_MOST_NODES = 60
_LONGEST_LABEL = 40
_STYLES = {
    "added": "fill:#dcfce7,stroke:#16a34a,color:#14532d,stroke-width:2px",
    "removed": "fill:#fee2e2,stroke:#dc2626,color:#7f1d1d,stroke-dasharray:5 4",
    "changed": "fill:#fef3c7,stroke:#d97706,color:#78350f,stroke-width:2px",
}
_WORDS = {"added": " (new)", "removed": " (goes)", "changed": " (changes)", "same": ""}
_ARROWS = {"added": "==>", "removed": "-.->", "changed": "-->", "same": "-->"}
_LINES = {"added": "stroke:#16a34a", "removed": "stroke:#dc2626,stroke-dasharray:5 4"}


def mermaid_of(graph: Graph) -> str | None:
    """The whole graph; where it is long, what changes and what is next to it. `None`: no tasks."""
    if not graph.nodes:
        return None
    whole = _drawn(graph, left_out=0) if len(graph.nodes) <= _MOST_NODES else ""
    if whole and len(whole) <= AT_ONCE:
        return whole
    part = _around_changes(graph)
    return (
        _drawn(part, left_out=len(graph.nodes) - len(part.nodes)) if part.nodes else whole or None
    )


def _around_changes(graph: Graph) -> Graph:
    """Nodes that change, those next to them, and the groups around these."""
    wanted = {node.id for node in graph.nodes if node.state != "same"}
    for edge in graph.edges:
        if edge.state != "same":
            wanted |= {edge.source, edge.target}
    core = set(wanted)
    for edge in graph.edges:
        if edge.source in core or edge.target in core:
            wanted |= {edge.source, edge.target}
    first = [node for node in graph.nodes if node.id in core]
    rest = [node for node in graph.nodes if node.id in wanted and node.id not in core]
    kept = {node.id for node in (*first, *rest)[:_MOST_NODES]}
    kept |= {group for name in kept for group in _groups(name)}
    return Graph(
        nodes=tuple(node for node in graph.nodes if node.id in kept),
        edges=tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept),
    )


def _groups(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def _drawn(graph: Graph, *, left_out: int) -> str:
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += _nodes(graph, names, "", "  ")
    if left_out:
        lines.append(f'  rest["and {left_out} more"]')
    lines += [f"  {_edge(edge, names)}" for edge in graph.edges]
    for state, style in _LINES.items():
        numbers = [str(n) for n, edge in enumerate(graph.edges) if edge.state == state]
        if numbers:
            lines.append(f"  linkStyle {','.join(numbers)} {style}")
    for state, style in _STYLES.items():
        members = [names[node.id] for node in graph.nodes if node.state == state]
        if members:
            lines += [f"  classDef {state} {style}", f"  class {','.join(members)} {state}"]
    return "\n".join(lines)


def _nodes(graph: Graph, names: dict[str, str], group: str, indent: str) -> Iterator[str]:
    for node in graph.nodes:
        if node.group != group:
            continue
        text = f'{names[node.id]}["{_label(node)}"]'
        if not node.is_group:
            yield f"{indent}{text}"
            continue
        yield f"{indent}subgraph {text}"
        yield from _nodes(graph, names, node.id, f"{indent}  ")
        yield f"{indent}end"


def _label(node: Node) -> str:
    name = node.id.rpartition(".")[2]
    short = name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 2]}.."
    return label(short + _WORDS[node.state])


def _edge(edge: Edge, names: dict[str, str]) -> str:
    return f"{names[edge.source]} {_ARROWS[edge.state]} {names[edge.target]}"
