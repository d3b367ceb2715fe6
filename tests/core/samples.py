"""Made-up contacts, and a door to put them through."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stammkunde.core.assignment import Assignment
from stammkunde.core.assignment.tables import SCHEMA, evidence_of
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Identifier, Item, Name
from stammkunde.core.feed import Source
from stammkunde.core.ids import random_id
from stammkunde.core.intake import Intake
from stammkunde.core.keys import KeyStore
from stammkunde.core.log.store import Log

BEGIN = datetime(2026, 11, 1, 8, tzinfo=UTC)
COMPANY = Company(
    name="Muster Velo AG",
    domains=("muster-velo.example",),
    numbers=("+41525550000",),
    never=("treuhand.example", "privat@kunden.example"),
)
INFO = Source(name="info", connector="mailbox")
PHONE = Source(name="phone", connector="asterisk")
SHOP = Source(name="shop", connector="woocommerce", system="shop.example")


def open_intake(folder: Path, company: Company = COMPANY) -> Intake:
    log = Log(folder / "log.db", KeyStore(folder / "keys.db", b"k" * 32), tables=SCHEMA)
    return Intake(log, Assignment(evidence_of(log.keys.keys), random_id), company)


def mail(n: int, address: str = "anna@kunden.example", **changes: Any) -> Contact:
    """The n-th minute's inbound message."""
    at = BEGIN + timedelta(minutes=n)
    values: dict[str, Any] = {
        "item": Item(f"<{n}@mail.example>\0date", round(at.timestamp() * 1000)),
        "party": address,
        "channel": "mail",
        "kind": "message",
        "direction": "in",
        "occurred_at": at,
        "identifiers": (Identifier("mail", address),),
        "subject": "Offerte",
        "text": "Grüezi, was kostet das?",
        "ours": ("info@muster-velo.example",),
        "reference": f"Inbox.mbox:{n}",
    }
    return Contact(**{**values, **changes})


def call(n: int, number: str | None = "+41795551234", **changes: Any) -> Contact:
    at = BEGIN + timedelta(minutes=n)
    values: dict[str, Any] = {
        "item": Item(f"{round(at.timestamp())}.{n}", round(at.timestamp() * 1000)),
        "channel": "phone",
        "kind": "call",
        "direction": "in",
        "outcome": "answered",
        "occurred_at": at,
        "duration_s": 60,
        "identifiers": (Identifier("phone", number),) if number else (),
    }
    return Contact(**{**values, **changes})


def entry(n: int, name: Name, *identifiers: Identifier, **changes: Any) -> Contact:
    values: dict[str, Any] = {
        "item": Item(f"uid-{n}"),
        "channel": "directory",
        "kind": "entry",
        "occurred_at": BEGIN,
        "identifiers": identifiers,
        "name": name,
    }
    return Contact(**{**values, **changes})
