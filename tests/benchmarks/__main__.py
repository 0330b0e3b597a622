"""All benchmarks, as one table: `python tests/benchmarks [job ...] [--quick]`.

Every job runs in a process of its own. Off by default: no test collects it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from machine import described
from measuring import ChildError, alone
from row import Row
from showing import LEGEND, line, markdown, notes, short, write_between

# A name, and the generators of rows that it runs: module, function, and what comes before the mode.
JOBS: dict[str, list[tuple[str, ...]]] = {
    "knn": [("relevance", "rows"), ("relevance", "selections")],
    "jmi": [("greedy", "selections", "jmi")],
    "mrmr": [("greedy", "selections", "mrmr")],
    "cmim": [("greedy", "selections", "cmim")],
    "jmim": [("greedy", "selections", "jmim")],
    "chance": [("greedy", "chance")],
    "gate": [("greedy", "gate")],
    "fit": [("whole", "fits")],
    "threads": [("greedy", "threads"), ("relevance", "threads")],
    "import": [("whole", "imports")],
    "memory": [("whole", "memory")],
    "scaling": [("greedy", "scaling")],
    "peers": [("peers", "rows")],
}
README = Path(__file__).parents[2] / "README.md"


def asked(arguments: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python tests/benchmarks", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="job", help=f"of {', '.join(JOBS)}; all if none")
    modes = parser.add_mutually_exclusive_group()
    for mode, says in (("quick", "smaller sizes, a minute"), ("tiny", "to test this command")):
        modes.add_argument(
            f"--{mode}", dest="mode", action="store_const", const=mode, default="full", help=says
        )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there")
    parser.add_argument(
        "--readme",
        type=Path,
        metavar="FILE",
        nargs="?",
        const=README,
        help="write the short table between its markers; README.md if no file is named",
    )
    options = parser.parse_args(arguments)
    unknown = [job for job in options.jobs if job not in JOBS]
    if unknown:
        parser.error(f"no job is called {', '.join(unknown)}; there are {', '.join(JOBS)}")
    return options


def rows_of(job: str, mode: str) -> Iterator[Row]:
    """Rows of a job as they are found; one that says so if it failed."""
    for module, function, *before in JOBS[job]:
        try:
            for found in alone(module, function, *before, mode):
                yield Row(**found)
        except ChildError as failure:
            yield Row(job, size="", note=f"{job}: failed ({failure}).")


def main() -> None:
    """Measure and print."""
    options = asked()
    machine = described()
    print(f"{machine}\n\n{line(None)}", flush=True)
    rows = []
    for job in options.jobs or JOBS:
        for row in rows_of(job, options.mode):
            rows.append(row)
            print(line(row), flush=True)
    print("\n".join(["", LEGEND, *notes(rows)]))
    missed = sum(row.holds is False for row in rows)
    print(f"{sum(row.holds is True for row in rows)} bars hold, {missed} do not.")
    if options.markdown:
        options.markdown.write_text(markdown(rows, machine), encoding="utf-8")
    if options.readme:
        write_between(options.readme, short(rows, machine))


if __name__ == "__main__":
    main()
