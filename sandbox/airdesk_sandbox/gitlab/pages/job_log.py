"""A job's log for the eye: colours, and sections that fold, as GitLab's runner marks them.

Sections are `section_start:TIME:NAME[collapsed=true]` and `section_end:TIME:NAME`, each followed
by a carriage return (docs.gitlab.com, ci/jobs/job_logs: "Custom collapsible sections").
"""

from __future__ import annotations

import re
from html import escape

from markupsafe import Markup

_MARK = re.compile(r"section_(start|end):(\d+):([\w.-]+)(?:\[([^\]]*)\])?\r")
_COLOUR = re.compile(r"\x1b\[([\d;]*)m")
_OTHER = re.compile(r"\x1b\[[\d;?]*[A-Za-ln-z]")
_BEGUN, _ENDED = re.compile(r"([\w.-]+)_started"), re.compile(r"([\w.-]+) took (\d+)ms")
_FIRST_LINES = 4
"""Lines in which the runner introduces itself."""


def log(trace: str) -> Markup:
    """HTML for inside a `<pre>`; sections nest, and those left open end with the log."""
    begun: list[tuple[str, int]] = []
    parts: list[str] = []
    for number, line in enumerate(_lines(trace)):
        at = 0
        for mark in _MARK.finditer(line):
            parts += _text(line[at : mark.start()], number)
            at = mark.end()
            if mark[1] == "end":
                parts += _close(begun, mark[3], int(mark[2]))
                continue
            begun.append((mark[3], int(mark[2])))
            title, at = line[at:], len(line)
            opened = "" if "collapsed=true" in (mark[4] or "") else " open"
            parts.append(f"<details{opened}><summary>{_coloured(title) or mark[3]}</summary>")
        parts += _text(line[at:], number) if at < len(line) or not line else []
    parts += ["</details>"] * len(begun)
    return Markup("".join(parts))  # noqa: S704  every text went through _coloured, which escapes


def _lines(trace: str) -> list[str]:
    lines = _OTHER.sub("", trace).removesuffix("\n").split("\n") if trace else []
    took = {found[1]: found[2] for line in lines if (found := _ENDED.fullmatch(line))}
    return [_as_runner_writes(line, took) for line in lines]


def _as_runner_writes(line: str, took: dict[str, str]) -> str:
    """The runner's marks again: gitlab-ci-local puts words of its own in their place."""
    begun, ended = _BEGUN.fullmatch(line), _ENDED.fullmatch(line)
    if begun and begun[1] in took:
        return f"section_start:0:{begun[1]}\r{begun[1].replace('_', ' ').capitalize()}"
    if ended:
        return f"section_end:{int(ended[2]) // 1000}:{ended[1]}\r"
    return line


def _close(begun: list[tuple[str, int]], name: str, moment: int) -> list[str]:
    """End a section, and those inside of it that nobody ended."""
    if name not in [known for known, _ in begun]:
        return []
    closed: list[str] = []
    while True:
        known, start = begun.pop()
        if known == name:
            seconds = max(0, moment - start)
            took = f"{seconds // 60:02d}:{seconds % 60:02d}"
            return [*closed, f'<span class="meta took">{took}</span></details>']
        closed.append("</details>")


def _text(line: str, number: int) -> list[str]:
    clean = line.rsplit("\r", 1)[-1]
    kind = _kind(clean, number)
    return [
        f'<span class="{kind}">{_coloured(clean)}</span>\n' if kind else f"{_coloured(clean)}\n"
    ]


def _kind(line: str, number: int) -> str:
    if line.startswith("$ "):
        return "cmd"
    if line.startswith(("ERROR:", "fatal:")):
        return "err"
    return "meta" if number < _FIRST_LINES else ""


def _coloured(line: str) -> str:
    """Escaped text, with the terminal's colours as spans."""
    result, at, opened = "", 0, 0
    for found in _COLOUR.finditer(line):
        result += escape(line[at : found.start()], quote=False)
        at = found.end()
        codes = [code for code in found[1].split(";") if code] or ["0"]
        names = [f"c{int(code)}" for code in codes if code in _KNOWN]
        if "0" in codes:
            result, opened = result + "</span>" * opened, 0
        if names:
            result, opened = f'{result}<span class="{" ".join(names)}">', opened + 1
    return result + escape(line[at:], quote=False) + "</span>" * opened


_KNOWN = {"1", *(str(code) for code in (*range(30, 38), *range(90, 98)))}
