"""An order or a refund of WooCommerce, in the terms that all shops share."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec

from stammkunde.connectors.interface import Context
from stammkunde.connectors.shop import Refund, Snapshot, fingerprint
from stammkunde.connectors.shop.amounts import exact, plain, total
from stammkunde.connectors.shop.book import Entry
from stammkunde.connectors.shop.known import EPOCH
from stammkunde.connectors.shop.snapshot import Status
from stammkunde.connectors.woocommerce.fields import (
    Unreadable,
    converted,
    identifiers_of,
    lines_of,
    moment,
    name_of,
    place_of,
    sane,
    value_of,
)
from stammkunde.connectors.woocommerce.model import Address, Given, Order, Part, RefundRecord
from stammkunde.core.addresses import mail_address

_STATUS: dict[str, Status] = {
    "cancelled": "cancelled",
    "failed": "failed",
    "trash": "removed",
    "checkout-draft": "draft",
    "auto-draft": "draft",
    "draft": "draft",
    "new": "draft",
}
"""All others count, those of plugins too; a refunded order counts with its refunds."""
_CURRENCY = re.compile(r"[A-Z]{3}")
_ORDER_OF_LINK = re.compile(r"/orders/([0-9]{1,18})/?$")


def order_of(fields: dict[str, Any]) -> Order:
    """The order's fields; raises `Unreadable`."""
    return converted(fields, Order)


def snapshot_of(order: Order, context: Context, reference: str) -> Snapshot:
    """The order in the terms of all shops; raises `Unreadable`."""
    zone = context.company.timezone
    placed_at = moment(order.date_created_gmt, order.date_created, zone)
    if placed_at is None:
        raise Unreadable(
            "A field is missing or of the wrong kind ({what}).", what="date_created_gmt"
        )
    if not _CURRENCY.fullmatch(order.currency):
        raise Unreadable("The currency is not a code of three letters.")
    number, billing = str(order.id), order.billing
    with exact():
        net = sane(order.total) - sane(order.total_tax)
    return Snapshot(
        id=number,
        modified_at=moment(order.date_modified_gmt, order.date_modified, zone) or placed_at,
        placed_at=placed_at,
        total=order.total,
        net=net,
        currency=order.currency,
        content=_content(order),
        status=_STATUS.get(order.status.removeprefix("wc-"), "placed"),
        paid_at=moment(order.date_paid_gmt, order.date_paid, zone),
        shipped_at=moment(order.date_completed_gmt, order.date_completed, zone),
        refunds=tuple(_given(given, order) for given in order.refunds),
        account=str(order.customer_id) if order.customer_id > 0 else "",
        identifiers=identifiers_of(
            context.namespace, order.customer_id, (billing.email,), billing, context.company.country
        ),
        name=name_of(billing),
        lines=lines_of(order.line_items, _charges(order)),
        text=order.customer_note.strip(),
        attributes=_attributes(order),
        payment=order.payment_method_title,
        flags=_flags(order, context),
        reference=reference,
        order=number,
    )


def refund_of(fields: dict[str, Any], context: Context) -> tuple[str, Refund]:
    """A refund that was read on its own, and the order to which it belongs; raises `Unreadable`.

    Its net value is known where its parts add up to it: a refund of a mere amount names no tax.
    """
    record = converted(fields, RefundRecord)
    order = str(record.parent_id or _linked(fields))
    if order == "0":
        raise Unreadable("The refund does not say to which order it belongs.")
    parts = (*record.line_items, *record.shipping_lines, *record.fee_lines)
    amount = abs(sane(record.amount))
    with exact():
        is_whole = bool(parts) and -total(map(value_of, parts)) == amount
        net = amount + total(part.total_tax for part in parts) if is_whole else None
    return order, Refund(
        id=str(record.id),
        amount=amount,
        net=net,
        at=moment(record.date_created_gmt, record.date_created, context.company.timezone),
        reason=record.reason,
        lines=lines_of(record.line_items, _charges(record)),
    )


