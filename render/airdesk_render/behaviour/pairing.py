"""Which manifests need a closer look: by digests first, so that the rest is never parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from airdesk_render.behaviour.sides import Side
from airdesk_render.defaults import defaults_files, is_defaults
from airdesk_render.names import MANIFEST_ENDINGS, is_manifest


@dataclass(frozen=True)
class Pair:
    """One manifest before and after; `None` where there is none.

    Attributes:
        because: changed files that may account for a difference.
    """

    old: str | None
    new: str | None
    because: tuple[str, ...]


def pairs_to_compare(old: Side, new: Side, *, because_of_all: tuple[str, ...]) -> list[Pair]:
    """Manifests that changed, or whose files or defaults did.

    Args:
        because_of_all: what has changed for all of them, such as the policy; then all are
            compared.
    """
    changed = sorted(
        path
        for path in old.digests.keys() | new.digests.keys()
        if old.digests.get(path) != new.digests.get(path)
    )
    found = list(_moved_or_alone(old, new, [path for path in changed if is_manifest(path)]))
    both = [path for path in new if is_manifest(path) and path in old.digests]
    others = _Others(old, new, [path for path in changed if not is_manifest(path)])
    for path in both:
        own = (path,) if old.digests[path] != new.digests[path] else ()
        because = (*own, *others.around(path), *because_of_all)
        if because:
            found.append(Pair(path, path, because))
    return found


def _moved_or_alone(old: Side, new: Side, changed: list[str]) -> Iterator[Pair]:
    """Manifests on one side only; those of one name in two folders were moved."""
    gone = [path for path in changed if path not in new.digests]
    come = [path for path in changed if path not in old.digests]
    for path in come:
        same = [one for one in gone if manifest_name(one) == manifest_name(path)]
        if same:
            gone.remove(same[0])
            yield Pair(same[0], path, (same[0], path))
        else:
            yield Pair(None, path, (path,))
    for path in gone:
        yield Pair(path, None, (path,))


def manifest_name(path: str) -> str:
    """`delays` of `dags/fleet/delays.dag.yaml`."""
    name = path.rpartition("/")[2]
    return next(name.removesuffix(end) for end in MANIFEST_ENDINGS if name.endswith(end))


class _Others:
    """Changed files that are no manifests: defaults, and files that manifests name."""

    def __init__(self, old: Side, new: Side, changed: list[str]) -> None:
        self.old, self.new = old, new
        self.defaults = [path for path in changed if is_defaults(path)]
        self.files = [path for path in changed if not is_defaults(path)]
        self._mentions: dict[str, frozenset[str]] = {}
        if self.files:
            texts = [path for path in new if is_manifest(path) or is_defaults(path)]
            new.load(texts)

    def around(self, manifest: str) -> tuple[str, ...]:
        folder = manifest.rpartition("/")[0]
        found = [path for path in self.defaults if _holds(path.rpartition("/")[0], folder)]
        near = [path for path in self.files if path.startswith(f"{folder}/")]
        if near:
            texts = (manifest, *defaults_files(manifest, self.new.digests))
            found += [path for path in near if any(self._mentioned(path, text) for text in texts)]
        return tuple(found)

    def _mentioned(self, file: str, text_path: str) -> bool:
        """Whether a text names a file; one with a backslash might spell it in another way."""
        name = file.rpartition("/")[2]
        text = text_of(self.new, text_path)
        return name in text or "\\" in text


def _holds(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}/")


def text_of(side: Side, path: str) -> str:
    """A file's text; nothing where it cannot be read."""
    try:
        return side[path]
    except KeyError:
        return ""


class Words:
    """The words of each manifest and of its defaults, to find those that may name something."""

    def __init__(self, side: Side) -> None:
        self.side = side

    def mentioning(self, names: Iterable[str]) -> list[str]:
        """Manifests that hold one of the names as a word, or might spell it in another way."""
        wanted = frozenset((*names, "\\"))
        return [path for path, words in self._of_manifests.items() if not words.isdisjoint(wanted)]

    @cached_property
    def _of_manifests(self) -> dict[str, frozenset[str]]:
        side = self.side
        texts = [path for path in side.digests if is_manifest(path) or is_defaults(path)]
        side.load(texts)
        words = {path: frozenset(_WORDS.findall(text_of(side, path))) for path in texts}
        return {
            path: words[path].union(
                *(words[file] for file in defaults_files(path, side.digests) if file in words)
            )
            for path in texts
            if is_manifest(path)
        }


_WORDS = re.compile(r"[a-z0-9_]+|\\")
