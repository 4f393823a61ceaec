"""Edits by program: the text says what was asked for, and all other lines stay as they were."""

from __future__ import annotations

import copy
import difflib
import json

import pytest
from airdesk_render.editing import (
    EditError,
    add_task,
    add_upstream,
    delete,
    edited,
    insert,
    move,
    remove_task,
    remove_upstream,
    rename,
    rename_task,
    set_value,
)
from airdesk_render.reading import read
from hypothesis import given, settings
from hypothesis import strategies as st

PLAIN = """\
# yaml-language-server: $schema=manifest.schema.json
version: 1 # of the format

dag_id: "delays"
description: 'Which carriers
  ran late'
owners: [thu.tran, 'minh.le'] # both look after it
schedule: {cron: "0 6 * * 1-5", timezone: Asia/Ho_Chi_Minh, # Saigon
  start_date: 2026-12-01}

tasks:
  # the query
  report:
    operator: sql_query@1
    connection: warehouse
    sql: | # long
      select carrier

      from flights # not a comment
    # retries: 3

  # the check
  check: # of what came
    operator: sql_check@1
    sql: >-
      select
      true
    upstream:
    - report   # waits
    - "other"

  other:
    operator: bash@1
    command: |+
      ls

    upstream: []
    empty:
"""

LISTS = """\
version: 1
notify:
  - slack: "#a" # one
    events: [failure]
  # two
  - {slack: "#b", events: [
      failure, # f
      recovery,
    ]}
  -
    slack: '#c'
nested:
- - 1
  - 2 # two
- - 3
- {}
é: {ü: "ß 🚚", ö: [ä, ö]}
"key with: colon": 1
"""

JSON_TEXT = """\
{
  "version": 1,
  "owners": ["thu.tran", "minh.le"],
  "schedule": {"cron": "@daily", "start_date": "2026-12-01"},
  "tasks": {
    "a": {
      "operator": "bash@1",
      "upstream": [
        "b",
        "c"
      ]
    },
    "b": {},
    "c": {"x": null}
  }
}
"""

TABBED = JSON_TEXT.replace("  ", "\t")
COMPACT = json.dumps(json.loads(JSON_TEXT))
TEXTS = {
    "plain": PLAIN,
    "lists": LISTS,
    "json": JSON_TEXT,
    "tabbed json": TABBED,
    "compact json": COMPACT,
    "windows": PLAIN.replace("\n", "\r\n"),
    "no end": LISTS.rstrip("\n"),
    "byte order mark": "\ufeff" + PLAIN,
}

REFUSED = "\0\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters=REFUSED), max_size=12),
    st.sampled_from(["a", "select 1\nfrom t\n", "a\n\nb", "x: y", "# no", "1", "yes", "é ü"]),
    st.sampled_from(["'", '"', "\\", "{{ ds }}", "- a", "a #b", "|", "2026-12-01"]),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def _paths(value: object, path: tuple = ()):
    if path:
        yield path
    keys = range(len(value)) if isinstance(value, list) else value
    for key in keys if isinstance(value, dict | list) else ():
        yield from _paths(value[key], (*path, key))


def _at(data, path):
    for part in path:
        data = data[part]
    return data


def _says(text: str, data: object) -> None:
    document = read(text)
    assert document.problems == []
    assert json.dumps(document.data) == json.dumps(data)


def _touched(text: str, path: tuple) -> tuple[int, int]:
    """First line of an entry with comments and blank lines above, and first line after it."""
    document = read(text)
    lines = text.split("\n")
    places = sorted(
        {**document.values, **document.keys}.items(),
        key=lambda one: (document.keys.get(one[0], one[1]), len(one[0])),
    )
    mine = [place for one, place in places if one[: len(path)] == path]
    mine += [place for one, place in document.keys.items() if one[: len(path)] == path]
    first, last = min(mine)[0] - 1, max(mine)[0] - 1
    after = [
        place[0] - 1
        for one, place in (*document.values.items(), *document.keys.items())
        if one[: len(path)] != path and place > max(mine)
    ]
    end = min(after, default=len(lines))
    while end - 1 > last and _is_comment(lines[end - 1]):
        end -= 1
    while first > 0 and (lines[first - 1].strip() in ("", "-") or _is_comment(lines[first - 1])):
        first -= 1
    return first, end


