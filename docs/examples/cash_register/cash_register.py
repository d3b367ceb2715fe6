"""Receipts of a cash register that appends one line for each to a CSV file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, ClassVar, cast
from zoneinfo import ZoneInfo

import msgspec

from stammkunde.connectors.files import Finished, files_of, head, opened
from stammkunde.connectors.gathered import Gathered
from stammkunde.connectors.interface import BATCH, Batch, ConnectorError, Context, Memory, Rejected
from stammkunde.connectors.table import Row, rows
from stammkunde.core.addresses import mail_address
from stammkunde.core.contact import Contact, Identifier, Item, Money
from stammkunde.core.errors import N_

COLUMNS = ("Bon", "Datum", "Zeit", "Betrag", "Karte", "Mail")
_NUMBER = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"-?[0-9]{1,7}\.[0-9]{2}")
_CARD = re.compile(r"K-[0-9]{1,9}")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of a source with `connector = "cash-register"`.

    `path`: files, or folders of which all `.csv` files are read. `currency`: by default the company's.
    """

    path: tuple[str, ...] = ()
    currency: str = ""


class CashRegister:
    """Each receipt is an item; one with a customer card or a mail address says whose it is."""

    Settings: ClassVar[type[msgspec.Struct]] = Settings

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        """Keep both."""
        self.batch = BATCH
        self._settings = cast(Settings, settings)
        self._context = context
        self._zone = ZoneInfo(context.company.timezone)

    def check(self) -> None:
        """Raise `ConnectorError` unless every file is there and has the register's columns."""
        for path in files_of(self._settings.path, (".csv",)):
            if not self.recognises(path):
                raise ConnectorError(
                    "path: {path} should begin with {columns}.",
                    path=path,
                    columns=";".join(COLUMNS),
                )

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        """The receipts of all files that are new or grew; a known receipt is a duplicate and costs nothing."""
        del memory
        self.check()
        done = Finished.parse(cursor)
        for path in files_of(self._settings.path, (".csv",)):
            if done.has(path):
                continue
            mark = Finished.mark(path)
            gathered = Gathered(self.batch)
            with opened(path) as file:
                for row in _receipts(file):
                    if gathered.is_full:
                        yield gathered.batch(done.cursor)
                    gathered.take(self._read(row, f"{path.name}:{row.line}"))
            done = done.plus(path, mark)
            yield gathered.batch(done.cursor)

    @staticmethod
    def recognises(path: Path) -> bool:
        """Whether the first line names the register's columns."""
        first = head(path).partition(b"\n")[0].decode("cp1252", "replace")
        return tuple(first.rstrip().split(";")) == COLUMNS

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        """Read one rejected receipt again; its raw bytes are a small file of their own."""
        del memory
        gathered = Gathered(self.batch)
        for row in _receipts(cast(BinaryIO, BytesIO(rejected.raw))):
            gathered.take(self._read(row, rejected.reference))
        return gathered.batch(None)

    def _read(self, row: Row, reference: str) -> Contact | Rejected | str:
        """A receipt as a contact, or rejected, or the reason why it is ignored."""
        if row.flaw:
            return Rejected(row.flaw, row.raw, reference)
        number, day, time, total, card, mail = row.cells
        if not (_NUMBER.fullmatch(number) and _AMOUNT.fullmatch(total)):
            return Rejected(N_("Number or amount can't be read."), row.raw, reference)
        try:
            at = self._moment(day, time)
        except ValueError:
            return Rejected(N_("Day or time can't be read."), row.raw, reference)
        amount = Decimal(total)
        if not amount:
            return N_("drawer opened")
        address = mail_address(mail)
        identifiers = (
            Identifier("shop", f"{self._context.namespace}:{card}")
            if _CARD.fullmatch(card)
            else None,
            Identifier("mail", address) if address else None,
        )
        return Contact(
            # as the register writes them: numbers begin anew each year; a better parser must not move the key
            item=Item(f"{day} {number}"),
            channel="visit",
            kind="order_placed" if amount > 0 else "order_refunded",
            direction="in" if amount > 0 else None,
            occurred_at=at,
            identifiers=tuple(one for one in identifiers if one),
            money=Money(amount, self._settings.currency or self._context.company.currency),
            order=f"{day} {number}",
            reference=reference,
        )

    def _moment(self, day: str, time: str) -> datetime:
        at = datetime.strptime(f"{day} {time}", "%d.%m.%Y %H:%M").replace(tzinfo=self._zone)
        if at.year < 2000:
            raise ValueError
        # a fixed offset: a time that the clocks skip is unequal to itself in any other zone (PEP 495)
        return at.replace(tzinfo=timezone(at.utcoffset() or timedelta()))


def _receipts(file: BinaryIO) -> Iterator[Row]:
    """The rows below the header; a last line without its end is still being written and comes with the next reading."""
    for row in rows(file, "cp1252", ";"):
        if row.header and row.text.endswith("\n"):
            yield row
