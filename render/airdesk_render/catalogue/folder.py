"""The shared operator repository: `operators/*.operator.yaml` and `python/*.py` in a folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from airdesk_render.catalogue.catalogue import Catalogue, CatalogueError, default_catalogue
from airdesk_render.catalogue.defined import OperatorClass, operator_class
from airdesk_render.catalogue.definition import OperatorDefinition
from airdesk_render.catalogue.lazy import LazyOperators
from airdesk_render.document import Document, Place
from airdesk_render.document import Path as Keys
from airdesk_render.reading import MAX_BYTES, read
from airdesk_render.shape_errors import ShapeError, errors_of

OPERATORS_FOLDER = "operators"
PYTHON_FOLDER = "python"
ENDINGS = (".operator.yaml", ".operator.yml", ".operator.json")


@dataclass(frozen=True)
class Fault:
    """Something wrong in the repository, with a code and a sentence."""

    file: str
    place: Place
    code: str
    message: str
    path: Keys = ()


@dataclass
class Definition:
    """One file of `operators/`.

    Attributes:
        errors: what is wrong about its shape; then there is no `operator`.
    """

    file: str
    text: str
    document: Document
    operator: OperatorClass | None = None
    errors: list[ShapeError] = field(default_factory=list)

    def fault(self, code: str, message: str, path: Keys = ()) -> Fault:
        return Fault(self.file, self.document.place(path), code, message, path)


@dataclass
class Folder:
    """All that a shared operator repository holds.

    Attributes:
        python: content of its Python files by path, such as `python/geocode.py`.
        faults: what is wrong beside the shapes of single definitions.
    """

    definitions: list[Definition]
    python: dict[str, bytes]
    faults: list[Fault]


def load_catalogue(folder: Path) -> Catalogue:
    """The platform's operators and those of a shared operator repository.

    Raises:
        CatalogueError: something in it is wrong; `airdesk-render catalogue check` tells all.
        OSError: it cannot be read.
    """
    found = read_folder(folder)
    for one in found.definitions:
        for error in one.errors:
            line, column = one.document.place(error.path, of_key=error.of_key)
            where = ".".join(map(str, error.path)) or "whole file"
            raise CatalogueError(f"{one.file}:{line}:{column}: {where}: {error.message}")
    for fault in found.faults:
        line, column = fault.place
        raise CatalogueError(f"{fault.file}:{line}:{column}: {fault.message}")
    base = default_catalogue()
    more = {one.operator.key(): one.operator for one in found.definitions if one.operator}
    texts = {f"shared/{one.file}": one.text for one in found.definitions}
    return Catalogue(
        LazyOperators.of(base.operators, more), found.python, {**base.sources, **texts}
    )


def read_folder(folder: Path) -> Folder:
    """Read a shared operator repository with all its faults; nothing of it is run.

    Raises:
        OSError: it cannot be read.
    """
    found = Folder([], {}, [])
    for path in _files(folder, PYTHON_FOLDER, (".py",), found.faults):
        name = f"{PYTHON_FOLDER}/{path.name}"
        found.python[name] = path.read_bytes()
        found.faults += _python_faults(name, found.python[name])
    for path in _files(folder, OPERATORS_FOLDER, ENDINGS, found.faults):
        found.definitions.append(_definition(f"{OPERATORS_FOLDER}/{path.name}", path))
    for one in found.definitions:
        found.faults += _meaning(one, found.python)
    found.faults += _doubles(found.definitions)
    return found


def _files(
    folder: Path, inside: str, endings: tuple[str, ...], faults: list[Fault]
) -> Iterator[Path]:
    for path in sorted((folder / inside).glob("*")):
        name = f"{inside}/{path.name}"
        if path.name.startswith((".", "__")) or path.name == "README.md":
            continue
        if path.is_symlink() or not path.is_file():
            faults.append(Fault(name, (1, 1), "not-a-file", "This is a link or a folder."))
        elif not path.name.endswith(endings):
            wanted = " or ".join(f"*{ending}" for ending in endings)
            message = f"Files here are called {wanted}; this one is not read."
            faults.append(Fault(name, (1, 1), "file-name", message))
        elif path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 1024
            faults.append(Fault(name, (1, 1), "too-large", f"A file may have {limit} KiB."))
        else:
            yield path


def _definition(name: str, path: Path) -> Definition:
    text = path.read_bytes().decode(errors="replace")
    document = read(text)
    one = Definition(name, text, document)
    if document.problems:
        return one
    try:
        definition = OperatorDefinition.model_validate(document.data)
    except ValidationError as error:
        one.errors = errors_of(error, document.data)
        return one
    one.operator = operator_class(definition)
    return one


def _meaning(one: Definition, python: Mapping[str, bytes]) -> Iterator[Fault]:
    """What is wrong although the shape is right."""
    for problem in one.document.problems:
        place = (problem.line, problem.column)
        yield Fault(one.file, place, problem.code, problem.message, problem.path)
    if one.operator is None:
        return
    definition: OperatorDefinition = one.operator.definition  # type: ignore[attr-defined]  # made here
    if (file := definition.shared_file) is not None:
        if file not in python:
            yield one.fault("file-missing", f"There is no {file} here.", ("airflow",))
        elif definition.class_name not in _top_level(python[file]):
            message = f"{file} defines no class {definition.class_name}."
            yield one.fault("function-missing", message, ("airflow",))
    yield from _values(one, definition, one.operator)


def _values(
    one: Definition, definition: OperatorDefinition, operator: OperatorClass
) -> Iterator[Fault]:
    """Defaults and examples that the field itself would refuse."""
    example = {"operator": definition.operator, **operator.examples[0]}
    for name, given in definition.fields.items():
        for said, value in (("default", given.default), ("example", given.example)):
            if value is None:
                continue
            try:
                operator.model_validate({**example, name: value})
            except ValidationError as error:
                for wrong in errors_of(error, {**example, name: value}):
                    if wrong.path[:1] == (name,):
                        message = f"The {said} of {name} will not do: {wrong.message}."
                        yield one.fault("wrong-value", message, ("fields", name, said))
                        break


def _doubles(definitions: list[Definition]) -> Iterator[Fault]:
    own = default_catalogue().operators
    seen: dict[str, str] = {}
    for one in definitions:
        if one.operator is None:
            continue
        key = one.operator.key()
        if (other := seen.get(key)) is not None or key in own:
            whose = f"{other} has it" if other else "the platform has one of that name"
            message = f"{key} is taken: {whose}. Choose another name or the next version."
            yield one.fault("catalogue-taken", message, ("operator",))
        seen[key] = one.file


def _python_faults(name: str, source: bytes) -> Iterator[Fault]:
    try:
        ast.parse(source)
    except SyntaxError as error:
        place = (error.lineno or 1, error.offset or 1)
        yield Fault(name, place, "python-syntax", f"This is not Python: {error.msg}.")
    except (ValueError, RecursionError, MemoryError) as error:
        yield Fault(name, (1, 1), "python-syntax", f"This is not Python: {error}.")


def _top_level(source: bytes) -> frozenset[str]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(node.name for node in body if isinstance(node, ast.ClassDef))
