"""Rows of the views as answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec

from stammkunde.core import contact as written
from stammkunde.projections import answers
from stammkunde.projections.money import from_micro

_START = datetime(1970, 1, 1, tzinfo=UTC)

CONTACT = (
    "SELECT k.id, k.customer, t.source, coalesce(nullif(t.item_key, ''), k.item), t.party, k.channel, k.kind,"
    " k.direction, k.outcome, k.at, k.offset_min, k.recorded_at, t.name, t.display, t.address, t.subject, t.text,"
    " t.ours, t.attachments, t.lines, k.duration_s, k.amount_micro, k.net_micro, k.currency, k.thread,"
    " coalesce(nullif(t.order_number, ''), k.order_id), coalesce(k.own_rule, h.rule),"
    " coalesce(k.own_score, h.score), coalesce(k.own_evidence, h.evidence)"
    " FROM contacts k LEFT JOIN contents t ON t.contact = k.id LEFT JOIN handles h ON h.id = k.handle"
)
"""Selects what `contact_answer` reads."""

_name = msgspec.json.Decoder(written.Name).decode
_ours = msgspec.json.Decoder(tuple[str, ...]).decode
_attachments = msgspec.json.Decoder(tuple[written.Attachment, ...]).decode
_lines = msgspec.json.Decoder(tuple[written.Line, ...]).decode
_evidence = msgspec.json.Decoder(tuple[answers.Identifier, ...]).decode


def utc(micro: int) -> datetime:
    """Microseconds since 1970 as a time in UTC."""
    return _START + timedelta(microseconds=micro)


def at_offset(at_ms: int, minutes: int) -> datetime:
    """Milliseconds since 1970 UTC as a time with the source's own offset."""
    return (_START + timedelta(milliseconds=at_ms)).astimezone(timezone(timedelta(minutes=minutes)))


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970 UTC."""
    return (at - _START) // timedelta(milliseconds=1)


def name_text(name: str) -> str:
    """A structured name, stored as JSON or empty, as one writes it."""
    return str(_name(name)) if name else ""


def lines_of(lines: str) -> tuple[answers.Line, ...]:
    """Lines of an order, stored as JSON."""
    return tuple(answers.Line(n.article, n.name, n.quantity, n.price) for n in _lines(lines))


def contact_answer(row: tuple[Any, ...]) -> answers.Contact:
    """A row of `CONTACT`; without contents (erased) the texts are empty."""
    (contact, customer, source, item, party, channel, kind, direction, outcome, at, offset, recorded, name, display,
     address, subject, text, ours, attachments, lines, duration, amount, net, currency, thread, order, rule, score,
     evidence) = row  # fmt: skip
    return answers.Contact(
        id=contact,
        customer_id=customer,
        source=source or "",
        item=item,
        party=party or "",
        channel=channel,
        kind=kind,
        direction=direction,
        outcome=outcome,
        occurred_at=at_offset(at, offset),
        recorded_at=utc(recorded),
        counterpart=name_text(name) or display or address or party or "",
        subject=subject or "",
        text=text or "",
        ours=_ours(ours or "[]"),
        attachments=tuple(
            answers.Attachment(a.name, a.type, a.size) for a in _attachments(attachments or "[]")
        ),
        lines=lines_of(lines or "[]"),
        duration_s=duration,
        money=_money(amount, net, currency),
        thread=thread or "",
        order=order or "",
        assignment=answers.Assignment(rule, score, _evidence(evidence)) if customer else None,
    )


def _money(amount: int | None, net: int | None, currency: str) -> answers.Money | None:
    if amount is None:
        return None
    return answers.Money(from_micro(amount), None if net is None else from_micro(net), currency)
