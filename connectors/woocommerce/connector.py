"""The connector `woocommerce`: orders, refunds, accounts and reviews of a shop, read live or out of saved responses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import msgspec

from stammkunde.connectors.interface import (
    BATCH,
    Batch,
    ConnectorError,
    Context,
    Discreet,
    Holding,
    Hook,
    Memory,
    Rejected,
    Reply,
    Secret,
)
from stammkunde.connectors.woocommerce.hooks import Hints, answer
from stammkunde.connectors.woocommerce.saved import SUFFIXES, Saved, is_ours

if TYPE_CHECKING:
    from stammkunde.connectors.woocommerce.live import Live


class Settings(Discreet, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of a source with `connector = "woocommerce"`.

    `path`: files of responses (also `.xz`, `.gz`), or folders of which all `.json`, `.jsonl` and `.ndjson` files are
    read. `url`: instead of files the shop itself, by its address as `https://shop.example`. `key`: the consumer key of
    its REST interface, which needs to read and no more. `secret`: the consumer secret that belongs to it.
    `webhook_secret`: what the shop signs its webhooks with, where it has some for `/hooks/SOURCE`. `overlap_s`: for so
    many seconds back each reading asks again, for orders that were saved late. `ca_file`: certificates of an authority
    of your own. `private`: allows a shop within your own network.
    """

    path: tuple[str, ...] = ()
    url: str = ""
    key: Secret = ""
    secret: Secret = ""
    webhook_secret: Secret = ""
    overlap_s: int = 120
    ca_file: str = ""
    private: bool = False


class WooCommerce:
    """Reads a shop, or files of what it answered; each order is compared with its last known state either way."""

    Settings: ClassVar[type[msgspec.Struct]] = Settings

    def __init__(
        self,
        settings: msgspec.Struct,
        context: Context,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Keep all; `clock` is asked where a shop does not tell its time."""
        self.batch = BATCH
        self._settings = cast(Settings, settings)
        self._context = context
        self._clock = clock
        self._saved = Saved(self._settings.path, context)
        self._hints = Hints()
        self._connected: Live | None = None

    def check(self) -> None:
        """Raise `ConnectorError` unless every file, or the shop, can be read."""
        if self._settings.url:
            self._live.check()
        else:
            self._saved.check()

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """What all files say that are new or were written since, or what is new in the shop."""
        if self._settings.url:
            return self._live.fetch(cursor, memory, self.batch)
        return self._saved.fetch(cursor, memory, self.batch)

    def receive(self, hook: Hook, memory: Memory) -> Reply:
        """Take a delivery of a webhook as a hint; called by another thread than all else."""
        del memory
        return answer(hook, self._settings.webhook_secret, self._hints)

    def holdings(self, cursor: str | None, memory: Memory) -> Iterator[Holding]:
        """The orders and webhooks of a live shop; files prove nothing."""
        if self._settings.url:
            yield from self._live.holdings(cursor, memory)

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected record again."""
        return self._saved.retry(rejected, memory)

    def close(self) -> None:
        """Close the connection to the shop."""
        if self._connected:
            self._connected.web.close()

    @staticmethod
    def recognises(path: Path) -> bool:
        """Whether it is JSON with the marks of WooCommerce's REST interface, or a folder of such."""
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
            return any(map(is_ours, files[:20]))
        return is_ours(path)

    @property
    def _live(self) -> Live:
        """The shop; what HTTP needs is imported for it alone."""
        settings = self._settings
        if settings.path:
            raise ConnectorError("path, url: give the one or the other, files or the shop itself.")
        for name in ("key", "secret"):
            if not getattr(settings, name):
                raise ConnectorError(
                    "{setting}: is missing; make a key for reading in WooCommerce (Settings, Advanced, REST API).",
                    setting=name,
                )
        if self._connected is None:
            from stammkunde.connectors.woocommerce.live import Live

            self._connected = Live(settings, self._context, self._hints, self._clock)
        return self._connected
