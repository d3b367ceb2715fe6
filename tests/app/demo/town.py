"""A made-up company, read back with the standard library alone."""

import csv
import email
import io
import json
import mailbox
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from stammkunde.app.demo import house
from stammkunde.app.demo.truth import Truth
from stammkunde.app.demo.world import World

SANDRA, FREI = "+41522034410", "+41522147731"


class Town:
    """A world, read back with the standard library alone."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        world.write(folder)
        read = self._mails("info.mbox")
        self.inbox = [mail for mail in read if mail.keys()]
        self.torn = [mail for mail in read if not mail.keys()]
        self.sent = self._mails("Sent.mbox")
        rows = list(csv.reader(io.StringIO((folder / "Master.csv").read_text("utf-8"))))
        self.legs = [row for row in rows if len(row) == 21]
        self.torn_rows = [row for row in rows if len(row) != 21]
        self.orders: list[dict[str, Any]] = json.loads((folder / "orders.json").read_text("utf-8"))
        self.cards = _cards((folder / "addresses.vcf").read_bytes())
        self.truth = list(csv.DictReader(io.StringIO((folder / "truth.csv").read_text("utf-8"))))

    def _mails(self, name: str) -> list[EmailMessage]:
        box = mailbox.mbox(self.folder / name, create=False)
        try:
            found = [
                email.message_from_bytes(box.get_bytes(key), policy=default)
                for key in box.iterkeys()
            ]
        finally:
            box.close()
        return [mail for mail in found if isinstance(mail, EmailMessage)]

    def calls(self) -> dict[str, list[list[str]]]:
        calls: dict[str, list[list[str]]] = {}
        for leg in self.legs:
            calls.setdefault(leg[19], []).append(leg)
        return calls

    def of(self, source: str) -> list[Truth]:
        return [truth for truth in self.world.truth if truth.source == source]


def _cards(raw: bytes) -> list[list[str]]:
    text = raw.decode().replace("\r\n ", "")
    return [card.split("\r\n") for card in text.split("BEGIN:VCARD\r\n")[1:]]


def local(utc: str) -> datetime:
    return datetime.fromisoformat(utc).replace(tzinfo=UTC).astimezone(house.ZONE)


def when(mail: EmailMessage) -> datetime:
    at = mail["Date"].datetime
    assert isinstance(at, datetime)
    return at
