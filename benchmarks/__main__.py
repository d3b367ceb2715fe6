"""`python -m benchmarks [NAME…] [--json]`: run, print, judge."""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path

import msgspec

from benchmarks.measure import Result

NAMES = (
    "append",
    "reading",
    "door",
    "beside",
    "projection",
    "views",
    "pages",
    "mail",
    "imap",
    "telephony",
    "ringing",
    "shop",
    "daemon",
    "startup",
)


def main() -> int:
    """Exit status 1 when a limit was missed, 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="run bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(NAMES)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if not arguments.json:
        print(_machine())
    names = arguments.names or NAMES
    missed = 0
    for result in _alone(names[0]) if len(names) == 1 else chain.from_iterable(map(_beside, names)):
        missed += not result.ok
        print(
            msgspec.json.encode(result).decode() if arguments.json else _line(result),
            flush=True,
        )
    return 1 if missed else 0


def _alone(name: str) -> Iterator[Result]:
    results: Iterator[Result] = import_module(f"benchmarks.{name}").run()
    return results


def _beside(name: str) -> Iterator[Result]:
    """A benchmark in a process of its own: none finds the memory, or the warm caches, of another."""
    call = [sys.executable, "-m", "benchmarks", name, "--json"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            yield msgspec.json.decode(line, type=Result)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"The benchmark {name} failed.")


def _machine() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    ).stdout.strip()
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    return f"commit {commit or 'unknown'} · {processor} · Python {platform.python_version()}"


def _line(result: Result) -> str:
    ratio = f"{result.ratio:.2f} ×" if result.ratio is not None else ""
    mark = "ok" if result.ok else "MISSED"
    return (
        f"{result.benchmark:<10} {result.metric:<46} {result.value:>12,.2f} {result.unit:<12}"
        f" {ratio:>9}  {result.limit:<22} {mark}"
    )


if __name__ == "__main__":
    sys.exit(main())
