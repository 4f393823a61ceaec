"""Measure, and print one figure a line: `bench <area>.<name> <value> <unit>`.

python -m benchmarks            all areas
python -m benchmarks render     one of them
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterable
from typing import Protocol, cast

from benchmarks.figures import Figure, Options, say

AREAS = ("render",)


class Area(Protocol):
    """A module of one area."""

    def run(self, options: Options) -> Iterable[Figure]: ...


def main() -> int:
    given = _arguments()
    for name in given.areas or AREAS:
        began = time.perf_counter()
        area = cast("Area", importlib.import_module(f"benchmarks.{name}"))
        for figure in area.run(given.options):
            print(f"bench {name}.{figure.name} {figure.value:.{figure.digits}f} {figure.unit}")
            sys.stdout.flush()
        say(f"{name}: {time.perf_counter() - began:.0f} s in all")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"of {', '.join(AREAS)}")
    parser.add_argument("--small", action="store_true", help="tiny sizes: does it work at all?")
    given = parser.parse_args()
    if unknown := sorted(set(given.areas) - set(AREAS)):
        parser.error(f"there is no area {', '.join(unknown)}; there is {', '.join(AREAS)}.")
    given.options = Options(small=given.small)
    return given


if __name__ == "__main__":
    sys.exit(main())
