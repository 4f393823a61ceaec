"""What strangers write must stay text, wherever the report of a change is shown."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path

import pytest
from airdesk_render.behaviour import (
    Index,
    Report,
    Rules,
    as_markdown,
    as_text,
    compare,
    side_of,
)
from airdesk_render.behaviour.harmless import code, fenced, html_code, label, prose
from airdesk_render.behaviour.mermaid import AT_ONCE, mermaid_of
from airdesk_render.behaviour.shapes import Edge, Graph, Node
from airdesk_render.catalogue import default_catalogue
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

AT = dt.datetime(2026, 12, 4, tzinfo=dt.UTC)
HOSTILE = (
    "EVIL @all #1 !2 $3 %4 &5 ~6 :tada: [[_TOC_]]",
    "EVIL [x](javascript:alert(1)) ![i](https://evil.example/p.png) <https://evil.example>",
    "EVIL </details></summary><script>alert(1)</script><img src=x onerror=alert(1)>",
    "EVIL `x` ``y`` ```z``` | a | b |",
    "EVIL\n/approve\n/merge\n\n# Heading\n- item\n> quote\n\n```\n/close\n~~~",
    'EVIL"]; click n0 "javascript:alert(1)"; %%{init: {}}%% --> n1["',
    "EVIL $`x`$ {{ ds }} {% raw %} ::include{file=.env} <!-- hidden",
    "EVIL \\` \\",
)
MANIFEST = """\
version: 1
dag_id: delays
description: {description}
doc_md: {doc}
owners: [thu.tran]
data_class: internal
schedule: manual
params:
  word: {{type: string, default: {description}}}
tasks:
  first:
    operator: sql_query@1
    connection: warehouse
    sql: sql/first.sql
    outlets: [late]
  post:
    operator: slack_message@1
    channel: "#growth-data"
    text: {text}
    upstream: [first]
