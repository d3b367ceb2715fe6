"""What a shop says of people apart from orders: accounts, which describe customers, and reviews."""

from __future__ import annotations

import html
import re
from typing import Any

import msgspec

from stammkunde.connectors.interface import Context
from stammkunde.connectors.shop import Ledger, Outcome, fingerprint
from stammkunde.connectors.shop.known import micros
from stammkunde.connectors.shop.ledger import BETWEEN, NOTHING_NEW, OLDER
from stammkunde.connectors.woocommerce.fields import (
    Unreadable,
    converted,
    identifiers_of,
    moment,
    name_of,
    place_of,
)
from stammkunde.connectors.woocommerce.model import Address, Customer, Review
from stammkunde.core.contact import Contact, Item

STAFF = "an account of the shop's own staff"
UNWANTED = "a review that is spam or was removed"

_STAFF_ROLES = frozenset({"administrator", "shop_manager", "editor", "author", "contributor"})
_TAG = re.compile(r"<[^<>]*>")


class _Account(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of an account, as `shop.known.Known` of an order."""

    modified: int
    seen: tuple[bytes, ...]
    is_revised: bool = False


def item_of(kind: str, number: object) -> Item:
    """The item of an account or a review. Frozen."""
    return Item(BETWEEN.join((kind, str(number))))


def observe_customer(
    fields: dict[str, Any],
    context: Context,
    ledger: Ledger,
    reference: str,
    *,
    is_current: bool = False,
) -> Outcome:
    """An account as an entry, revised where it changed; raises `Unreadable`.

    `is_current` says that the shop was asked just now: that is the last word, whatever time it bears.
    """
    customer = converted(fields, Customer)
    if customer.role in _STAFF_ROLES:
        return Outcome(ignored=STAFF)
    entry = _entry(customer, context, reference)
    modified, state = micros(entry.occurred_at), _content(customer)
    saved = ledger.get(f"customer {customer.id}")
    known = msgspec.json.decode(saved, type=_Account) if saved else None
    if known is None:
        ledger.put(f"customer {customer.id}", msgspec.json.encode(_Account(modified, (state,))))
        return Outcome((entry,))
    if modified < known.modified and not is_current:
        return Outcome(ignored=OLDER)
    same = known.seen[-1:] if is_current else known.seen
    modified = max(modified, known.modified)
    if modified == known.modified and state in same:
        return Outcome(ignored=NOTHING_NEW) if known.is_revised else Outcome((entry,))
    seen = known.seen if modified == known.modified else ()
    is_new = state != known.seen[-1]
    others = tuple(one for one in seen if one != state)
    after = _Account(modified, (*others, state), is_revised=True)
    ledger.put(f"customer {customer.id}", msgspec.json.encode(after))
    if not is_new:
        return Outcome(ignored=NOTHING_NEW)
    return Outcome((msgspec.structs.replace(entry, revises=True),))


def observe_review(fields: dict[str, Any], context: Context, reference: str) -> Outcome:
    """A review, told by its id; raises `Unreadable`."""
    review = converted(fields, Review)
    if review.status in ("spam", "trash"):
        return Outcome(ignored=UNWANTED)
    at = moment(review.date_created_gmt, review.date_created, context.company.timezone)
    if at is None:
        raise Unreadable(
            "A field is missing or of the wrong kind ({what}).", what="date_created_gmt"
        )
    about = {"product": str(review.product_name), "rating": str(review.rating or "")}
    contact = Contact(
        item=item_of("review", review.id),
        channel="shop",
        kind="review",
        direction="in",
        occurred_at=at,
        identifiers=identifiers_of("", 0, (review.reviewer_email,), Address(), ""),
        display=review.reviewer,
        text=" ".join(html.unescape(_TAG.sub(" ", review.review)).split()),
        attributes={key: value for key, value in about.items() if value},
        reference=reference,
    )
    return Outcome((contact,))


def _entry(customer: Customer, context: Context, reference: str) -> Contact:
    zone, billing = context.company.timezone, customer.billing
    at = moment(customer.date_modified_gmt, customer.date_modified, zone)
    at = at or moment(customer.date_created_gmt, customer.date_created, zone)
    if at is None:
        raise Unreadable(
            "A field is missing or of the wrong kind ({what}).", what="date_created_gmt"
        )
    return Contact(
        item=item_of("customer", customer.id),
        channel="directory",
        kind="entry",
        occurred_at=at,
        identifiers=identifiers_of(
            context.namespace,
            customer.id,
            (customer.email, billing.email),
            billing,
            context.company.country,
        ),
        name=name_of(billing, customer.first_name, customer.last_name),
        attributes=place_of(billing),
        reference=reference,
    )


def _content(customer: Customer) -> bytes:
    """A fingerprint of what describes the customer, as raw as it comes. Frozen."""
    billing = [str(value) for value in msgspec.structs.astuple(customer.billing)]
    return fingerprint([customer.email, customer.first_name, customer.last_name], billing)