def _is_comment(line: str) -> bool:
    return line.strip().startswith("#")


def _leaves_the_rest(before: str, after: str, path: tuple) -> None:
    """All lines before and after those of the value at `path` are the same bytes."""
    if before.lstrip().startswith("{"):  # JSON's commas stand in the lines of others
        return
    first, end = _touched(before, path)
    lines, now = before.split("\n"), after.split("\n")
    assert now[:first] == lines[:first]
    rest = lines[end:]
    assert now[len(now) - len(rest) :] == rest


def _block_around(text: str, path: tuple) -> tuple:
    """The nearest value around `path` that stands on lines of its own."""
    document = read(text)
    for length in range(len(path)):
        part = path[:length]
        at = document.values.get(part)
        if at and part and text.removeprefix("\ufeff").split("\n")[at[0] - 1][at[1] - 1] in "{[":
            return part
    line, column = document.place(path, of_key=True)
    prefix = text.removeprefix("\ufeff").split("\n")[line - 1][: column - 1].strip()
    shares_its_line = prefix not in ("", "-" if isinstance(path[-1], int) else "")
    return path[:-1] if shares_its_line and len(path) > 1 else path


@settings(max_examples=120)
@given(name=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_a_value_is_replaced(name, data):
    text = TEXTS[name]
    whole = read(text).data
    path = data.draw(st.sampled_from(list(_paths(whole))))
    value = data.draw(VALUES)
    after = set_value(text, path, value)
    wanted = copy.deepcopy(whole)
    _at(wanted, path[:-1])[path[-1]] = value
    assert read(after).problems == []
    assert read(after).data == wanted
    _leaves_the_rest(text, after, _block_around(text, path))


@settings(max_examples=100)
@given(name=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_a_value_is_deleted(name, data):
    text = TEXTS[name]
    whole = read(text).data
    path = data.draw(st.sampled_from(list(_paths(whole))))
    after = delete(text, path)
    wanted = copy.deepcopy(whole)
    around = _at(wanted, path[:-1])
    del around[path[-1]]
    _says(after, wanted)
    _leaves_the_rest(text, after, _block_around(text, path if around else path[:-1] or path))


@settings(max_examples=100)
@given(name=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_a_value_is_inserted(name, data):
    text = TEXTS[name]
    whole = read(text).data
    collections = [
        path for path in ((), *_paths(whole)) if isinstance(_at(whole, path), dict | list)
    ]
    path = data.draw(st.sampled_from(collections))
    around, value = _at(whole, path), data.draw(VALUES)
    wanted = copy.deepcopy(whole)
    if isinstance(around, list):
        index = data.draw(st.integers(0, len(around)))
        _at(wanted, path).insert(index, value)
        after = insert(text, (*path, index), value)
    else:
        key = data.draw(WORDS.filter(lambda word: word not in around))
        before = data.draw(st.sampled_from([None, *around]))
        after = insert(text, (*path, key), value, before=before)
        inner = _at(wanted, path)
        items = list(inner.items())
        items.insert(len(items) if before is None else list(inner).index(before), (key, value))
        inner.clear()
        inner.update(items)
    _says(after, wanted)
    if around and not text.startswith("{"):
        gone = [line for line in difflib.ndiff(_lines(text), _lines(after)) if line[0] == "-"]
        in_rows = [line for line in gone if any(sign in line for sign in "[]{},")]
        assert len(gone) - len(in_rows) <= 1
        assert len(in_rows) <= 4


def _lines(text: str) -> list[str]:
    return text.split("\n")


@settings(max_examples=100)
@given(name=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_keys_get_other_names_and_places(name, data):
    text = TEXTS[name]
    whole = read(text).data
    paths = [path for path in _paths(whole) if isinstance(path[-1], str)]
    path = data.draw(st.sampled_from(paths))
    around = _at(whole, path[:-1])
    new = data.draw(WORDS.filter(lambda word: word not in around))
    after = rename(text, path, new)
    wanted = json.loads(json.dumps(whole))
    items = [(new if key == path[-1] else key, part) for key, part in around.items()]
    inner = _at(wanted, path[:-1])
    inner.clear()
    inner.update(items)
    _says(after, wanted)
    _leaves_the_rest(text, after, _block_around(text, path))
    before = data.draw(st.sampled_from([None, *(key for key in around if key != path[-1])]))
    after = move(text, path, before=before)
    names = [key for key in around if key != path[-1]]
    names.insert(len(names) if before is None else names.index(before), path[-1])
    assert list(_at(read(after).data, path[:-1])) == names
    assert read(after).data == whole


@settings(max_examples=120)
@given(name=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_several_edits_on_each_other(name, data):
    text = TEXTS[name]
    for _ in range(data.draw(st.integers(2, 5))):
        whole = copy.deepcopy(read(text).data)
        paths = list(_paths(whole))
        if not paths:
            break
        path = data.draw(st.sampled_from(paths))
        if data.draw(st.booleans()):
            value = data.draw(VALUES)
            _at(whole, path[:-1])[path[-1]] = value
        else:
            del _at(whole, path[:-1])[path[-1]]
        text = edited(text, whole)
        _says(text, whole)


@settings(max_examples=60)
@given(name=st.sampled_from(sorted(TEXTS)), whole=st.dictionaries(WORDS, VALUES, max_size=4))
def test_a_text_becomes_any_other(name, whole):
    _says(edited(TEXTS[name], whole), whole)


def test_an_edit_to_the_same_changes_nothing():
    for text in TEXTS.values():
        assert edited(text, read(text).data) == text


def _changes(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that are gone, and lines that are new."""
    old, new = before.split("\n"), after.split("\n")
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_quotes_and_comments_stay():
    assert _changes(PLAIN, set_value(PLAIN, ("owners", 1), "an.vo")) == (
        ["owners: [thu.tran, 'minh.le'] # both look after it"],
        ["owners: [thu.tran, an.vo] # both look after it"],
    )
    assert _changes(PLAIN, set_value(PLAIN, ("dag_id",), "lateness")) == (
        ['dag_id: "delays"'],
        ['dag_id: "lateness"'],
    )
    assert _changes(PLAIN, set_value(PLAIN, ("tasks", "report", "sql"), "select 1")) == (
        ["    sql: | # long", "      select carrier", "      from flights # not a comment"],
        ["    sql: select 1 # long"],
    )
    assert _changes(PLAIN, set_value(PLAIN, ("tasks", "check", "upstream", 0), "other2")) == (
        ["    - report   # waits"],
        ["    - other2   # waits"],
    )


def test_a_new_field_comes_where_people_look_for_it():
    after = set_value(PLAIN, ("params", "day", "type"), "string")
    assert list(read(after).data)[-2:] == ["params", "tasks"]
    after = set_value(PLAIN, ("tasks", "check", "retries"), 2)
    assert list(read(after).data["tasks"]["check"]) == ["operator", "sql", "retries", "upstream"]


def test_a_task_joins_and_waits():
    task = {"operator": "bash@1", "command": "ls\npwd\n"}
    after = add_upstream(add_task(PLAIN, "last", task, before="other"), "last", "check")
    gone, new = _changes(PLAIN, after)
    assert gone == []
    assert new == ["  last:", "    command: |", "      pwd", "    upstream: [check]"]
    assert list(read(after).data["tasks"]) == ["report", "check", "last", "other"]
    assert add_upstream(after, "last", "check") == after
    assert remove_upstream(remove_upstream(after, "last", "check"), "last", "check") == add_task(
        PLAIN, "last", task, before="other"
    )


GROUPS = """\
version: 1
tasks:
  load: {operator: bash@1, command: ls}
  clean: # a group
    upstream: [load]
    tasks:
      dedupe:
        operator: bash@1
        expand: {command: {from: load}} # mapped
      last:
        operator: branch@1
        upstream: [dedupe, load]
        cases:
          - {value: x, equals: y, then: [dedupe]}
          - {rows_from: load, at_least: 1, then: [dedupe, load]}
        otherwise: [load]
  end:
    operator: slack_message@1
    rows_from: clean.dedupe
    upstream: [clean, load, clean.last]
    arguments: {rows_from_here: load, from: load}
"""


def test_a_task_gets_another_name_everywhere():
    after = rename_task(GROUPS, "clean.dedupe", "once")
    assert _changes(GROUPS, after) == (
        [
            "      dedupe:",
            "        upstream: [dedupe, load]",
            "          - {value: x, equals: y, then: [dedupe]}",
            "          - {rows_from: load, at_least: 1, then: [dedupe, load]}",
            "    rows_from: clean.dedupe",
        ],
        [
            "      once:",
            "        upstream: [once, load]",
            "          - {value: x, equals: y, then: [once]}",
            "          - {rows_from: load, at_least: 1, then: [once, load]}",
            "    rows_from: clean.once",
        ],
    )
    data = read(rename_task(GROUPS, "load", "fetch")).data["tasks"]
    assert data["end"]["arguments"] == {"rows_from_here": "load", "from": "load"}
    assert data["clean"]["tasks"]["dedupe"]["expand"] == {"command": {"from": "fetch"}}
    after = rename_task(GROUPS, "clean", "tidy")
    data = read(after).data["tasks"]
    assert (data["end"]["rows_from"], data["end"]["upstream"]) == (
        "tidy.dedupe",
        ["tidy", "load", "tidy.last"],
    )


def test_a_task_leaves_with_what_names_it():
    data = read(remove_task(GROUPS, "clean.dedupe")).data["tasks"]
    assert list(data["clean"]["tasks"]) == ["last"]
    assert data["clean"]["tasks"]["last"]["upstream"] == ["load"]
    cases = data["clean"]["tasks"]["last"]["cases"]
    assert cases == [{"rows_from": "load", "at_least": 1, "then": ["load"]}]
    assert "rows_from" not in data["end"]
    data = read(remove_task(GROUPS, "clean")).data["tasks"]
    assert list(data) == ["load", "end"]
    assert data["end"]["upstream"] == ["load"]
    data = read(remove_task(GROUPS, "load")).data["tasks"]
    assert "upstream" not in data["clean"]
    assert data["clean"]["tasks"]["dedupe"] == {"operator": "bash@1"}
    assert len(data["clean"]["tasks"]["last"]["cases"]) == 1
    both = GROUPS.replace(
        "then: [dedupe, load]}", "then: [load]}\n          - {value: 1, then: [end]}"
    )
    cases = read(remove_task(both, "load")).data["tasks"]["clean"]["tasks"]["last"]["cases"]
    assert [case["value"] for case in cases] == ["x", 1]


def test_a_task_moves_into_a_group_with_its_comments():
    after = move(PLAIN, ("tasks", "check"), into=("tasks", "report"))
    assert "    # the check\n    check: # of what came\n      operator: sql_check@1\n" in after
    after = add_task(GROUPS, "more", {"operator": "empty@1"}, group="clean")
    assert "      more:\n        operator: empty@1\n  end:\n" in after


def test_into_what_is_empty_or_missing():
    assert set_value("", ("version",), 1) == "version: 1\n"
    assert add_task("version: 1\n", "a", {"operator": "empty@1"}) == (
        "version: 1\ntasks:\n  a:\n    operator: empty@1\n"
    )
    assert set_value("tasks: {}\n", ("tasks", "a", "b"), 1) == "tasks:\n  a:\n    b: 1\n"
    assert set_value("tasks:\n", ("tasks", "a"), 1) == "tasks:\n  a: 1\n"
    assert set_value("a: []\n", ("a", 0), 1) == "a: [1]\n"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda: set_value("a: *b", ("a",), 1), "Line 1 must be mended first"),
        (lambda: delete("a: 1", ("b",)), "There is no b"),
        (lambda: insert("a: 1", ("a",), 2), "there already"),
        (lambda: insert("a: 1", ("b",), 2, before="c"), "There is no c"),
        (lambda: insert("a: [1]", ("a", 3), 2), "has no place 3"),
        (lambda: insert("a: 1", ("a", "b"), 2), "into a mapping"),
        (lambda: rename("a: 1\nb: 2", ("a",), "b"), "there already"),
        (lambda: rename("a: [1]", ("a", 0), "b"), "Only keys"),
        (lambda: move("a: {b: 1}", ("a",), into=("a", "b")), "into itself"),
        (lambda: remove_task("tasks: {a: {}}", "b"), "There is no tasks.b"),
    ],
)
def test_what_cannot_be_done_is_said(edit, words):
    with pytest.raises(EditError, match=words):
        edit()
