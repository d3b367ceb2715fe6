"""Several snapshots of an order: the milestones between them, and refunds."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from stammkunde.connectors.contract import Reading, read
from stammkunde.connectors.shop.ledger import CART, OLDER, REFUND_KNOWN, REFUND_WAITS
from stammkunde.core.contact import Line, Name
from tests.connectors.woocommerce.samples import Json, connector, given_back, order, reading, story

PAID = {"date_paid_gmt": "2026-03-02T08:02:00"}
REFUND = [{"id": 71, "reason": "", "total": "-30.00"}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (PAID, [("order_paid", None)]),
        ({**PAID, "status": "completed", "date_completed_gmt": "2026-03-02T08:04:00"},
         [("order_paid", None), ("order_shipped", None)]),
        ({"refunds": REFUND}, [("order_refunded", "-30.00")]),
        ({"status": "refunded", "refunds": [{"id": 71, "total": "-100.00"}]}, [("order_refunded", "-100.00")]),
        ({"status": "cancelled"}, [("order_cancelled", "-100.00")]),
        ({"status": "failed"}, [("order_failed", "-100.00")]),
        ({"status": "trash"}, [("order_removed", "-100.00")]),
        ({"customer_id": 9}, [("order_reassigned", None)]),
        ({"customer_note": "bitte klingeln"}, [("order_edited", "0.00")]),
        ({"billing": {**order()["billing"], "city": "Davos"}}, [("order_edited", "0.00")]),
        ({"total": "80.00"}, [("order_edited", "-20.00")]),
        ({"status": "on-hold"}, [("order_placed", "100.00")]),
        ({"status": "wc-in-werkstatt"}, [("order_placed", "100.00")]),
        ({"meta_data": [], "payment_method_title": "Rechnung", "line_items": [{**order()["line_items"][0], "price": 1.5}]},
         [("order_placed", "100.00")]),
    ],
)  # fmt: skip
def test_a_later_snapshot_gives_the_milestones_between(
    tmp_path: Path, changes: Json, expected: list[tuple[str, str | None]]
) -> None:
    first = reading(tmp_path, order())
    assert story(reading(tmp_path, order(5, **changes), memory=first.memory)) == expected


def test_milestones_have_the_shop_s_times(tmp_path: Path) -> None:
    found = reading(
        tmp_path, order(9, **PAID, status="cancelled", refunds=REFUND), given_back(71, "30.00")
    )
    times = {contact.kind: contact.occurred_at.strftime("%H:%M%z") for contact in found.contacts}
    assert times == {
        "order_placed": "09:00+0100",
        "order_paid": "08:02+0000",
        "order_refunded": "09:09+0100",
        "order_cancelled": "09:09+0100",
    }


def test_of_two_snapshots_the_later_one_counts_wherever_it_stands(tmp_path: Path) -> None:
    found = reading(tmp_path, order(5, total="80.00"), order(0), order(5, total="80.00"))
    assert story(found) == [("order_placed", "80.00"), ("order_placed", "80.00")]
    assert found.ignored == {OLDER: 1}


def test_drafts_are_ignored_until_they_are_placed(tmp_path: Path) -> None:
    found = reading(tmp_path, order(status="checkout-draft"), order(1, status="auto-draft"))
    assert (found.contacts, found.ignored) == ([], {CART: 2})
    assert b"kunde.example" not in b"".join(found.memory.values.values())
    assert story(reading(tmp_path, order(2), memory=found.memory)) == [("order_placed", "100.00")]


def test_lists_of_refunds_are_read_first(tmp_path: Path) -> None:
    (tmp_path / "a-orders.json").write_text(json.dumps([order(9, refunds=REFUND)]))
    (tmp_path / "b-refunds.json").write_text(
        json.dumps([given_back(71, "30.00"), given_back(71, "30.00")])
    )
    found = read(connector(tmp_path))
    assert found.ignored == {REFUND_WAITS: 1, REFUND_KNOWN: 1}
    refunded = found.contacts[1]
    assert (refunded.text, refunded.occurred_at.strftime("%H:%M")) == ("defekt", "09:01")
    again = read(connector(tmp_path), Reading([], None, found.memory))
    assert story(again) == [("order_placed", "100.00")]
    assert again.ignored == {REFUND_KNOWN: 2}


def test_a_refund_with_parts_says_its_net_value_and_its_lines(tmp_path: Path) -> None:
    part = {"sku": "V-1", "name": "Velo", "quantity": -1, "total": "-46.25", "total_tax": "-3.75"}
    own = {**given_back(71, "50.00", 5), "line_items": [part]}
    own.pop("parent_id")
    own["_links"] = {"up": [{"href": "https://shop.example/wp-json/wc/v3/orders/7"}]}
    _, refunded = reading(tmp_path, order(), own).contacts
    assert refunded.money is not None
    assert (str(refunded.money.amount), str(refunded.money.net)) == ("-50.00", "-46.25")
    assert refunded.lines == (Line("V-1", Decimal(-1), Decimal(50), "Velo"),)
    assert refunded.name == Name("Anna", "Beispiel")