def _linked(fields: dict[str, Any]) -> int:
    """The order of a refund that only its link names."""
    try:
        found = _ORDER_OF_LINK.search(fields["_links"]["up"][0]["href"])
    except (KeyError, IndexError, TypeError):
        return 0
    return int(found[1]) if found else 0


def _given(given: Given, order: Order) -> Refund:
    amount, tax = abs(sane(given.total)), abs(sane(given.total_tax))
    with exact():
        net = amount - tax if tax or not order.total_tax else None
    return Refund(id=str(given.id), amount=amount, net=net, reason=given.reason)


def _content(order: Order) -> bytes:
    """A fingerprint of what matters for the business, as raw as it comes. Frozen.

    Were it made of what we understand, a better parser would find every order edited.
    """
    return fingerprint(
        [plain(order.total), plain(order.total_tax), order.currency, order.customer_note],
        [_strings(order.billing), _strings(order.shipping)],
        [
            [_raw(part) for part in parts]
            for parts in (order.line_items, order.shipping_lines, order.fee_lines)
        ],
        [str(coupon.code) for coupon in order.coupon_lines],
    )


def entry_of(order: Order, snapshot: Snapshot) -> Entry:
    """What the book remembers of an order; a short list shows the same of it, see `rest.SHORT`."""
    shown = fingerprint(
        [
            order.status,
            order.currency,
            plain(order.total),
            plain(order.total_tax),
            order.customer_id,
        ],
        [order.customer_note, _strings(order.billing), _strings(order.shipping)],
        [snapshot.paid_at is not None, snapshot.shipped_at is not None],
        sorted((refund.id, plain(refund.total)) for refund in order.refunds),
    )
    return Entry((snapshot.placed_at - EPOCH).days, shown[:8])


def _raw(part: Part) -> list[object]:
    numbers = (plain(number) for number in (part.quantity, part.total, part.total_tax))
    return [part.product_id, part.variation_id, str(part.name or part.method_title), *numbers]


def _strings(address: Address) -> list[str]:
    return [str(value) for value in msgspec.structs.astuple(address)]


def _charges(record: Order | RefundRecord) -> list[tuple[str, Part]]:
    shipping = [("shipping", part) for part in record.shipping_lines]
    return shipping + [("fee", part) for part in record.fee_lines]


def _attributes(order: Order) -> dict[str, str]:
    number = str(order.number)
    found = place_of(order.billing) | _delivery(order)
    found |= {"number": number} if number not in ("", str(order.id)) else {}
    found |= {"created via": order.created_via} if order.created_via else {}
    coupons = ", ".join(str(coupon.code) for coupon in order.coupon_lines if coupon.code)
    return found | ({"coupons": coupons} if coupons else {})


def _delivery(order: Order) -> dict[str, str]:
    """Whom and where it is delivered to, if not to the buyer: he did not order, so he is nobody's evidence."""
    billing, shipping = order.billing, order.shipping
    name = name_of(shipping)
    place = place_of(shipping, "delivery ")
    if not place or (name == name_of(billing) and place == place_of(billing, "delivery ")):
        return {}
    return ({"delivery name": str(name)} if name else {}) | place


def _flags(order: Order, context: Context) -> tuple[str, ...]:
    mail = mail_address(order.billing.email) or ""
    is_staff = order.created_via == "admin" or context.company.owns(mail)
    parts = (*order.line_items, *order.shipping_lines, *order.fee_lines)
    with exact():
        gap = abs(total(map(value_of, parts)) - order.total)
        # each tax line may be rounded by itself, and the total once
        room = _unit(order.total) * (len(order.tax_lines) + 1)
    flags = {"staff": is_staff, "total_differs": gap > room}
    return tuple(flag for flag, is_set in flags.items() if is_set)


def _unit(amount: Decimal) -> Decimal:
    """The smallest step in which an amount is written: 0.01 for `12.50`."""
    return Decimal(1).scaleb(min(int(amount.as_tuple().exponent), 0))
