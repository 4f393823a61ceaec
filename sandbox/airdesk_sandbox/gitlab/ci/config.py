"""Reading `.gitlab-ci.yml`, and fetching what it includes from other projects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.call import find_project
from airdesk_sandbox.gitlab.ci.engine import CiError
from airdesk_sandbox.gitlab.models import User
from airdesk_sandbox.gitlab.permissions import may
from airdesk_sandbox.gitlab.repo.read import Repository

_MAX_INCLUDES = 150


class _Loader(yaml.SafeLoader):
    """Safe YAML that knows GitLab's `!reference`."""


def _reference(loader: yaml.SafeLoader, node: yaml.Node) -> dict[str, Any]:
    if not isinstance(node, yaml.SequenceNode):
        raise yaml.constructor.ConstructorError(None, None, "!reference takes a list", None)
    return {"!reference": loader.construct_sequence(node)}


_Loader.add_constructor("!reference", _reference)


def load(text: str, name: str) -> dict[str, Any]:
    """
    Raises:
        CiError: no YAML, or no mapping.
    """
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506  a subclass of SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        where = " ".join(str(error).split())
        raise CiError(f"{name}: {where}") from None
    if not isinstance(document, dict):
        raise CiError(f"{name}: Invalid configuration format")
    return document


@dataclass
class Includes:
    """Puts files of other projects where the engine looks for them.

    GitLab reads them with the rights of the person whose pipeline it is, and so does this.
    """

    session: Session
    repositories: Path
    user: User
    folder: Path
    """The engine's folder of includes for this server's host."""
    defaults: dict[str, Any] = field(default_factory=dict)
    """The `default:` sections met on the way; the engine's preview drops parts of them."""
    texts: list[str] = field(default_factory=list)
    """All that was read, to know the whole configuration by."""
    changing: bool = False
    """Whether variables or patterns decide what is included."""
    _seen: set[tuple[str, str, str]] = field(default_factory=set)

    def fetch(self, document: dict[str, Any], checkout: Path | None) -> None:
        """Fetch what `document` includes, and what that includes.

        Raises:
            CiError: something is missing, or the person may not see it.
        """
        self.defaults = {**(document.get("default") or {}), **self.defaults}
        for entry in _entries(document):
            written = [str(value) for value in entry.values()]
            if "rules" in entry or "remote" in entry or any(set("$*") & set(w) for w in written):
                self.changing = True
            if "project" in entry:
                for name in _texts(entry.get("file")):
                    self._fetch(str(entry["project"]), str(entry.get("ref") or "HEAD"), name)
            elif "local" in entry and checkout is not None:
                self._local(checkout, str(entry["local"]))
            elif "component" in entry:
                raise CiError("include:component is not part of this sandbox; use include:project.")

    def _local(self, checkout: Path, name: str) -> None:
        path = checkout / name.lstrip("/")
        if path.is_file():
            self.texts.append(path.read_text())
            self.fetch(load(self.texts[-1], name), checkout)

    def _fetch(self, path: str, ref: str, name: str) -> None:
        key = (path, ref, name)
        if key in self._seen:
            return
        self._seen.add(key)
        if len(self._seen) > _MAX_INCLUDES:
            raise CiError(f"Maximum of {_MAX_INCLUDES} nested includes are allowed!")
        text = self._read(path, ref, name)
        self.texts.append(text)
        target = self.folder / path / ref / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        document = load(text, name)
        # a local include in an included file means that file's own project
        for entry in _entries(document):
            if "local" in entry:
                self._fetch(path, ref, str(entry["local"]))
        self.fetch(document, None)

    def _read(self, path: str, ref: str, name: str) -> str:
        project = find_project(self.session, path)
        if project is None or not may(self.session, self.user, "read_code", project):
            raise CiError(
                f"Project `{path}` not found or access denied! Make sure any includes in the "
                "pipeline configuration are correctly defined."
            )
        repository = Repository(self.repositories / f"{project.id}.git")
        sha = repository.resolve(project.default_branch if ref == "HEAD" else ref)
        if sha is None:
            raise CiError(f"Project `{path}` reference `{ref}` does not exist!")
        blob = repository.blob(sha, name)
        if blob is None:
            raise CiError(f"Project `{path}` file `{name}` does not exist!")
        return blob.content.decode(errors="replace")


def _entries(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    included = document.get("include") or []
    for entry in included if isinstance(included, list) else [included]:
        if isinstance(entry, dict):
            yield entry
        elif isinstance(entry, str) and not entry.startswith(("http://", "https://")):
            yield {"local": entry}


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
