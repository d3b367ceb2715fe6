"""A later export of the same shop: what it changes, and what an older one may not."""

import os
from decimal import Decimal
from pathlib import Path

from stammkunde.connectors.contract import Reading, read
from stammkunde.connectors.shop.ledger import OLDER
from stammkunde.core.contact import Contact, Identifier
from tests.connectors.orders_csv.samples import SMALL, connector

A = "no,at,sum,who\n1,2026-01-01,5,K1\n2,2026-01-02,7.25,K2\n"
B = "no,at,sum,who\n1,2026-01-01,5,K1\n2,2026-01-02,6.25,K2\n3,2026-01-03,1,K2\n"
C = "no,at,sum,who\n2,2026-01-02,6.25,K9\n"


def export(path: Path, text: str, written: int, after: Reading | None = None) -> Reading:
    """A file of that time, read by an import: from its beginning, with what was remembered."""
    path.write_text(text)
    os.utime(path, (written, written))
    if after:
        after = Reading([], None, after.memory)
    return read(connector(path, customer="who", **SMALL), after)


def kinds(found: Reading) -> list[tuple[str, str]]:
    return [(contact.item.key.split("\n")[0], contact.kind) for contact in found.contacts]


def test_a_later_export_with_other_lines_is_an_edited_order(file: Path) -> None:
    first = export(file, A, 1_770_000_000)
    second = export(file, B, 1_780_000_000, first)
    assert kinds(second) == [("1", "order_placed"), ("2", "order_edited"), ("3", "order_placed")]
    edited = second.contacts[1]
    assert edited.money is not None
    assert edited.money.amount == Decimal("-1.00")
    assert edited.occurred_at.timestamp() == 1_780_000_000
    assert edited.order == "2"
    assert second.contacts[0] == first.contacts[0], "the same facts: a duplicate"
    third = export(file, C, 1_790_000_000, second)
    assert kinds(third) == [("2", "order_edited"), ("2", "order_reassigned")]
    assert {c.identifiers for c in third.contacts} == {(Identifier("shop", "shop:K9"),)}


def test_an_older_export_changes_nothing(file: Path) -> None:
    later = export(file, B, 1_780_000_000)
    older = export(file, A, 1_770_000_000, later)
    assert kinds(older) == []
    assert older.ignored == {OLDER: 2}
    assert kinds(export(file, B, 1_780_000_000, older)) == [(n, "order_placed") for n in "123"]


def test_an_order_may_change_back(file: Path) -> None:
    state = None
    found: dict[str, Contact] = {}
    for written, text in enumerate((A, B, A, B), 1_770_000_000):
        state = export(file, text, written, state)
        for contact in state.contacts:
            found.setdefault(contact.item.key, contact)
    assert sum(c.money.amount for c in found.values() if c.money and c.order == "2") == Decimal(
        "6.25"
    )
    assert sum(c.kind == "order_edited" for c in found.values()) == 3
