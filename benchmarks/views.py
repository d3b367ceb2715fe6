"""Views and questions at a million contacts of 20,000 people: building, following, asking."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.measure import ROUNDS, Result, at_least, at_most, cpu, peak
from benchmarks.rows import folder, mixed
from benchmarks.wiring import open_intake
from stammkunde.core.company import Company
from stammkunde.core.feed import Source
from stammkunde.core.intake import Intake
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.projection import FiguresProjection
from stammkunde.projections.queries import Filter, Queries
from stammkunde.projections.rebuild import rebuild
from stammkunde.projections.runner import Runner
from stammkunde.projections.views import Views

MILLION = 1_000_000
PAGE = 1000
SOURCE = Source(name="mixed", connector="mailbox")
COMPANY = Company(domains=("muster-velo.example",))
WHOLE = Period(date(2020, 1, 1), date(2027, 1, 1))
WEEK = Period(date(2026, 4, 20), date(2026, 4, 27))
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
YEAR_AGO = datetime(2025, 5, 1, 12, tzinfo=UTC)


def run() -> Iterator[Result]:
    """Mails, calls and orders in one log; then the views, the sheet, every figure, and one more contact at a time."""
    with folder() as path:
        intake = open_intake(path)
        feed = intake.open(SOURCE)
        for first in range(0, MILLION, PAGE):
            feed.record(mixed(first, PAGE))
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            seconds, memory = alone.submit(_rebuilt, path).result()
        yield at_least(
            "views", "rebuild of 1,000,000 contacts", MILLION / seconds, "contacts/s", 15_000
        )
        yield at_most("views", "memory of that rebuild, by itself", memory, "MiB", 200)
        views = _views(path)
        yield from _questions(Queries(views))
        yield _visible(intake, Runner(intake.log, views))
        views.close()
        intake.log.close()


def _views(path: Path) -> Views:
    return Views(path / "views.db", COMPANY, (FiguresProjection(COMPANY.timezone),))


def _rebuilt(path: Path) -> tuple[float, float]:
    """CPU seconds and MiB of a rebuild in a process of its own, as the command is one."""
    log, views = open_intake(path).log, _views(path)
    seconds = cpu(lambda: rebuild(log, views))
    views.close()
    log.close()
    return seconds, peak()


def _questions(queries: Queries) -> Iterator[Result]:
    ref = "person7@kunden.example"
    found = queries.resolve(ref)
    yield at_most("views", "customer sheet", _milliseconds(lambda: queries.customer(ref)), "ms", 10)
    yield at_most(
        "views",
        "search as you type",
        _milliseconds(lambda: queries.customers("person77")),
        "ms",
        50,
    )
    for title, ask in {
        "search by one letter": lambda: queries.customers("p"),
        "search in subjects and notes, a word of most": lambda: queries.said("offerte", limit=10),
        "a customer's contacts on one channel": lambda: queries.contacts(
            Filter(customer=ref, channel="phone"), limit=25
        ),
        "what stands beside them": lambda: queries.sheet(found, NOW, YEAR_AGO),
    }.items():
        yield at_most("views", title, _milliseconds(ask), "ms", 20)
    asked = _milliseconds(lambda: queries.monday(WEEK))
    yield at_most("views", "a week as Monday's page shows it", asked, "ms", 60)
    for code in FIGURES:
        page = _milliseconds(lambda code=code: queries.who(code, WHOLE, limit=26))  # type: ignore[misc]
        yield at_most(
            "views", f"first page of those behind {code}, all seven years", page, "ms", 60
        )
        asked = _milliseconds(lambda code=code: queries.figures(WHOLE, codes=[code]))  # type: ignore[misc]
        yield at_most("views", f"figure {code}, all seven years", asked, "ms", 100)
    yield at_most("views", "todo", _milliseconds(lambda: queries.todo(NOW)), "ms", 100)


def _visible(intake: Intake, runner: Runner) -> Result:
    """From the call that records one contact until the view shows it, in process."""
    feed = intake.open(SOURCE)
    waits = []
    for number in range(MILLION, MILLION + 100):
        batch = mixed(number, 1)
        began = time.perf_counter()
        feed.record(batch)
        runner.catch_up()
        waits.append((time.perf_counter() - began) * 1000)
    return at_most("views", "append to visible, p50", statistics.median(waits), "ms", 5)


def _milliseconds(ask: Callable[[], object]) -> float:
    """Wall milliseconds, warm, the median of five."""
    ask()
    waits = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        waits.append((time.perf_counter() - began) * 1000)
    return statistics.median(waits)
