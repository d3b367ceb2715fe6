"""What a single order says: who bought what, at what time, and what is odd about it."""

from decimal import Decimal
from pathlib import Path

import pytest

from stammkunde.core.contact import Identifier, Line, Name
from tests.connectors.woocommerce.samples import Json, order, reading


def test_an_order_says_who_bought_what(tmp_path: Path) -> None:
    (contact,) = reading(tmp_path, order(customer_id=9, customer_note="bitte klingeln")).contacts
    assert contact.item.key == "7\norder_placed\n"
    assert (contact.channel, contact.direction, contact.order) == ("shop", "in", "7")
    assert contact.occurred_at.isoformat() == "2026-03-02T09:00:00+01:00"
    assert contact.money is not None
    assert (contact.money.amount, contact.money.net) == (Decimal("100.00"), Decimal("92.50"))
    assert contact.identifiers == (
        Identifier("shop", "shop:9"),
        Identifier("mail", "anna@kunde.example"),
        Identifier("phone", "+41812501020"),
    )
    assert contact.name == Name("Anna", "Beispiel")
    assert contact.lines == (Line("V-1", Decimal(2), Decimal(50), "Velo"),)
    assert contact.text == "bitte klingeln"
    assert contact.attributes == {
        "street": "Weg 1", "postcode": "7000", "city": "Chur", "country": "CH", "created via": "checkout",
    }  # fmt: skip
    assert contact.flags == ("backfill",)


def test_deliveries_and_fees_are_lines_too(tmp_path: Path) -> None:
    shipping = {"method_title": "Post", "total": "9.00", "total_tax": "0.73"}
    fee = {"name": "Geschenkpapier", "total": "5", "total_tax": ""}
    (contact,) = reading(
        tmp_path, order(total="114.73", shipping_lines=[shipping], fee_lines=[fee])
    ).contacts
    assert [(line.article, str(line.price), line.name) for line in contact.lines[1:]] == [
        ("shipping", "9.73", "Post"),
        ("fee", "5", "Geschenkpapier"),
    ]
    assert contact.flags == ("backfill",)


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"created_via": "admin"}, "staff"),
        ({"billing": {"email": "lea@muster-velo.example"}}, "staff"),
        ({"total": "101.00"}, "total_differs"),
        ({"line_items": []}, "total_differs"),
        ({"total": "100.02"}, None),
        ({"total": "99.99"}, None),
    ],
)
def test_what_is_odd_is_marked_and_not_rejected(
    tmp_path: Path, changes: Json, flag: str | None
) -> None:
    (contact,) = reading(tmp_path, order(**changes)).contacts
    assert contact.flags == ((flag, "backfill") if flag else ("backfill",))


def test_who_gets_a_gift_is_an_attribute_and_no_evidence(tmp_path: Path) -> None:
    there = {
        "first_name": "Paul",
        "last_name": "Keller",
        "address_1": "Gasse 1",
        "country": "AT",
        "phone": "0660 1",
    }
    (contact,) = reading(tmp_path, order(shipping=there)).contacts
    assert contact.name == Name("Anna", "Beispiel")
    assert contact.identifiers[-1].value == "+41812501020"
    found = {key: value for key, value in contact.attributes.items() if "delivery" in key}
    assert found == {
        "delivery name": "Paul Keller",
        "delivery street": "Gasse 1",
        "delivery country": "AT",
    }
    same = order()["billing"]
    (contact,) = reading(tmp_path, order(shipping={**same, "email": "", "phone": ""})).contacts
    assert [key for key in contact.attributes if "delivery" in key] == []


@pytest.mark.parametrize(
    ("local", "gmt", "expected"),
    [
        ("2026-07-01T10:00:00", "2026-07-01T08:00:00", "2026-07-01T10:00:00+02:00"),
        ("2026-07-01T10:00:00", None, "2026-07-01T10:00:00+02:00"),
        (None, "2026-07-01T08:00:00", "2026-07-01T08:00:00+00:00"),
        (None, "2026-07-01T10:00:00+02:00", "2026-07-01T08:00:00+00:00"),
        ("2026-07-03T10:00:00", "2026-07-01T08:00:00", "2026-07-01T08:00:00+00:00"),
    ],
)
def test_a_time_keeps_the_shop_s_offset(
    tmp_path: Path, local: str | None, gmt: str | None, expected: str
) -> None:
    (contact,) = reading(tmp_path, order(date_created=local, date_created_gmt=gmt)).contacts
    assert contact.occurred_at.isoformat() == expected
