"""The fields of WooCommerce's REST interface v3 that we read; all others are passed over.

What is missing or empty has the default. Amounts are strings there, so they stay exact; a line's `price` is a float and
not read. Times are naive ISO 8601, `*_gmt` in UTC and the others in the shop's own zone.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

Text = str | int
"""Plugins write numbers where the shop writes text."""
_ZERO = Decimal(0)


class Address(msgspec.Struct, frozen=True, gc=False):
    """Where to bill or deliver; a delivery has no mail address."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    address_1: Text = ""
    address_2: Text = ""
    city: Text = ""
    state: Text = ""
    postcode: Text = ""
    country: str = ""
    email: str = ""
    phone: Text = ""


class Part(msgspec.Struct, frozen=True, gc=False):
    """A line, a delivery or a fee: `total` is without tax."""

    name: Text = ""
    method_title: Text = ""
    sku: Text = ""
    product_id: int = 0
    variation_id: int = 0
    quantity: Decimal = Decimal(1)
    total: Decimal = _ZERO
    total_tax: Decimal = _ZERO


class TaxLine(msgspec.Struct, frozen=True, gc=False):
    """One of the taxes of an order: there is one, and that is all."""


class Coupon(msgspec.Struct, frozen=True, gc=False):
    """A coupon that was used."""

    code: Text = ""


class Given(msgspec.Struct, frozen=True, gc=False):
    """A refund as its order shows it; `total` is negative."""

    id: int
    total: Decimal
    reason: str = ""
    total_tax: Decimal = _ZERO


class Order(msgspec.Struct, frozen=True, gc=False):
    """An order; `total` includes tax and is not lowered by refunds."""

    id: int
    status: str
    currency: str
    total: Decimal
    number: Text = ""
    total_tax: Decimal = _ZERO
    customer_id: int = 0
    created_via: str = ""
    customer_note: str = ""
    payment_method_title: str = ""
    date_created: datetime | None = None
    date_created_gmt: datetime | None = None
    date_modified: datetime | None = None
    date_modified_gmt: datetime | None = None
    date_paid: datetime | None = None
    date_paid_gmt: datetime | None = None
    date_completed: datetime | None = None
    date_completed_gmt: datetime | None = None
    billing: Address = Address()
    shipping: Address = Address()
    line_items: tuple[Part, ...] = ()
    shipping_lines: tuple[Part, ...] = ()
    fee_lines: tuple[Part, ...] = ()
    tax_lines: tuple[TaxLine, ...] = ()
    coupon_lines: tuple[Coupon, ...] = ()
    refunds: tuple[Given, ...] = ()


class RefundRecord(msgspec.Struct, frozen=True, gc=False):
    """A refund on its own: `amount` is positive and includes tax, its parts are negative."""

    id: int
    amount: Decimal
    parent_id: int = 0
    reason: str = ""
    date_created: datetime | None = None
    date_created_gmt: datetime | None = None
    line_items: tuple[Part, ...] = ()
    shipping_lines: tuple[Part, ...] = ()
    fee_lines: tuple[Part, ...] = ()


class Customer(msgspec.Struct, frozen=True, gc=False):
    """An account in the shop; guests have none."""

    id: int
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    role: str = ""
    date_created: datetime | None = None
    date_created_gmt: datetime | None = None
    date_modified: datetime | None = None
    date_modified_gmt: datetime | None = None
    billing: Address = Address()
    shipping: Address = Address()


class Review(msgspec.Struct, frozen=True, gc=False):
    """What somebody wrote about a product, as HTML."""

    id: int
    review: str
    status: str = ""
    reviewer: str = ""
    reviewer_email: str = ""
    rating: int = 0
    product_name: Text = ""
    date_created: datetime | None = None
    date_created_gmt: datetime | None = None
