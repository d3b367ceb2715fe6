"""What changed in the shop, by its own time of change: a walk from page to page that loses nothing while it goes.

A walk by page numbers misses an order as soon as another one moves (measured: one in 308). So each page is the first
one behind a bound, the last time seen less a second; orders that come again are known by what they are. Where more share
one second than a page holds, after an import for one, that second is read page by page in the order of numbers, and
again from its beginning when an order left it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from stammkunde.connectors.interface import Batch, ConnectorError
from stammkunde.connectors.woocommerce.position import moment
from stammkunde.connectors.woocommerce.rest import Page, naive
from stammkunde.connectors.woocommerce.watch import Watch, key_of


class Seen:
    """Orders that were read lately: what comes again unchanged, since pages and polls overlap, is passed over."""

    def __init__(self) -> None:
        """None yet."""
        self._hashes: dict[int, tuple[int, int]] = {}

    def again(self, number: int, modified: int, raw: msgspec.Raw) -> bool:
        """Whether the very same was seen; from now on it was."""
        state = modified, hash(bytes(raw))
        if self._hashes.get(number) == state:
            return True
        self._hashes[number] = state
        return False

    def behind(self, bound: int) -> int:
        """How many of them changed after the bound."""
        return sum(modified > bound for modified, _ in self._hashes.values())

    def forget(self, before: int) -> None:
        """Forget what is older; it does not come again."""
        self._hashes = {n: state for n, state in self._hashes.items() if state[0] >= before}


def poll(watch: Watch, overlap: int, seen: Seen) -> Iterator[Batch]:
    """All orders that changed since the last walk, less an overlap for those that were committed late; then what is
    left of the walk has no bound."""
    at = watch.position
    if at.bound is None:
        if at.window and _stands_still(watch, overlap):
            return
        watch.move(bound=_start(watch, overlap))
    whole = 0
    while watch.position.bound is not None:
        page = _drained(watch) if watch.position.page else _ahead(watch)
        last = 0
        for raw in page.rows:
            key = key_of(raw)
            modified = second(key.date_modified_gmt)
            last = max(last, modified)
            if not seen.again(key.id, modified, raw):
                watch.take_order(raw)
        _go_on(watch, page, last)
        whole = max(whole, page.total)
        if not at.is_complete and whole:
            watch.progress = min(1.0, max(0.0, 1 - (page.total - len(page.rows)) / whole))
        if watch.position.bound is not None:
            seen.forget(watch.position.bound - overlap)
            if watch.is_full:
                yield watch.batch()
    watch.progress = None
    window = seen.behind(_start(watch, overlap))
    watch.move(window=window if window > watch.page else 0)
    if watch.is_news:
        yield watch.batch()


def _start(watch: Watch, overlap: int) -> int:
    """The bound behind which the next walk begins."""
    return max(watch.position.modified - overlap, 0)


def _stands_still(watch: Watch, overlap: int) -> bool:
    """Whether nothing changed, where the overlap alone holds more than a page: else an import, or a change of all orders
    at once, would be read again in each pass until somebody buys something.

    An order that changes becomes the latest, one that is new or gone makes another number of them.
    """
    behind = naive(moment(_start(watch, overlap)))
    page = watch.rest.orders(
        {
            "modified_after": behind,
            "orderby": "modified",
            "order": "desc",
            "per_page": 1,
            "_fields": "id,date_modified_gmt",
        }
    )
    latest = max((second(key_of(raw).date_modified_gmt) for raw in page.rows), default=0)
    return (page.total, latest) == (watch.position.window, watch.position.modified)


def _ahead(watch: Watch) -> Page:
    """The first page behind the bound."""
    bound = watch.position.bound or 0
    behind = {"modified_after": naive(moment(bound))} if bound else {}
    return watch.rest.orders(
        {**behind, "orderby": "modified", "order": "asc", "per_page": watch.page}
    )


def _drained(watch: Watch) -> Page:
    """The next page of the second after the bound."""
    at, bound = watch.position, watch.position.bound or 0
    return watch.rest.orders(
        {
            "modified_after": naive(moment(bound)),
            "modified_before": naive(moment(bound + 2)),
            "orderby": "id",
            "order": "asc",
            "per_page": watch.page,
            "page": at.page,
        }
    )


def _go_on(watch: Watch, page: Page, last: int) -> None:
    """Where to read on after this page, in which nothing is newer than `last`."""
    at, bound = watch.position, watch.position.bound or 0
    if at.page:
        if at.page > 1 and page.total != at.total:
            watch.move(page=1, total=0)
        elif len(page.rows) < watch.page:
            watch.move(bound=bound + 1, page=0, total=0)
        else:
            watch.move(page=at.page + 1, total=page.total)
        return
    # never ahead of the shop's own clock: an order from the future must not hide the present
    watch.move(modified=max(at.modified, min(last, int(watch.rest.at.timestamp()))))
    if len(page.rows) < watch.page:
        watch.move(bound=None)
    elif last - 1 > bound:
        watch.move(bound=last - 1)
    elif last - 1 == bound:
        watch.move(page=1, total=0)
    else:
        raise ConnectorError(
            "url: {host} can't list orders by the time of their change; update WooCommerce to 5.8 or newer.",
            host=watch.rest.web.host,
        )


def second(text: str) -> int:
    """A naive time in GMT as seconds since 1970; 0 for what is none."""
    try:
        return int(datetime.fromisoformat(text + "+00:00").timestamp())
    except ValueError:
        return 0
