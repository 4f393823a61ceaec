"""A team's repository as texts by path, with what is asked of it for every manifest at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from airdesk_render.names import MANIFEST_ENDINGS, is_manifest


class Repository(Mapping[str, str]):
    """Texts by path, whose paths do not change. Finds manifests without looking at every path."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, path: str) -> str:
        return self._texts[path]

    def __contains__(self, path: object) -> bool:
        return path in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    @cached_property
    def manifests(self) -> Mapping[str, tuple[str, ...]]:
        """Paths of manifests by the name of their DAG, as the file's name tells it."""
        found: dict[str, tuple[str, ...]] = {}
        for path in self:
            if is_manifest(path):
                name = dag_name_of_file(path)
                found[name] = (*found.get(name, ()), path)
        return found


def dag_name_of_file(path: str) -> str:
    """`dags/sales/delays.dag.yaml` gives `delays`; a file that is no manifest its whole name."""
    name = path.rpartition("/")[2]
    return next((name.removesuffix(end) for end in MANIFEST_ENDINGS if name.endswith(end)), name)


def manifests_named(files: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Paths of all manifests of one name, wherever they lie."""
    if isinstance(files, Repository):
        return files.manifests.get(name, ())
    same = tuple(f"/{name}{ending}" for ending in MANIFEST_ENDINGS)
    return tuple(path for path in files if path.endswith(same) and is_manifest(path))
