"""Tasks as the rendered file says them: options, mapping, groups, names that clash."""

from __future__ import annotations

import ast

import pytest
from airdesk_render.rendering.imports import Imports
from airdesk_render.rendering.naming import Names

HEAD = """\
version: 1
dag_id: delays
description: x
owners: [thu.tran]
data_class: internal
"""


@pytest.fixture(scope="session")
def source(render):
    """source(tasks, files=…) -> the rendered file of a manifest with these tasks."""

    def run(tasks: str, files=None) -> str:
        return render(f"{HEAD}tasks:\n{tasks}", files=files).files["growth/delays.py"].decode()

    return run


def test_options_stand_where_they_differ(source):
    text = source(
        "  usual: {operator: sql_query@1, connection: w, sql: select 1}\n"
        "  own:\n"
        "    operator: sql_query@1\n"
        "    connection: w\n"
        "    sql: select 1\n"
        "    retries: 2\n"
        "    retry_delay: 5m\n"
        "    retry_exponential_backoff: true\n"
        "    max_retry_delay: 1h\n"
        "    execution_timeout: 90s\n"
        "    trigger_rule: all_done\n"
        "    depends_on_past: true\n"
        "    wait_for_downstream: true\n"
        "    priority_weight: 5\n"
        "    weight_rule: absolute\n"
        "    upstream: [usual]\n"
        "    doc_md: Say why in why.md\n"
    )
    usual, own = text.split("    own = ")
    own = own.split("\n\n")[0]
    assert 'OWN_DOC_MD = """\\\nSay why in why.md\n"""\n' in text, "no name of a file"
    assert "retries" not in usual.split("    usual = ")[1]
    for line in (
        "retries=2,",
        "retry_delay=timedelta(minutes=5),",
        "retry_exponential_backoff=2.0,",
        "max_retry_delay=timedelta(hours=1),",
        "execution_timeout=timedelta(seconds=90),",
        'trigger_rule="all_done",',
        "depends_on_past=True,",
        "wait_for_downstream=True,",
        "priority_weight=5,",
        'weight_rule="absolute",',
        "doc_md=OWN_DOC_MD,",
    ):
        assert f"        {line}\n" in own


def test_default_args_are_said_once_and_taken_back_where_a_task_says_otherwise(render):
    text = (
        f"{HEAD}default_args: {{trigger_rule: all_done, depends_on_past: true}}\n"
        "tasks:\n"
        "  a: {operator: sql_query@1, connection: w, sql: select 1}\n"
        "  b: {operator: sql_query@1, connection: w, sql: select 1, trigger_rule: all_success,"
        " depends_on_past: false}\n"
    )
    source = render(text).files["growth/delays.py"].decode()
    assert '        "trigger_rule": "all_done",\n        "depends_on_past": True,\n' in source
    assert source.count("all_done") == 1
    assert '        trigger_rule="all_success",\n        depends_on_past=False,\n' in source


def test_names_that_clash_are_kept_apart(source):
    text = source(
        "  len: {operator: bash@1, command: echo}\n"
        "  class: {operator: bash@1, command: echo, upstream: [len]}\n"
        "  pendulum: {operator: bash@1, command: echo, upstream: [class, clean.dedupe]}\n"
        "  clean_dedupe: {operator: bash@1, command: echo}\n"
        "  clean:\n"
        "    tasks:\n"
        "      dedupe: {operator: bash@1, command: echo}\n"
        "      clean: {operator: bash@1, command: echo, upstream: [dedupe]}\n"
    )
    assigned = [
        node.targets[0].id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assign)
    ]
    assert assigned == [
        "len_",
        "class_",
        "pendulum_",
        "clean_dedupe",
        "clean_dedupe_",
        "clean_clean",
    ]
    assert "    [class_, clean_dedupe_] >> pendulum_\n" in text
    assert "    clean_dedupe_ >> clean_clean\n" in text
    assert 'task_id="dedupe"' in text


