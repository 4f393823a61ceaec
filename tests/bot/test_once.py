from __future__ import annotations

from airdesk_bot.once import Once


def test_the_first_is_told_from_its_repetitions():
    once = Once()
    assert [once.is_first(key) for key in ("a", "b", "a", "b", "c")] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_it_forgets_the_oldest():
    once = Once()
    for number in range(1002):
        assert once.is_first(str(number))
    assert once.is_first("0")
    assert not once.is_first("1001")
