"""One line per step, with how long it took, and the table at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass
class Step:
    """A step of the run; `note` is what there is to say about its result."""

    title: str
    seconds: float = 0.0
    note: str = ""
    failed: bool = False


class Progress:
    """Prints each step when it begins and when it ends, and remembers all of them."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.steps: list[Step] = []
        self._begun = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        step = Step(title)
        self.steps.append(step)
        begun = time.monotonic()
        if self.console.is_terminal:
            self.console.print(f"[dim]…[/] {title}", end="\r")
        try:
            yield step
        except BaseException:
            step.failed = True
            raise
        finally:
            step.seconds = time.monotonic() - begun
            sign = "[red]✗[/]" if step.failed else "[green]✓[/]"
            note = f" [dim]{step.note}[/]" if step.note else ""
            self.console.print(f"{sign} {title}{note} [dim]({step.seconds:.1f} s)[/]")

    def say(self, text: str) -> None:
        self.console.print(text)

    def table(self) -> None:
        """What took how long."""
        table = Table(title="What took how long", show_footer=True)
        total = time.monotonic() - self._begun
        table.add_column("step", footer="in all")
        table.add_column("seconds", justify="right", footer=f"{total:.1f}")
        table.add_column("result")
        for step in self.steps:
            table.add_row(
                step.title, f"{step.seconds:.1f}", "[red]failed[/]" if step.failed else step.note
            )
        self.console.print(table)
