"""Orders as WooCommerce's REST API (v3) gives them: an array of orders, each with its refunds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from stammkunde.app.demo.diary import Order
from stammkunde.app.demo.house import NAME, ZONE, Article
from stammkunde.app.demo.people import Person
from stammkunde.core.contact import Name

_VAT = Decimal("8.1")
_CENT = Decimal("0.01")
_ZERO = "0.00"


def orders_json(orders: Iterable[Order]) -> bytes:
    """All orders, newest first as the API lists them."""
    bodies = [_order(order) for order in orders]
    return (json.dumps(bodies[::-1], ensure_ascii=False, indent=1) + "\n").encode()


def _order(order: Order) -> dict[str, Any]:
    total, is_paid = order.total, order.status in ("processing", "completed", "refunded")
    tax = sum((_tax(article.price * count) for article, count in order.lines), Decimal(0))
    placed = order.at
    paid = placed + timedelta(minutes=1) if is_paid else None
    changed = order.changed or placed
    completed = min(placed + timedelta(days=1), changed) if order.status == "completed" else None
    return {
        "id": order.number,
        "parent_id": 0,
        "number": str(order.number),
        "order_key": f"wc_order_{order.number:013x}",
        "created_via": "checkout",
        "version": "11.0.1",
        "status": order.status,
        "currency": "CHF",
        "currency_symbol": "CHF",
        "prices_include_tax": True,
        **_times("date_created", placed),
        **_times("date_modified", changed),
        **_times("date_paid", paid),
        **_times("date_completed", completed),
        "discount_total": _ZERO,
        "discount_tax": _ZERO,
        "shipping_total": _ZERO,
        "shipping_tax": _ZERO,
        "cart_tax": str(tax),
        "total": str(total),
        "total_tax": str(tax),
        "customer_id": 0 if order.as_guest else order.who.account,
        "customer_note": "",
        "customer_ip_address": "",
        "customer_user_agent": "",
        "payment_method": "bacs",
        "payment_method_title": "Vorkasse",
        "transaction_id": "",
        "billing": {
            **_address(order.who, order.name),
            "email": order.mail,
            "phone": order.phone,
        },
        "shipping": _address(order.gift, Name(order.gift.given, order.gift.family))
        if order.gift
        else _address(order.who, order.name),
        "meta_data": [],
        "line_items": [_line(order, at, *line) for at, line in enumerate(order.lines, 1)],
        "tax_lines": [
            {
                "id": order.number * 10 + 8,
                "rate_code": "CH-MWST-1",
                "rate_id": 1,
                "label": "MWST",
                "compound": False,
                "tax_total": str(tax),
                "shipping_tax_total": _ZERO,
                "rate_percent": 8.1,
                "meta_data": [],
            }
        ],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": _refunds(order),
    }


def _refunds(order: Order) -> list[dict[str, Any]]:
    if not order.refund:
        return []
    reason = "Bestellung zurückgesandt" if order.status == "refunded" else "Artikel war beschädigt"
    return [
        {
            "id": order.number + 500_000,
            "reason": reason,
            "total": f"-{order.refund}",
            "total_tax": _ZERO,
        }
    ]


def _line(order: Order, at: int, article: Article, count: int) -> dict[str, Any]:
    gross = article.price * count
    tax = _tax(gross)
    return {
        "id": order.number * 10 + at,
        "name": article.name,
        "product_id": sum(article.sku.encode()),
        "variation_id": 0,
        "quantity": count,
        "tax_class": "",
        "subtotal": str(gross - tax),
        "subtotal_tax": str(tax),
        "total": str(gross - tax),
        "total_tax": str(tax),
        "taxes": [{"id": 1, "total": str(tax), "subtotal": str(tax)}],
        "meta_data": [],
        "sku": article.sku,
        "price": round(float((gross - tax) / count), 8),
    }


def _tax(gross: Decimal) -> Decimal:
    """The VAT in a price that includes it."""
    return (gross * _VAT / (100 + _VAT)).quantize(_CENT)


def _times(name: str, at: datetime | None) -> dict[str, str | None]:
    """Local and UTC, both without an offset, as the shop writes them."""
    if at is None:
        return {name: None, f"{name}_gmt": None}
    form = "%Y-%m-%dT%H:%M:%S"
    return {
        name: at.astimezone(ZONE).strftime(form),
        f"{name}_gmt": at.astimezone(UTC).strftime(form),
    }


def _address(who: Person, name: Name) -> dict[str, str]:
    return {
        "first_name": name.given,
        "last_name": name.family,
        "company": name.company,
        "address_1": who.street,
        "address_2": "",
        "city": who.town,
        "state": "ZH",
        "postcode": who.postcode,
        "country": "CH",
    }


def notification(order: Order) -> tuple[str, str]:
    """Subject and HTML of the mail that the shop sends us about a new order."""
    rows = "".join(
        f"<tr><td>{article.name}</td><td>{count}</td><td>CHF {article.price * count}</td></tr>"
        for article, count in order.lines
    )
    html = (
        f"<html><body><h1>Neue Bestellung: #{order.number}</h1><p>Du hast eine neue Bestellung von {order.who.name} "
        f"erhalten:</p><table><tr><th>Produkt</th><th>Anzahl</th><th>Preis</th></tr>{rows}</table>"
        f"<p>Gesamt: CHF {order.total}</p><h2>Rechnungsadresse</h2><address>{order.who.name}<br>{order.who.street}<br>"
        f"{order.who.postcode} {order.who.town}<br>{order.phone}<br>{order.mail}</address></body></html>"
    )
    return f"[{NAME}]: Neue Bestellung #{order.number}", html
