"""Strangers' text becomes text and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from airdesk.model import Rows
from airdesk_bot.views.table import rows_caption, table
from airdesk_bot.views.text import (
    clip,
    code,
    code_block,
    duration,
    escape,
    joined,
    link,
    log_block,
    mention,
    moment,
)

T0 = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<!channel> hi", "&lt;!channel&gt; hi"),
        ("<@U1>&<https://x.test|y>", "&lt;@U1&gt;&amp;&lt;https://x.test|y&gt;"),
        ("&lt;", "&amp;lt;"),
        ("a\u202eb\x00c\ufeff", "abc"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
    ],
)
def test_escape(typed, shown):
    assert escape(typed) == shown


def test_a_cut_never_splits_an_entity():
    for limit in range(2, 30):
        cut = escape("&" * 20, limit)
        assert len(cut) <= limit
        assert cut.endswith("…")
        assert cut.rstrip("…").replace("&amp;", "") == ""


def test_clip_shows_its_cut():
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 6) == "abcde…"


def test_code_cannot_be_left():
    assert code("a`b\n<!here>") == "`a'b &lt;!here&gt;`"
    assert code("") == "`–`"
    assert code_block("x```y") == "```\nx'''y\n```"


def test_a_log_keeps_its_end_in_whole_lines():
    block = log_block("\n".join(f"line {number}" for number in range(1000)), 200)
    assert len(block) <= 200
    assert block.startswith("```\n…\nline ")
    assert block.endswith("line 999\n```")


def test_one_endless_log_line_still_shows_its_end():
    assert log_block("x" * 5000 + "end", 100).endswith("xend\n```")


def test_a_link_is_only_made_of_a_web_address():
    assert link("https://x.test/a?b=1&c=2", "a<b") == "<https://x.test/a?b=1&amp;c=2|a&lt;b>"
    assert link("https://x.test/a|b>c", "d") == "<https://x.test/a%7Cb%3Ec|d>"
    assert link("javascript:alert(1)", "d") == "d"
    assert link("http://[", "d") == "d"


def test_a_mention_is_only_made_of_an_id():
    assert mention("U_THU") == "<@U_THU>"
    assert mention("U1>|<!channel") == "`U1&gt;|&lt;!channel`"


def test_a_moment_is_the_same_in_every_time_zone():
    hanoi = T0.astimezone(timezone(timedelta(hours=7)))
    assert moment(hanoi) == moment(T0)
    assert moment(T0) == ("<!date^1796113800^{date_short_pretty} at {time}|2026-12-01 08:30 UTC>")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.84, "0.8 s"),
        (42, "42 s"),
        (59.7, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (-1, "0.0 s"),
    ],
)
def test_durations_read_as_people_say_them(seconds, shown):
    assert duration(T0, T0 + timedelta(seconds=seconds)) == shown


def test_no_end_no_duration():
    assert duration(T0, None) is None


def test_joined_counts_what_does_not_fit():
    text = joined(["x" * 40] * 10, 200)
    assert len(text) <= 200
    assert text.endswith("…and 6 more")
    assert joined(["a", "b"], 200) == "a\nb"


def test_a_table_is_aligned_also_with_wide_letters():
    rows = Rows(columns=("tên", "số"), rows=(("東京", "1"), ("Huế", "1,234")))
    assert table(rows).splitlines() == [
        "tên      số",
        "────  ─────",
        "東京      1",
        "Huế   1,234",
    ]


def test_a_wide_table_drops_columns_and_says_so():
    rows = Rows(columns=tuple(f"column_{n}" for n in range(30)), rows=(("v" * 100,) * 30,))
    lines = table(rows).splitlines()
    assert max(map(len, lines)) <= 82
    assert all(line.endswith("…") for line in lines)


def test_a_ragged_row_does_not_break_the_table():
    assert "only" in table(Rows(columns=("a", "b"), rows=(("only",),)))


@pytest.mark.parametrize(
    ("count", "total", "caption"),
    [
        (0, 0, "The report has no rows"),
        (1, 1, "The one row"),
        (3, None, "All 3 rows"),
        (10, 336776, "First 10 of 336,776 rows"),
        (25, 25, "First 10 of 25 rows"),
    ],
)
def test_the_caption_counts(count, total, caption):
    assert rows_caption(Rows(columns=("a",), rows=(("1",),) * count, total=total)) == caption
