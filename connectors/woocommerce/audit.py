"""What neither a date nor a hook tells: refunds that were withdrawn, orders that are gone, edits that left no trace.

Each night the orders of the last 90 days are compared with what is known of them by a short list, once a year all; and
after each pass the mere number of orders is, so that one that vanished is found at once: the days on which the numbers
differ are searched by halves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from stammkunde.connectors.interface import Batch
from stammkunde.connectors.woocommerce.position import Audit, moment
from stammkunde.connectors.woocommerce.rest import PAGE, SHORT, naive
from stammkunde.connectors.woocommerce.watch import Watch

DAYS = 90
_YEAR = 365
_DAY_S = 86_400
_FAR = 1 << 30


def audit(watch: Watch) -> Iterator[Batch]:
    """Reconcile, where a night has begun since the last time or one is on its way."""
    at, tonight = watch.position, watch.tonight()
    if at.audit is None:
        if tonight <= at.night:
            return
        is_whole = (date.fromisoformat(tonight) - date.fromisoformat(at.year)).days >= _YEAR
        low = 0 if is_whole else int(watch.rest.at.timestamp()) // _DAY_S - DAYS
        watch.move(audit=Audit(low))
    while (now := watch.position.audit) is not None:
        rows = watch.rest.orders(_short(now.low, None, now.page)).rows
        upto = watch.entry(rows[-1])[0] if len(rows) == PAGE else None
        _compare(watch, rows, now.above, upto, range(now.low, _FAR))
        if upto is None:
            year = watch.position.year if now.low else tonight
            watch.move(audit=None, night=tonight, year=year, listing=(0, 1), mismatch=(0, 0))
        else:
            watch.move(audit=Audit(now.low, now.page + 1, max(upto, now.above)))
        yield watch.batch()


def recount(watch: Watch) -> Iterator[Batch]:
    """Look for what is missing or too much, where the shop has another number of orders than are known."""
    total, held = watch.rest.count(), watch.book.held
    if total == held or (total, held) == watch.position.mismatch:
        return
    known = watch.book.days()
    latest = max([*known, int(watch.rest.at.timestamp()) // _DAY_S]) + 2
    for days in list(_differing(watch, range(latest), known)):
        _compare(watch, list(_rows(watch, days)), -1, None, days)
    held = watch.book.held
    watch.move(mismatch=(0, 0) if total == held else (total, held))
    if watch.is_news:
        yield watch.batch()


def differing(watch: Watch) -> Iterator[tuple[set[int], set[int]]]:
    """The orders that the shop has and those that are known, of days on which the two differ; concludes nothing."""
    known = watch.book.days()
    latest = max([*known, int(watch.rest.at.timestamp()) // _DAY_S]) + 2
    for days in _differing(watch, range(latest), known):
        shown = {watch.entry(raw)[0] for raw in _rows(watch, days)}
        yield shown, {number for number, _ in watch.book.between(-1, None, days)}


def _compare(
    watch: Watch, rows: Iterable[msgspec.Raw], above: int, upto: int | None, days: range
) -> None:
    """Look at every order that differs from what is known, is not known, or is known and not shown."""
    shown: set[int] = set()
    wanted: list[int] = []
    for raw in rows:
        number, entry = watch.entry(raw)
        shown.add(number)
        known = watch.book.get(number)
        if known is None or known.digest != entry.digest:
            wanted.append(number)
    wanted += [n for n, _ in watch.book.between(above, upto, days) if n not in shown]
    watch.resolve([number for number in wanted if number])


def _differing(watch: Watch, days: range, known: Counter[int]) -> Iterator[range]:
    expected = sum(count for day, count in known.items() if day in days)
    total = watch.rest.count(**_between(days.start, days.stop))
    if total == expected:
        return
    if len(days) == 1 or max(total, expected) <= PAGE:
        yield days
        return
    middle = _middle(days, known)
    yield from _differing(watch, range(days.start, middle), known)
    yield from _differing(watch, range(middle, days.stop), known)


def _middle(days: range, known: Counter[int]) -> int:
    """A day that leaves about half of the known orders on each side."""
    busy = sorted(day for day in known if days.start < day < days.stop)
    return busy[len(busy) // 2] if busy else (days.start + days.stop) // 2


def _rows(watch: Watch, days: range) -> Iterator[msgspec.Raw]:
    page = 1
    while True:
        rows = watch.rest.orders(_short(days.start, days.stop, page)).rows
        yield from rows
        if len(rows) < PAGE:
            return
        page += 1


def _short(low: int, high: int | None, page: int) -> dict[str, str | int]:
    listed: dict[str, str | int] = {
        "_fields": SHORT,
        "orderby": "id",
        "order": "asc",
        "per_page": PAGE,
        "page": page,
    }
    return {**_between(low, high), **listed}


def _between(low: int, high: int | None) -> dict[str, str | int]:
    """Orders placed on these days; both bounds of the shop are exclusive."""
    found: dict[str, str | int] = {}
    if low > 0:
        found["after"] = naive(moment(low * _DAY_S - 1))
    if high is not None:
        found["before"] = naive(moment(high * _DAY_S))
    return found
