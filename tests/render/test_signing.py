from __future__ import annotations

import pytest
from airdesk_render.signing import new_key, sign, verify

FILES = {"growth/delays.py": b"code", "growth/delays.files/ab/sql/x.sql": b"select 1\n"}


@pytest.fixture(scope="module")
def keys():
    return new_key()


def test_a_signature_holds_for_exactly_these_files_of_this_dag(keys):
    private, public = keys
    signature = sign(private, "growth.delays", FILES)
    assert verify(public, "growth.delays", dict(reversed(FILES.items())), signature)
    assert verify(public.decode(), "growth.delays", FILES, signature.strip())
    assert not verify(public, "risk.delays", FILES, signature)
    assert not verify(public, "growth.delays", {**FILES, "growth/delays.py": b"code "}, signature)
    assert not verify(public, "growth.delays", {**FILES, "growth/more.py": b""}, signature)
    assert not verify(public, "growth.delays", {"growth/delays.py": b"code"}, signature)
    renamed = {"growth/other.py": b"code", "growth/delays.files/ab/sql/x.sql": b"select 1\n"}
    assert not verify(public, "growth.delays", renamed, signature)
    other_private, _ = new_key()
    assert not verify(public, "growth.delays", FILES, sign(other_private, "growth.delays", FILES))


@pytest.mark.parametrize("signature", [b"", b"x", b"\xff\xfe", b"AAAA", b"A" * 88, b"=" * 88])
def test_nonsense_is_no_signature(keys, signature):
    assert not verify(keys[1], "growth.delays", FILES, signature)


def test_a_wrong_key_is_an_error(keys):
    with pytest.raises(ValueError, match="key"):
        sign(keys[1], "growth.delays", FILES)
    with pytest.raises(ValueError, match="PEM"):
        verify(b"not a key", "growth.delays", FILES, b"")
