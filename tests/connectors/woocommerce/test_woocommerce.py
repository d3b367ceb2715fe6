"""The connector `woocommerce` as a whole: the contract, what is rejected or ignored, and what a real shop answered."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from stammkunde.connectors.contract import FileContract, Reading, read
from stammkunde.connectors.flaws import flaws
from stammkunde.connectors.woocommerce import WooCommerce
from stammkunde.core.contact import Identifier, Name
from tests.connectors.woocommerce.samples import (
    DATA,
    NOTE,
    OTHER,
    WEBHOOK,
    Json,
    connector,
    customer,
    given_back,
    order,
    reading,
)


class TestWooCommerce(FileContract):
    kind = WooCommerce
    sample = DATA / "woocommerce"
    broken = DATA / "woocommerce-broken.json"
    foreign = (DATA / "orders.csv", DATA / "README.md")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (order(total="zwölf"), "A field is missing or of the wrong kind (total)."),
        (order(total=None), "A field is missing or of the wrong kind (total)."),
        (order(total="1e999999"), "An amount is not a number that can be."),
        (order(total="NaN"), "An amount is not a number that can be."),
        (order(line_items=[{"quantity": {}}]), "A field is missing or of the wrong kind (line_items[0].quantity)."),
        (order(currency="Fr."), "The currency is not a code of three letters."),
        (order(date_created=None, date_created_gmt=None), "A field is missing or of the wrong kind (date_created_gmt)."),
        (order(date_created_gmt="0001-01-01T00:00:00"), "A time is not one that can be."),
        (order(date_created="2026-03-02T09:00:00", date_created_gmt="gestern"),
         "A field is missing or of the wrong kind (date_created_gmt)."),
        (customer(date_created_gmt=None, date_modified_gmt=None),
         "A field is missing or of the wrong kind (date_created_gmt)."),
        (order(id=None), "A field is missing or of the wrong kind (id)."),
        ({**given_back(1, "5"), "parent_id": 0}, "The refund does not say to which order it belongs."),
        ({"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}},
         "The shop answered with an error (woocommerce_rest_cannot_view)."),
        ({"code": "Anna@kunde.example", "message": "", "data": None}, "The shop answered with an error (unknown)."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_rejected_alone_and_read_after_a_mend(
    tmp_path: Path, body: Json, reason: str
) -> None:
    page = {"_provenance": "lab", "data": {"status": 200, "body": [body, order(id=8)]}}
    found = reading(tmp_path, page)
    (rejected,) = found.rejected
    assert rejected.reason == reason
    assert [contact.order for contact in found.contacts] == ["8"]
    again = connector(tmp_path).retry(rejected, found.memory)
    assert again.rejected == (rejected,)


def test_empty_and_odd_fields_do_no_harm(tmp_path: Path) -> None:
    odd = order(
        number=1007, total=100, total_tax="", customer_id="9", customer_note=None, refunds=None, new_field={"a": [1]},
        billing={"first_name": "A\ud800", "email": False, "phone": 812501020, "postcode": 7000, "country": "XX"},
        line_items=[{"quantity": 1.5, "total": "100", "name": "Käse"}],
    )  # fmt: skip
    found = reading(tmp_path, odd)
    (contact,) = found.contacts
    assert flaws(contact) == []
    assert contact.identifiers == (Identifier("shop", "shop:9"),)
    assert contact.name == Name("A\ufffd")
    assert contact.attributes["number"] == "1007"
    assert contact.lines[0].price == Decimal("66.66666667")


def test_what_tells_of_nobody_is_ignored_and_counted(tmp_path: Path) -> None:
    delivery = {
        "headers": {"X-WC-Webhook-Topic": "order.updated"},
        "body": json.dumps(order()),
        "ok": True,
    }
    note = {"id": 1, "note": "Email sent", "customer_note": False}
    found = reading(tmp_path, delivery, [note, note], {"slug": "pending", "total": 3}, 5, None)
    assert (found.contacts, found.rejected) == ([], [])
    assert found.ignored == {WEBHOOK: 1, NOTE: 2, OTHER: 3}


# ---- WooCommerce 11.0.1 as it really answered


@pytest.mark.data
def test_the_recorded_responses_are_read_and_read_again_give_nothing_new(real_data: Path) -> None:
    folder = real_data / "shop" / "woocommerce"
    found = read(connector(folder))
    _assert_recorded(found)
    again = read(connector(folder), Reading([], None, found.memory))
    first = {(contact.item, contact.party) for contact in found.contacts}
    assert {(contact.item, contact.party) for contact in again.contacts} <= first
    assert not any(contact.revises for contact in again.contacts)
    assert again.rejected == found.rejected


def _assert_recorded(found: Reading) -> None:
    orders = {contact.item: contact for contact in reversed(found.contacts) if contact.money}
    sums: dict[str, dict[str, Decimal]] = {}
    for contact in orders.values():
        assert contact.money is not None
        worth = sums.setdefault(contact.order, {})
        now = worth.get(contact.money.currency, Decimal(0))
        worth[contact.money.currency] = now + contact.money.amount
    assert sums == {
        "14": {"CHF": Decimal("182.68")},
        "15": {"CHF": Decimal("1169.10")},
        "16": {"CHF": Decimal("0.00")},
        "17": {"EUR": Decimal("277.24")},
        "22": {"EUR": Decimal("320.29")},
        "23": {"CHF": Decimal("93.00")},
        "30": {"CHF": Decimal("129.90")},
    }
    assert "total_differs" not in {flag for contact in found.contacts for flag in contact.flags}
    guest = next(contact for contact in found.contacts if contact.order == "30")
    assert guest.identifiers[0] == Identifier("mail", "beat.guest@mail.example")
    refunded = next(contact for contact in found.contacts if contact.kind == "order_refunded")
    assert refunded.occurred_at.isoformat() == "2026-11-23T17:03:18+01:00"
    assert found.ignored[WEBHOOK] == 109
    assert len(found.rejected) == 4
    assert all("error" in item.reason for item in found.rejected)