"""


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped.replace("{", "(").replace("}", ")").replace("%", "/")}"'


def written(root: Path, name: str, text: str, sql: str) -> str:
    folder = root / name / "dags"
    (folder / "sql").mkdir(parents=True)
    manifest = MANIFEST.format(description=quoted(text), doc=quoted(text), text=quoted(text))
    (folder / "delays.dag.yaml").write_text(manifest, encoding="utf-8")
    (folder / "sql/first.sql").write_text(sql, encoding="utf-8")
    return str(root / name)


@pytest.fixture(params=range(len(HOSTILE)))
def report(request: pytest.FixtureRequest, tmp_path: Path, growth: Team, policy: Policy) -> Report:
    """A change with a hostile text in every place that takes one."""
    evil = HOSTILE[request.param]
    no_jinja = evil.replace("{", "(")
    lines = "\n".join(f"-- {line}" for line in no_jinja.split("\n"))
    old = written(tmp_path, "old", "Harmless", "select 1\n")
    new = written(tmp_path, "new", evil, f"select 2\n{lines}\n/* \n{no_jinja}\n */\n")
    name = evil.replace("/", "_")[:80]
    (tmp_path / f"new/dags/{name}.dag.yaml").write_text(f"{quoted(evil)}: [", encoding="utf-8")
    index = Index.model_validate({"dags": [{"dag_id": evil, "listens": ["growth.late"]}]})
    rules = Rules(growth, policy, default_catalogue())
    return compare(
        side_of(old, tmp_path),
        side_of(new, tmp_path),
        old_rules=rules,
        new_rules=rules,
        at=AT,
        index=index,
    )


OUR_HTML = re.compile(r"(?:<details><summary>[\w ]*(?: of the DAG)?[\w ]*</summary>|</details>)?")


def test_the_note_holds_hostile_text_in_code_alone(report: Report) -> None:
    note = as_markdown(report)
    assert {dag.status for dag in report.dags} == {"changed", "broken"}
    assert "EVIL" in note
    headings, depth = 0, 0
    for token in MarkdownIt("commonmark").enable("table").parse(note):
        headings += token.type == "heading_open"
        if token.type == "html_block":
            rest = re.sub(r"<code>[^<>]*</code>", "", token.content).strip()
            assert OUR_HTML.fullmatch(rest), token.content
            depth += rest.count("<details>") - rest.count("</details>")
            assert depth in (0, 1)
        if token.type == "fence":
            assert token.info in ("diff", "mermaid")
        for child in token.children or ():
            assert child.type in ("text", "code_inline", "strong_open", "strong_close", "softbreak")
            if child.type == "text":
                assert "EVIL" not in child.content
                assert not re.search(r"[@#!~$%&]\w", child.content), child.content
    assert headings == 1 + len(report.dags)
    assert depth == 0


def test_no_line_of_the_note_is_a_command(report: Report) -> None:
    lines = as_markdown(report).split("\n")
    assert not [line for line in lines if line.startswith(("/", "::", "[[", "!["))]


def test_a_terminal_gets_no_control_characters(report: Report) -> None:
    assert all(one == "\n" or one.isprintable() for one in as_text(report))


def test_the_report_is_json_and_comes_back(report: Report) -> None:
    assert Report.model_validate_json(report.model_dump_json()) == report


MERMAID_LINE = re.compile(
    r"flowchart LR|end|(?:subgraph )?(?:n\d+|rest)\[\"[\w .()#;-]*\"\]"
    r"|n\d+ (?:-->|==>|-\.->) n\d+|linkStyle [\d,]+ [\w:#, -]+"
    r"|classDef (?:added|removed|changed) [\w:#, -]+|class [n\d,]+ (?:added|removed|changed)"
)


def graph(names: list[str]) -> Graph:
    states = ("added", "removed", "changed", "same")
    nodes = [
        Node(id=name, group="", is_group=False, state=states[number % 4])
        for number, name in enumerate(names)
    ]
    ends = pairwise(names)
    edges = [
        Edge(source=one, target=two, state=states[number % 2])
        for number, (one, two) in enumerate(ends)
    ]
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


@given(
    st.lists(st.text(max_size=30) | st.sampled_from(HOSTILE), unique=True, min_size=1, max_size=9)
)
def test_a_graph_is_mermaid_whatever_the_names(names: list[str]) -> None:
    drawn = mermaid_of(graph(names))
    assert drawn is not None
    for line in drawn.split("\n"):
        assert MERMAID_LINE.fullmatch(line.strip()), line


def test_a_graph_of_groups() -> None:
    nodes = (
        Node(id="load", is_group=True, state="changed"),
        Node(id="load.rows", group="load", state="added"),
        Node(id="post"),
    )
    edges = (Edge(source="load", target="post", state="removed"),)
    assert mermaid_of(Graph(nodes=nodes, edges=edges)) == (
        "flowchart LR\n"
        '  subgraph n0["load (changes)"]\n'
        '    n1["rows (new)"]\n'
        "  end\n"
        '  n2["post"]\n'
        "  n0 -.-> n2\n"
        "  linkStyle 0 stroke:#dc2626,stroke-dasharray:5 4\n"
        "  classDef added fill:#dcfce7,stroke:#16a34a,color:#14532d,stroke-width:2px\n"
        "  class n1 added\n"
        "  classDef changed fill:#fef3c7,stroke:#d97706,color:#78350f,stroke-width:2px\n"
        "  class n0 changed"
    )


def test_a_large_graph_shows_what_changes_and_its_neighbours() -> None:
    nodes = tuple(
        Node(id=f"task_{number}", state="changed" if number == 50 else "same")
        for number in range(100)
    )
    edges = tuple(
        Edge(source=f"task_{number}", target=f"task_{number + 1}") for number in range(99)
    )
    drawn = mermaid_of(Graph(nodes=nodes, edges=edges))
    assert drawn is not None
    assert len(drawn) <= AT_ONCE
    assert re.findall(r"task_\d+", drawn) == ["task_49", "task_50", "task_51"]
    assert "and 97 more" in drawn


def test_no_tasks_no_graph() -> None:
    assert mermaid_of(Graph()) is None


@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_a_code_span_holds_any_text(text: str) -> None:
    (paragraph,) = (
        one for one in MarkdownIt("commonmark").parse(f"- x {code(text)} y") if one.children
    )
    assert [child.type for child in paragraph.children or ()] == ["text", "code_inline", "text"]


@given(st.text(max_size=200) | st.sampled_from(HOSTILE))
def test_a_code_block_holds_any_text(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"{fenced(text, 'diff')}\n\nafter")
    assert tokens[0].type == "fence"
    assert tokens[-2].content == "after"


@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_prose_and_html_stay_text(text: str) -> None:
    (paragraph,) = (
        one for one in MarkdownIt("commonmark").parse(f"Why: {prose(text)}") if one.children
    )
    assert {child.type for child in paragraph.children or ()} <= {
        "text",
        "softbreak",
        "text_special",
    }
    assert "<" not in html_code(text).removeprefix("<code>").removesuffix("</code>")


def test_hidden_characters_are_shown() -> None:
    assert code("a\u202eb\x1b[31m") == "`a\\u202eb\\x1b[31m`"
    assert code("a\nb") == "`a⏎b`"
    assert code("") == "`nothing`"
    assert label('a"b#c`') == "a#34;b#35;c#96;"


def test_a_long_note_keeps_the_riskiest_and_its_size(
    tmp_path: Path, growth: Team, policy: Policy
) -> None:
    for side, limit in (("old", 1), ("new", 2)):
        folder = tmp_path / side / "dags"
        folder.mkdir(parents=True)
        for number in range(40):
            text = MANIFEST.format(description="Many", doc="Many", text=f"Text {limit}")
            queries = "\n".join(f"-- line {line} of {limit}" for line in range(40))
            named = text.replace("dag_id: delays", f"dag_id: dag_{number}").replace(
                "sql/first.sql",
                f"|\n      {queries.replace(chr(10), chr(10) + '      ')}\n      select 1",
            )
            if side == "new" and number == 7:
                named = named.replace("connection: warehouse", "connection: lake")
            (folder / f"dag_{number}.dag.yaml").write_text(named)
    rules = Rules(growth, policy, default_catalogue())
    sides = [side_of(str(tmp_path / side), tmp_path) for side in ("old", "new")]
    report = compare(sides[0], sides[1], old_rules=rules, new_rules=rules, at=AT)
    assert len(report.dags) == 40
    full = as_markdown(report, most=10**6)
    for most in (60_000, 20_000, 4_000):
        note = as_markdown(report, most=most)
        assert len(note) <= most < len(full)
        assert note.index("`growth.dag_7`") < 400
    assert "more DAGs" in note
