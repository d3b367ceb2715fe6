"""The connector `woocommerce`: what saved responses say of orders and customers."""

import gzip
import io
import json
import lzma
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.connectors.contract import COMPANY, DictMemory, FileContract, Reading, read
from stammkunde.connectors.flaws import flaws
from stammkunde.connectors.interface import Context
from stammkunde.connectors.shop.ledger import CART, NOTHING_NEW, OLDER, REFUND_KNOWN, REFUND_WAITS
from stammkunde.connectors.woocommerce import WooCommerce
from stammkunde.connectors.woocommerce.documents import BROKEN, NOT_UTF8, documents
from stammkunde.connectors.woocommerce.people import STAFF, UNWANTED
from stammkunde.core.contact import Identifier, Line, Name

DATA = Path(__file__).parents[1] / "data" / "shop"
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


class TestWooCommerce(FileContract):
    kind = WooCommerce
    sample = DATA / "woocommerce"
    broken = DATA / "woocommerce-broken.json"
    foreign = (DATA / "orders.csv", DATA / "README.md")


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


# ---- customers and reviews


def test_an_account_is_an_entry_and_amended_when_it_changes(tmp_path: Path) -> None:
    first = reading(tmp_path, customer(), customer())
    entry, again = first.contacts
    assert msgspec.structs.replace(again, reference=entry.reference) == entry
    assert (entry.item.key, entry.channel, entry.kind) == ("customer\n9", "directory", "entry")
    assert entry.identifiers == (
        Identifier("shop", "shop:9"),
        Identifier("mail", "anna@kunde.example"),
        Identifier("phone", "+41812501020"),
    )
    moved = customer(5, billing={"city": "Davos"})
    second = reading(
        tmp_path,
        moved,
        customer(),
        moved,
        customer(7, billing={"city": "Davos"}),
        memory=first.memory,
    )
    assert [(c.revises, c.attributes["city"]) for c in second.contacts] == [(True, "Davos")]
    assert second.ignored == {OLDER: 1, NOTHING_NEW: 2}


def test_the_shop_s_own_staff_is_ignored(tmp_path: Path) -> None:
    found = reading(tmp_path, customer(role="shop_manager"), customer(role="administrator"))
    assert (found.contacts, found.ignored) == ([], {STAFF: 2})


def test_a_review_is_a_contact_unless_it_is_spam(tmp_path: Path) -> None:
    review = {
        "id": 3, "date_created_gmt": "2026-03-02T08:00:00", "status": "approved", "reviewer": "Anna",
        "reviewer_email": "anna@kunde.example", "review": "<p>Sehr gut &amp; schnell</p>\n", "rating": 5,
        "product_name": "Velo",
    }  # fmt: skip
    found = reading(tmp_path, review, {**review, "id": 4, "status": "spam"})
    (contact,) = found.contacts
    assert (contact.kind, contact.direction, contact.text) == ("review", "in", "Sehr gut & schnell")
    assert contact.identifiers == (Identifier("mail", "anna@kunde.example"),)
    assert contact.attributes == {"product": "Velo", "rating": "5"}
    assert found.ignored == {UNWANTED: 1}


# ---- bad input


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (order(total="zwölf"), "The field total is missing or of the wrong kind."),
        (order(total=None), "The field total is missing or of the wrong kind."),
        (order(total="1e999999"), "An amount is not a number that can be."),
        (order(total="NaN"), "An amount is not a number that can be."),
        (order(line_items=[{"quantity": {}}]), "The field line_items[0].quantity is missing or of the wrong kind."),
        (order(currency="Fr."), "The currency is not a code of three letters."),
        (order(date_created=None, date_created_gmt=None), "The field date_created_gmt is missing or of the wrong kind."),
        (order(date_created_gmt="0001-01-01T00:00:00"), "A time is not one that can be."),
        (order(date_created="2026-03-02T09:00:00", date_created_gmt="gestern"),
         "The field date_created_gmt is missing or of the wrong kind."),
        (customer(date_created_gmt=None, date_modified_gmt=None),
         "The field date_created_gmt is missing or of the wrong kind."),
        (order(id=None), "The field id is missing or of the wrong kind."),
        ({**given_back(1, "5"), "parent_id": 0}, "The refund does not say to which order it belongs."),
        ({"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}},
         "The shop answered with an error: woocommerce_rest_cannot_view."),
        ({"code": "Anna@kunde.example", "message": "", "data": None}, "The shop answered with an error: unknown."),
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


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([order(), order(id=8)]),
        json.dumps([order(), order(id=8)], indent=2),
        json.dumps(order()) + "\n" + json.dumps(order(id=8)) + "\n",
        json.dumps({"_provenance": {}, "data": [order(), order(id=8)]}, indent=1),
        json.dumps({"_provenance": {}, "data": {"status": 200, "headers": {}, "body": [order(), order(id=8)]}}),
        json.dumps({"status": 200, "body": [order(), order(id=8)]}),
        "\ufeff" + json.dumps([order(), order(id=8)], ensure_ascii=False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_every_form_of_a_file_is_read_alike(tmp_path: Path, text: str, suffix: str) -> None:
    path = tmp_path / f"orders.json{suffix}"
    content = text.encode()
    packed = {"": content, ".gz": gzip.compress(content), ".xz": lzma.compress(content)}
    path.write_bytes(packed[suffix])
    assert [contact.order for contact in read(connector(path)).contacts] == ["7", "8"]
    assert [contact.order for contact in read(connector(tmp_path)).contacts] == ["7", "8"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"a": 1.50}, 2', [{"a": Decimal("1.50")}, 2]),
        ('[1, {"a": ', [1, BROKEN]),
        ('{"a": }\n{"b": 1}\n', [BROKEN, {"b": 1}]),
        (
            '[{"id":1,"parent_id":0,"x": },{"id":2,"parent_id":0}]',
            [BROKEN, {"id": 2, "parent_id": 0}],
        ),
        ("[" * 100_000, [BROKEN]),
        ('{"a": NaN}', [BROKEN]),
        ("", []),
        ("[]", []),
        ("[1] {}", [1, {}]),
    ],
)
def test_values_are_taken_one_by_one_past_what_is_broken(text: str, expected: list[object]) -> None:
    found = list(documents(io.BytesIO(text.encode())))
    values = [document.flaw or document.value for document in found]
    assert values == expected


def test_a_letter_that_is_not_utf8_rejects_its_value_alone() -> None:
    raw = b'{"a":"K\xe4se"}\n{"a":"Milch"}'
    found = list(documents(io.BytesIO(raw)))
    assert [document.flaw for document in found] == [NOT_UTF8, ""]
    assert found[0].raw == b'{"a":"K\xe4se"}'


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6), st.integers(1, 50), st.booleans())
def test_values_do_not_depend_on_where_a_block_ends(
    texts: list[str],
    block: int,
    as_lines: bool,
) -> None:
    values = [{"text": text} for text in texts]
    text = "\n".join(map(json.dumps, values)) if as_lines else json.dumps(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stammkunde.connectors.woocommerce.documents._BLOCK", block)
        assert [document.value for document in documents(io.BytesIO(text.encode()))] == values


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
