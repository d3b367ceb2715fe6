"""The fake shop does what a real one was measured to do: every row of the recorded matrix, from which it is not made."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.woocommerce.fake_shop import FakeShop, Storage

ROWS = {
    "order note via REST or code": "note",
    "REST line-item quantity/total": "edit_lines",
    "REST billing edit": "edit_billing",
    "REST meta edit": "edit_meta",
    "REST PUT same status": "put_same",
    "code: order item ->save() only": "save_item",
    "code: wc_save_order_items (admin save)": "save_items",
    "code: save_meta_data()": "save_meta",
    "code: order->save() without change": "save",
    "partial refund created (REST)": "refund",
    "refund deleted (REST)": "delete_refund",
    "guest orders linked to a new account": "link",
    "trash": "trash",
    "restore by status PUT": "restore",
    "force delete": "delete",
}


@pytest.fixture(scope="module")
def matrix(real_data: Path) -> Any:
    path = real_data / "shop" / "woocommerce" / "woocommerce-behaviour-matrix.json"
    return json.loads(path.read_text())


def test_the_date_filter_has_the_measured_truth_table(matrix: Any) -> None:
    shop = FakeShop()
    for minute in ("15:50:00", "15:58:00", "16:03:17", "16:05:00", "16:09:00"):
        shop.now = datetime.fromisoformat(f"2026-11-23T{minute}").replace(tzinfo=UTC)
        shop.place()
    for row in matrix["filter"]:
        asked = {"modified_after": row["modified_after"]}
        asked |= {"dates_are_gmt": "true"} if row["dates_are_gmt"] else {}
        _, rows, _ = shop.listed(asked)
        assert isinstance(rows, list)
        assert len(rows) == row["rows"], row


def test_each_action_moves_and_fires_what_was_measured(matrix: Any) -> None:
    rows = matrix["change_visibility"]["rows"]
    assert {row[0] for row in rows} == ROWS.keys()
    for name, *visible in rows:
        for at, storage in ((0, "hpos"), (2, "legacy")):
            moved, hooks = seen(ROWS[name], storage)  # type: ignore[arg-type]
            topics = [hook.partition(" ")[0] for hook in visible[at + 1]]
            assert (moved, hooks) == (visible[at], topics), (name, storage)


def seen(action: str, storage: Storage) -> tuple[bool | None, list[str]]:
    """Whether the time of change moved, None where the order is gone; and the topics of the hooks that were fired."""
    shop = FakeShop(storage)
    for topic in ("order.created", "order.updated", "order.deleted", "order.restored"):
        shop.hook(topic)
    number = shop.place()
    refund = shop.refund(number, "10.00") if action == "delete_refund" else 0
    if action == "restore":
        shop.trash(number)
    shop.pass_time(60)
    shop.deliveries.clear()
    do: dict[str, Callable[[], object]] = {
        "refund": lambda: shop.refund(number, "10.00"),
        "delete_refund": lambda: shop.delete_refund(number, refund),
        "link": lambda: shop.link([number], 9),
        "trash": lambda: shop.trash(number),
        "restore": lambda: shop.restore(number),
        "delete": lambda: shop.delete(number),
    }
    do.get(action, lambda: shop.act(action, number))()
    _, rows, _ = shop.listed({"status": "any,trash"})
    assert isinstance(rows, list)
    moved = rows[0]["date_modified_gmt"] == "2026-03-02T08:01:00" if rows else None
    return moved, [each["headers"]["x-wc-webhook-topic"] for each in shop.deliveries]


def test_walking_by_page_numbers_drifts() -> None:
    """The measured loss, which the connector's walk avoids: an order is missed, another one comes twice."""
    shop = FakeShop()
    numbers = []
    for _ in range(5):
        numbers.append(shop.place())
        shop.pass_time(1)
    asked = {"orderby": "modified", "order": "asc", "per_page": "2"}
    read: list[int] = []
    for page in (1, 2, 3):
        _, rows, _ = shop.listed({**asked, "page": str(page)})
        assert isinstance(rows, list)
        read += [row["id"] for row in rows]
        if page == 1:
            shop.edit_billing(numbers[0], city="Davos")
    assert numbers[2] not in read
    assert read.count(numbers[0]) == 2
