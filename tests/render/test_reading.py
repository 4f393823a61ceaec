"""Reading must say what is wrong, in bounded time, whatever it is given."""

from __future__ import annotations

import itertools
import json
import time

import pytest
from airdesk_render import events
from airdesk_render.reading import MAX_BYTES, read
from hypothesis import given, settings
from hypothesis import strategies as st

LETTERS = "abcdefghij"


def _laughs(depth: int, width: int) -> str:
    lines = [f"{LETTERS[0]}: &{LETTERS[0]} [{', '.join(['ha'] * width)}]"]
    for before, name in itertools.pairwise(LETTERS[:depth]):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * width)}]")
    return "\n".join(lines)


HOSTILE = {
    "billion laughs": (_laughs(9, 9), "yaml-bomb"),
    "laughs as keys": ("&a a: 1\n? *a\n: 2\n", "yaml-alias"),
    "merge of itself": ("a: &a\n  b: 1\n  <<: *a\n", "yaml-alias"),
    "one alias": ("a: &x [1]\nb: *x\n", "yaml-alias"),
    "brackets": ("[" * 100_000, "yaml-deep"),
    "braces": ("{a: " * 60_000, "yaml-deep"),
    "dashes": ("- " * 100_000, "yaml-deep"),
    "question marks": ("? " * 100_000, "yaml-deep"),
    "indents": ("\n".join(" " * n + "a:" for n in range(600)), "yaml-deep"),
    "many keys": ("".join(f"a{n}: 1\n" for n in range(20_000)), "too-large"),
    "a large text": ("a: " + "x" * MAX_BYTES, "too-large"),
    "a NUL": ("a: \x00", "yaml-character"),
    "an object": ("!!python/object/apply:os.system [ls]", "yaml-tag"),
    "half a character": ('{"a": "\\ud83d"}', "yaml-character"),
    "half a character as a key": ('{"\\ud83d": 1}', "yaml-character"),
    "an escaped NUL": ('a: "x\\0"', "yaml-character"),
    "an escaped NUL in JSON": ('{"a": ["\\u0000"]}', "yaml-character"),
    "an escaped NUL as a key": ('"a\\0": 1', "yaml-character"),
    "an escaped change of direction": ('a: "x\\u202ey"', "yaml-character"),
    "directive": ("%YAML 9.9\n---\na: 1", "yaml-syntax"),
    "anchor flood": ("&a " * 50_000, "yaml-syntax"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_a_problem_in_no_time(name):
    text, code = HOSTILE[name]
    started = time.process_time()
    document = read(text)
    assert code in [problem.code for problem in document.problems], document.problems
    assert time.process_time() - started < 2


def test_places_are_those_of_the_text():
    text = 'a:\n  - x\n  - {b: "c", d: [1, 2]}\n'
    document = read(text)
    assert document.data == {"a": ["x", {"b": "c", "d": [1, 2]}]}
    assert document.place(("a", 1, "b")) == (3, 9)
    assert document.place(("a", 1, "b"), of_key=True) == (3, 6)
    assert document.place(("a", 1, "d", 1)) == (3, 21)
    assert document.place(("a", 1, "nothing")) == (3, 5)
    assert document.place(("nothing",)) == (1, 1)


def test_values_are_those_of_yaml_1_2():
    text = (
        "a: 010\nb: 1e3\nc: 2026-12-01\nd: 12:30:45\ne: ~\nf: True\ng: 0x1F\nh: '1'\ni: .5\nj: y\n"
    )
    assert read(text).data == {
        "a": 10, "b": 1000.0, "c": "2026-12-01", "d": "12:30:45", "e": None, "f": True,
        "g": 31, "h": "1", "i": 0.5, "j": "y",
    }  # fmt: skip


def test_columns_count_characters():
    text = 'é: "ữ🚚"\nf: {ü: ß, k: "🚚", l: [ö, x]}\n'
    document = read(text)
    assert document.data == {"é": "ữ🚚", "f": {"ü": "ß", "k": "🚚", "l": ["ö", "x"]}}
    assert document.place(("é",)) == (1, 4)
    assert document.place(("f", "k"), of_key=True) == (2, 11)
    assert document.place(("f", "k")) == (2, 14)
    assert document.place(("f", "l", 1)) == (2, 26)
    problem = read("a: ữữ 🚚: x\n").problems[0]
    assert (problem.line, problem.column) == (1, 8)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: 1\nb: [1,\n  2\n", 2, 4),
        ('a: 1\nb: "x\n\n', 2, 4),
        ("a: [", 1, 4),
        ("a: {b\n\n\n", 1, 4),
        ("a: 1\n b: 2\n", 2, 3),
        ("a: b: c\n", 1, 5),
        ("a:\n  - 1\n b: 2\n", 3, 2),
        ("a: @x", 1, 4),
    ],
)
def test_syntax_errors_point_at_what_a_person_must_mend(text, line, column):
    problem = read(text).problems[0]
    assert (problem.code, problem.line, problem.column) == ("yaml-syntax", line, column)


def test_lines_may_end_as_on_windows():
    document = read("a: 1\r\nb:\r\n  - x\r\n")
    assert document.data == {"a": 1, "b": ["x"]}
    assert document.place(("b", 0)) == (3, 5)
    assert [problem.code for problem in read("a: 1\rb: 2").problems] == ["yaml-character"]


JSON_TEXTS = {
    "compact": '{"a":1,"b":[true,null,-2.5e3],"c":{"d":"e:f"}}',
    "with tabs": '{\n\t"a": 1,\n\t"b": [\n\t\t"x"\n\t]\n}\n',
    "a pair of surrogates": '{"a": "x\\ud83d\\ude9a", "b": [1]}',
    "a pair in a key": '{"\\ud83d\\ude9a": 1}',
    "escapes": '{"a": "\\/ \\n \\t \\u00e9 \\" \\\\"}',
    "a list": "[1, [2]]",
}


@pytest.mark.parametrize("name", JSON_TEXTS)
def test_json_is_read_as_json(name):
    text = JSON_TEXTS[name]
    document = read(text)
    assert document.problems == []
    assert document.data == json.loads(text)


def test_places_after_a_pair_of_surrogates():
    document = read('{"a": "\\ud83d\\ude9a", "b": [1]}')
    assert document.place(("b", 0)) == (1, 29)


def test_a_key_of_half_a_character_is_no_error():
    assert read('{"\\ud83d": 1}').data == {"?": 1}


def test_both_parsers_read_the_same(delays, everything, monkeypatch):
    texts = (delays, everything[0], *JSON_TEXTS.values(), "a: !!str 1", "é: |\n  x\n  y\nb: *c")
    fast = [read(text) for text in texts]
    monkeypatch.setattr(events, "FAST_PARSER", None)
    assert [read(text) for text in texts] == fast


def test_a_tab_inside_a_block_is_fine():
    assert read("a: |\n  select\n  \tb\n").data == {"a": "select\n\tb\n"}


def test_a_byte_order_mark_is_fine():
    assert read("\ufeffa: 1\n").data == {"a": 1}


YAML_BITS = st.lists(
    st.sampled_from(
        ["a", ": ", "- ", "[", "]", "{", "}", ",", "\n", "  ", "&x ", "*x", "!!str ", "|\n", ">\n",
         "'", '"', "# ", "---\n", "...\n", "? ", "<<", "%", "@", "\t", "é", "1", "null", "\\"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=200), YAML_BITS))
def test_nothing_is_raised(text):
    document = read(text)
    for problem in document.problems:
        assert problem.line >= 1
        assert problem.column >= 1


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_nothing_is_raised_for_bytes_as_text(raw):
    read(raw.decode("latin-1"))
    read(raw.decode("utf-8", "surrogateescape"))