def test_names_are_short_and_never_the_same():
    names = Names(("timedelta",))
    wanted = ["a" * 60, "a" * 61, "x.y", "x_y", "1a", "Ünï-cödé", "timedelta", "match", ""]
    given = [names.take(one) for one in wanted]
    assert len(set(given)) == len(wanted)
    assert all(name.isidentifier() and len(name) < 48 for name in given)
    assert given[2:] == ["x_y", "x_y_", "n1a", "n_c_d", "timedelta_", "match_", "task"]


def test_two_classes_of_one_name_are_kept_apart():
    imports = Imports(("first_rows",))
    assert imports.name("a.b", "Sensor") == "Sensor"
    assert imports.name("a.c", "Sensor") == "Sensor2"
    assert imports.name("a.c", "Sensor") == "Sensor2"
    assert imports.name("corp", "Asset") == "Asset2", "Asset alone is Airflow's"
    assert imports.name("corp", "first_rows") == "first_rows2"
    for module, name in (("a b", "c"), ("a", "b c"), ("a.import", "x"), ("a", "x; import os")):
        with pytest.raises(ValueError, match="cannot be imported"):
            imports.name(module, name)


def test_mapping_over_lists_and_outputs(source):
    text = source(
        "  process:\n"
        "    operator: python_function@1\n"
        "    file: py/f.py\n"
        "    function: f\n"
        "    expand: {arguments: {from: steps.find}}\n"
        "  each:\n"
        "    operator: bash@1\n"
        "    expand: {command: [echo 1, run.sh]}\n"
        "    upstream: [process]\n"
        "    max_active_tis_per_dagrun: 2\n"
        "  steps:\n"
        "    tasks:\n"
        "      find: {operator: python_function@1, file: py/f.py, function: f}\n",
        {"dags/py/f.py": "def f(): return [{}]\n"},
    )
    assert text.index("process = ") > text.index("steps_find = ")
    assert ".expand(op_kwargs=steps_find.output)\n" in text
    assert r'.expand(bash_command=["echo 1", "run.sh\n"])' in text
    assert "max_active_tis_per_dagrun=2" in text
    assert "steps_find >> process" not in text, "the output says so"
    assert "    process >> each\n" in text


def test_groups_are_linked_once_what_is_in_them_is(source):
    text = source(
        "  last: {operator: bash@1, command: echo, upstream: [outer]}\n"
        "  outer:\n"
        "    upstream: [first]\n"
        "    tasks:\n"
        "      inner:\n"
        "        upstream: [before]\n"
        "        tasks:\n"
        "          a: {operator: bash@1, command: echo}\n"
        "          b: {operator: bash@1, command: echo, upstream: [a]}\n"
        "      before: {operator: bash@1, command: echo}\n"
        "  first: {operator: bash@1, command: echo}\n"
    )
    assert text.split("\n\n")[-1] == (
        "    outer_inner_a >> outer_inner_b\n"
        "    outer_before >> outer_inner\n"
        "    outer >> last\n"
        "    first >> outer\n"
    )


def test_setups_and_what_clears_away(source):
    text = source(
        "  begin: {operator: bash@1, command: echo, setup: true}\n"
        "  many: {operator: bash@1, expand: {command: [a, b]}, setup: true}\n"
        "  work: {operator: bash@1, command: echo, upstream: [begin, many]}\n"
        "  end: {operator: bash@1, command: echo, teardown_of: [begin, many], upstream: [work]}\n"
    )
    assert '        queue="team-growth",\n    ).as_setup()\n' in text
    assert text.split("\n\n")[-1] == (
        "    many.as_setup()\n"
        "    end.as_teardown(setups=[begin, many])\n"
        "    [begin, many] >> work\n"
        "    work >> end\n"
    )


def test_outlets(source):
    text = source("  a: {operator: bash@1, command: echo, outlets: [orders]}\n")
    assert 'outlets=[Asset("growth.orders", "x-airdesk://growth/orders")],' in text
