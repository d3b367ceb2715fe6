"""Responses of a shop, as the tests of `woocommerce` write them."""

import json
from pathlib import Path
from typing import Any

from stammkunde.connectors.contract import COMPANY, DictMemory, Reading, read
from stammkunde.connectors.interface import Context
from stammkunde.connectors.woocommerce import WooCommerce

DATA = Path(__file__).parents[2] / "data" / "shop"
NOTE = "an order note"
WEBHOOK = "a webhook, which only says where to look"
OTHER = "nothing that tells of an order or customer"
Json = dict[str, Any]


def connector(*paths: Path) -> WooCommerce:
    table = WooCommerce.Settings(path=tuple(map(str, paths)))
    return WooCommerce(table, Context(source="shop", company=COMPANY))


def order(minute: int = 0, **changes: Any) -> Json:
    """Order 7 as it was that many minutes after it was placed."""
    base = {
        "id": 7, "parent_id": 0, "number": "7", "status": "processing", "currency": "CHF", "total": "100.00",
        "total_tax": "7.50", "customer_id": 0, "created_via": "checkout", "customer_note": "",
        "date_created": "2026-03-02T09:00:00", "date_created_gmt": "2026-03-02T08:00:00",
        "date_modified": f"2026-03-02T09:{minute:02}:00", "date_modified_gmt": f"2026-03-02T08:{minute:02}:00",
        "date_paid": None, "date_paid_gmt": None, "date_completed": None, "date_completed_gmt": None,
        "billing": {"first_name": "Anna", "last_name": "Beispiel", "company": "", "address_1": "Weg 1",
                    "city": "Chur", "postcode": "7000", "country": "CH", "email": "Anna@Kunde.example",
                    "phone": "081 250 10 20"},
        "shipping": {"first_name": "", "last_name": ""}, "meta_data": [{"id": 1, "key": "x", "value": [1.5]}],
        "line_items": [{"id": 1, "name": "Velo", "product_id": 10, "variation_id": 0, "quantity": 2, "sku": "V-1",
                        "total": "92.50", "total_tax": "7.50", "price": 46.25000000000001}],
        "tax_lines": [{"id": 2, "rate_percent": 8.1}], "shipping_lines": [], "fee_lines": [], "coupon_lines": [],
        "refunds": [],
    }  # fmt: skip
    return {**base, **changes}


def given_back(number: int, amount: str, minute: int = 1) -> Json:
    """A refund as a list of refunds has it."""
    return {
        "id": number, "parent_id": 7, "date_created": f"2026-03-02T09:{minute:02}:00",
        "date_created_gmt": f"2026-03-02T08:{minute:02}:00", "amount": amount, "reason": "defekt",
        "refunded_by": 1, "refunded_payment": False, "line_items": [], "shipping_lines": [], "fee_lines": [],
    }  # fmt: skip


def customer(minute: int = 0, **changes: Any) -> Json:
    base = {
        "id": 9, "email": "anna@kunde.example", "first_name": "Anna", "last_name": "Beispiel", "role": "customer",
        "username": "anna", "date_created_gmt": "2026-03-02T08:00:00",
        "date_modified_gmt": f"2026-03-02T08:{minute:02}:00", "billing": {"phone": "081 250 10 20", "city": "Chur"},
    }  # fmt: skip
    return {**base, **changes}


def reading(folder: Path, *bodies: object, memory: DictMemory | None = None) -> Reading:
    path = folder / "responses.jsonl"
    path.write_text("\n".join(map(json.dumps, bodies)))
    return read(connector(path), Reading([], None, memory or DictMemory()))


def story(found: Reading) -> list[tuple[str, str | None]]:
    return [(c.kind, str(c.money.amount) if c.money else None) for c in found.contacts]
