"""Accounts of the shop, its own staff, and reviews."""

from pathlib import Path

import msgspec

from stammkunde.connectors.shop.ledger import NOTHING_NEW, OLDER
from stammkunde.connectors.woocommerce.people import STAFF, UNWANTED
from stammkunde.core.contact import Identifier
from tests.connectors.woocommerce.samples import customer, reading


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
