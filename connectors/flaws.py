"""What makes a contact well-formed, beyond the types of its fields: for tests of connectors, on samples and real data."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import chain
from typing import get_args

import msgspec

from stammkunde.core.addresses import mail_address
from stammkunde.core.contact import KINDS, ORDER_MILESTONES, Channel, Contact, Identifier

_PHONE = re.compile(r"\+[1-9]\d{2,14}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_TIMES = 2**48
"""An id has 48 bits for an item's time in milliseconds."""


def flaws(contact: Contact) -> list[str]:
    """What is wrong with a contact by the words of `core.contact`; empty for a well-formed one."""
    checks = {
        "a field has another type than declared": not _typed(contact),
        "the item has no key": not contact.item.key,
        "key or party holds a NUL": "\0" in contact.item.key + contact.party,
        "the item's time does not fit 48 bits": not 0 <= contact.item.time_ms < _TIMES,
        "the channel is unknown": contact.channel not in get_args(Channel),
        "the kind is unknown": contact.kind not in KINDS,
        "a mail's party is no address in normal form": contact.channel == "mail"
        and contact.party not in ("", mail_address(contact.party))
        and not _PHONE.fullmatch(contact.party),
        "only mail tells counterparts apart by party": contact.channel != "mail"
        and bool(contact.party),
        "the time has no offset": contact.occurred_at.utcoffset() is None,
        "only calls have an outcome": contact.outcome is not None and contact.kind != "call",
        "the duration is negative": (contact.duration_s or 0) < 0,
        "an identifier is not in its normal form": not all(map(_normal, contact.identifiers)),
        "an identifier is named twice": len(set(contact.identifiers)) < len(contact.identifiers),
        "only orders have money": contact.money is not None
        and contact.kind not in ORDER_MILESTONES,
        "an amount is not a finite Decimal": not all(map(_finite, _amounts(contact))),
        "the currency is not three capitals": contact.money is not None
        and not _CURRENCY.fullmatch(contact.money.currency),
        "an attribute has no name": "" in contact.attributes,
    }
    return [flaw for flaw, found in checks.items() if found]


def _typed(contact: Contact) -> bool:
    """Whether it survives the way into the log: every value of its declared type, every text encodable."""
    try:
        return msgspec.json.decode(msgspec.json.encode(contact), type=Contact) == contact
    except (msgspec.MsgspecError, TypeError, ValueError):
        return False


def _normal(identifier: Identifier) -> bool:
    if identifier.kind == "mail":
        return mail_address(identifier.value) == identifier.value
    if identifier.kind == "phone":
        return _PHONE.fullmatch(identifier.value) is not None
    system, colon, number = identifier.value.partition(":")
    return bool(system and colon and number)


def _amounts(contact: Contact) -> list[Decimal]:
    money = contact.money
    amounts = [] if money is None else [money.amount, money.net]
    amounts += chain.from_iterable((line.quantity, line.price) for line in contact.lines)
    return [amount for amount in amounts if amount is not None]


def _finite(amount: object) -> bool:
    return isinstance(amount, Decimal) and amount.is_finite()
