"""A few made-up people in a home: what they write, order and say on the telephone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from stammkunde.app.access.rights import Role
from stammkunde.config.settings import SourceTable
from stammkunde.core.batch import Batch
from stammkunde.core.contact import Attachment, Contact, Identifier, Item, Line, Money, Name
from stammkunde.core.feed import Source
from tests.app.web.conftest import Web

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}&amp;"


def mail(number: int, who: str = "anna@kunden.example", **more: Any) -> Contact:
    """A message of a day of its own, from somebody who wrote to us."""
    values: dict[str, Any] = {
        "item": Item(f"<{number}@mail.example>", number + 1),
        "party": who,
        "channel": "mail",
        "kind": "message",
        "direction": "in",
        "occurred_at": BEGIN + timedelta(hours=number),
        "identifiers": (Identifier("mail", who),),
        "subject": f"Bremse {number}",
        "text": f"Guten Tag, Nachricht {number}",
        "ours": ("info@muster-velo.example",),
    }
    return Contact(**(values | more))


def call(number: int, phone: str = "+41522034410", **more: Any) -> Contact:
    """A call that somebody answered."""
    values: dict[str, Any] = {
        "item": Item(f"call{number}", number + 1), "channel": "phone", "kind": "call", "direction": "in",
        "outcome": "answered", "duration_s": 372, "occurred_at": BEGIN + timedelta(hours=number),
        "identifiers": (Identifier("phone", phone),),
    }  # fmt: skip
    return Contact(**(values | more))


def order(number: int, who: str = "anna@kunden.example", **more: Any) -> Contact:
    """An order of Anna Frei, who shows address and number."""
    values: dict[str, Any] = {
        "item": Item(f"{number}/placed", number + 1), "channel": "shop", "kind": "order_placed", "direction": "in",
        "occurred_at": BEGIN + timedelta(hours=number), "order": str(number), "name": Name("Anna", "Frei"),
        "identifiers": (Identifier("mail", who), Identifier("phone", "+41522034410")),
        "money": Money(Decimal("99.90"), "CHF"), "lines": (Line("V1", Decimal(2), Decimal("49.95"), "Veloschlauch"),),
    }  # fmt: skip
    return Contact(**(values | more))


def tell(web: Web, *contacts: Contact, source: str = "info") -> None:
    """Record contacts as a source would give them."""
    feed = web.home.intake.open(Source(name=source, connector="mailbox", system="all"))
    feed.record(Batch(contacts=contacts))
    web.home.catch_up()


def anna(web: Web) -> str:
    """Anna Frei with an order, a mail and a call, and Beat Moser with an order; Anna's id."""
    letter = Attachment("brief.pdf", "application/pdf", 84_000)
    tell(web, order(1043), mail(2, attachments=(letter,)), call(3))
    beat = Identifier("mail", "beat@kunden.example")
    tell(web, order(1044, name=Name("Beat", "Moser"), identifiers=(beat,)))
    return web.home.queries.resolve("anna@kunden.example")


def hide(web: Web, source: str, *readers: Role) -> None:
    """Let only these roles see what a source says."""
    table = SourceTable(name=source, connector="mailbox", readers=readers)
    web.home.settings = replace(web.home.settings, sources=(table,))
