"""The shop itself, read by its REST interface: hints first, then what changed, what is missing, and who is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from stammkunde.connectors.http import Web
from stammkunde.connectors.interface import (
    Batch,
    ConnectorError,
    Context,
    Holding,
    Memory,
    UnavailableError,
)
from stammkunde.connectors.woocommerce.audit import audit, differing, recount
from stammkunde.connectors.woocommerce.hooks import Hints
from stammkunde.connectors.woocommerce.lists import people, reviews
from stammkunde.connectors.woocommerce.poll import Seen, poll
from stammkunde.connectors.woocommerce.rest import Rest
from stammkunde.connectors.woocommerce.watch import Watch

if TYPE_CHECKING:
    from stammkunde.connectors.woocommerce.connector import Settings

_ACTIVE = "active"


class _Webhook(msgspec.Struct, frozen=True):
    topic: str = ""
    status: str = ""
    delivery_url: str = ""


class Live:
    """One shop over its connection; what it knows lies in cursor and memory alone.

    (`Seen` only spares work: it is used where reading goes on from the very cursor at which it stopped.)
    """

    def __init__(
        self, settings: Settings, context: Context, hints: Hints, clock: Callable[[], datetime]
    ) -> None:
        """`clock` is asked where the shop tells no time."""
        self._settings = settings
        self._context = context
        self._hints = hints
        self._seen = Seen()
        self._stopped_at: str | None = None
        self.web = Web(
            settings.url,
            auth=(settings.key, settings.secret),
            ca_file=settings.ca_file,
            private=settings.private,
        )
        self._rest = Rest(self.web, clock)

    def check(self) -> None:
        """Raise the `ConnectorError` that names the setting: address, TLS, interface, key."""
        self._rest.count()

    def fetch(self, cursor: str | None, memory: Memory, size: int) -> Iterator[Batch]:
        """All that is new since the cursor, which names a page: killed, it goes on behind the last one that was committed."""
        watch = Watch(self._rest, self._context, memory, cursor, size)
        seen = self._seen if cursor is not None and cursor == self._stopped_at else Seen()
        self._stopped_at = None
        yield from self._hinted(watch)
        yield from poll(watch, self._settings.overlap_s, seen)
        if watch.position.is_complete:
            yield from audit(watch)
            yield from reviews(watch)
        else:
            night = watch.tonight()
            watch.move(is_complete=True, night=night, year=night, listing=(0, 1))
        yield from recount(watch)
        yield from people(watch)
        if watch.is_news:
            yield watch.batch()
        seen.forget(watch.position.modified - self._settings.overlap_s)
        self._seen, self._stopped_at = seen, watch.position.cursor

    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        """The orders that the shop counts against those that are known, and its hooks that lead here against those that live."""
        watch = Watch(self._rest, self._context, memory, cursor, 1)
        total, known = self._rest.count(), watch.book.held
        missing: set[int] = set()
        strange: set[int] = set()
        if total != known:
            for shown, ours in differing(watch):
                missing |= shown - ours
                strange |= ours - shown
        yield Holding(
            part="orders",
            held=total,
            read=known - len(strange),
            missing=ranges(missing),
            gone=ranges(strange | set(watch.book.gone)),
        )
        yield from self._hooks()

    def _account(self, number: int) -> msgspec.Raw | None:
        """An account; None where it is gone, or where the key may read orders alone."""
        try:
            return self._rest.one(f"customers/{number}")
        except UnavailableError:
            raise
        except ConnectorError:
            return None

    def _hooks(self) -> Iterator[Holding]:
        """The shop switches a hook off by itself after failures, and tells nobody."""
        if not self._settings.webhook_secret:
            return
        page = self._rest.optional("webhooks", per_page=100)
        hooks = [msgspec.json.decode(raw, type=_Webhook) for raw in page.rows] if page else []
        ours = [
            hook for hook in hooks if hook.delivery_url.endswith(f"/hooks/{self._context.source}")
        ]
        dead = tuple(sorted(hook.topic for hook in ours if hook.status != _ACTIVE))
        yield Holding(part="webhooks", held=len(ours), read=len(ours) - len(dead), missing=dead)

    def _hinted(self, watch: Watch) -> Iterator[Batch]:
        waiting = self._hints.waiting()
        if not waiting:
            return
        watch.resolve([number for what, number in waiting if what == "order"])
        for what, number in waiting:
            if what == "customer" and (raw := self._account(number)):
                if watch.holds_person("customer", raw):
                    yield watch.batch()
                watch.take_person("customer", raw)
        if watch.is_news:
            yield watch.batch()
        self._hints.done(waiting.items())


def ranges(numbers: set[int]) -> tuple[str, ...]:
    """Numbers as people list them, neighbours together: `17`, `203–207`."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return tuple(str(low) if low == high else f"{low}–{high}" for low, high in found)
