"""A shop that behaves as WooCommerce 11 was measured to: its REST interface on a loopback port, its clock in your hands.

What people do in it are methods; which of them move an order's time of change and fire a webhook depends on how it
stores orders (`storage`). Deliveries gather in `deliveries` and are brought, or not, by the test.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from stammkunde.connectors.interface import Hook

Storage = Literal["hpos", "legacy"]
Json = dict[str, Any]
KEY, SECRET, HOOK_SECRET = (
    "ck_fake",
    "cs_fake",
    "lab-webhook-secret",
)  # the last one signed the recorded deliveries
ROOT = "/wp-json/wc/v3/"
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

UPDATED, DELETED = "order.updated", "order.deleted"
VISIBLE: dict[str, dict[Storage, tuple[bool, tuple[str, ...]]]] = {
    "note": {"hpos": (False, ()), "legacy": (False, ())},
    "edit_lines": {"hpos": (True, (UPDATED,)), "legacy": (False, (UPDATED,))},
    "edit_billing": {"hpos": (True, (UPDATED,)), "legacy": (False, (UPDATED,))},
    "edit_meta": {"hpos": (True, (UPDATED,)), "legacy": (False, (UPDATED,))},
    "put_same": {"hpos": (True, (UPDATED,)), "legacy": (False, (UPDATED,))},
    "save_item": {"hpos": (False, ()), "legacy": (False, ())},
    "save_items": {"hpos": (True, (UPDATED,)), "legacy": (False, (UPDATED,))},
    "save_meta": {"hpos": (True, (UPDATED,)), "legacy": (False, ())},
    "save": {"hpos": (True, (UPDATED,)), "legacy": (False, (UPDATED,))},
    "set_status": {"hpos": (True, (UPDATED,)), "legacy": (True, (UPDATED,))},
    "refund": {"hpos": (True, (UPDATED,)), "legacy": (True, (UPDATED,))},
    "delete_refund": {"hpos": (False, ()), "legacy": (False, ())},
    "link": {"hpos": (True, (UPDATED,)), "legacy": (False, (UPDATED,))},
    "trash": {"hpos": (True, (DELETED,)), "legacy": (True, (DELETED,))},
    "restore": {"hpos": (True, ()), "legacy": (True, (UPDATED,))},
    "delete": {"hpos": (False, ()), "legacy": (False, ())},
}  # fmt: skip
"""Of each action whether it moves `date_modified`, and the webhooks that it fires."""


class Delivery(dict[str, Any]):
    """Headers and body of a webhook."""

    def hook(self, **headers: str) -> Hook:
        return Hook(headers={**self["headers"], **headers}, body=self["body"], received_at=BEGIN)


class FakeShop:
    """Orders, accounts and reviews, and the port at which they are read."""

    def __init__(self, storage: Storage = "hpos", zone: str = "Europe/Zurich") -> None:
        self.storage = storage
        self.zone = ZoneInfo(zone)
        self.now = BEGIN
        self.orders: dict[int, Json] = {}
        self.customers: dict[int, Json] = {}
        self.reviews: dict[int, Json] = {}
        self.webhooks: list[Json] = []
        self.deliveries: list[Delivery] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str | int] = []
        """What befalls the next requests: a status, `cut` in the middle of the answer, `reset`, `html`."""
        self.says: dict[str, str] = {}
        """Headers of every answer; `Retry-After` only of failures."""
        self.key, self.secret = KEY, SECRET
        self.may_read = True
        self.has_woocommerce = True
        self.between: list[Any] = []
        """Called one after the other before each page of orders is answered: edits in flight."""
        self.lock = Lock()
        self._ids = 10

    # ---- what people do

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    def place(self, total: str = "100.00", status: str = "processing", **changes: Any) -> int:
        """A new order; its number."""
        number = self.next_id()
        self.orders[number] = {
            "id": number, "number": str(number), "status": status, "currency": "CHF", "total": total,
            "total_tax": "7.50", "customer_id": 0, "created_via": "checkout", "customer_note": "", "refunds": [],
            "created": self.now, "modified": self.now, "paid": None, "completed": None, "meta_data": [],
            "billing": {"first_name": "Anna", "last_name": "Beispiel", "city": "Chur", "country": "CH",
                        "email": f"Anna{number % 7}@kunde.example", "phone": "081 250 10 20"},
            "shipping": {"first_name": "", "last_name": ""}, "notes": 0,
            "line_items": [{"id": 1, "name": "Velo", "product_id": 10, "quantity": 2, "sku": "V-1",
                            "total": str(Decimal(total) - Decimal("7.50")), "total_tax": "7.50", "price": 46.25000000001}],
            **changes,
        }  # fmt: skip
        self._fire(("order.created",), number)
        return number

    def act(self, action: str, number: int, **changes: Any) -> None:
        """Do something to an order, with all that follows in this storage."""
        moves, topics = VISIBLE[action][self.storage]
        order = self.orders[number]
        order.update(changes)
        if moves:
            order["modified"] = self.now
        self._fire(topics, number)

    def note(self, number: int) -> None:
        self.act("note", number, notes=1)

    def edit_total(self, number: int, total: str) -> None:
        line = {
            **self.orders[number]["line_items"][0],
            "total": str(Decimal(total) - Decimal("7.50")),
        }
        self.act("edit_lines", number, total=total, line_items=[line])

    def edit_billing(self, number: int, **changes: str) -> None:
        self.act("edit_billing", number, billing={**self.orders[number]["billing"], **changes})

    def set_status(self, number: int, status: str) -> None:
        times = {"completed": {"completed": self.now}, "processing": {"paid": self.now}}
        self.act("set_status", number, status=status, **times.get(status, {}))

    def refund(self, number: int, amount: str) -> int:
        made: Json = {
            "id": self.next_id(),
            "amount": amount,
            "reason": "defekt",
            "created": self.now,
        }
        order = self.orders[number]
        left = Decimal(order["total"]) - sum(Decimal(r["amount"]) for r in order["refunds"])
        status = "refunded" if Decimal(amount) == left else order["status"]
        self.act("refund", number, refunds=[*order["refunds"], made], status=status)
        return self._ids

    def delete_refund(self, number: int, refund: int) -> None:
        kept = [one for one in self.orders[number]["refunds"] if one["id"] != refund]
        self.act("delete_refund", number, refunds=kept)

    def link(self, numbers: list[int], account: int) -> None:
        for number in numbers:
            self.act("link", number, customer_id=account)

    def trash(self, number: int) -> None:
        self.act("trash", number, before=self.orders[number]["status"], status="trash")

    def restore(self, number: int) -> None:
        self.act("restore", number, status=self.orders[number]["before"])

    def delete(self, number: int) -> None:
        self.act("delete", number)
        del self.orders[number]

    def register(self, **changes: Any) -> int:
        number = self.next_id()
        self.customers[number] = {
            "id": number, "email": f"konto{number}@kunde.example", "first_name": "Anna", "last_name": "Beispiel",
            "role": "customer", "username": f"konto{number}", "billing": {"city": "Chur"},
            "date_created_gmt": _iso(self.now), "date_modified_gmt": _iso(self.now), **changes,
        }  # fmt: skip
        self._fire(("customer.created",), number)
        return number

    def review(self, text: str = "Sehr gut") -> int:
        number = self.next_id()
        self.reviews[number] = {
            "id": number, "date_created_gmt": _iso(self.now), "product_name": "Velo", "status": "approved",
            "reviewer": "Anna Beispiel", "reviewer_email": "anna@kunde.example", "review": text, "rating": 5,
        }  # fmt: skip
        return number

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    # ---- webhooks

    def hook(self, topic: str, url: str = "https://stammkunde.example/hooks/shop") -> None:
        """Set one up; its first delivery is a ping without a signature."""
        number = len(self.webhooks) + 1
        self.webhooks.append(
            {"id": number, "topic": topic, "status": "active", "delivery_url": url}
        )
        body = f"webhook_id={number}".encode()
        form = {"content-type": "application/x-www-form-urlencoded"}
        self.deliveries.append(Delivery(headers=form, body=body))

    def _fire(self, topics: tuple[str, ...], number: int) -> None:
        for topic in topics:
            if any(h["topic"] == topic and h["status"] == "active" for h in self.webhooks):
                self.deliveries.append(self.delivery(topic, number))

    def delivery(self, topic: str, number: int) -> Delivery:
        body: Json = {"id": number}
        if topic.startswith("order") and topic != DELETED:
            body = self._order(self.orders[number])
        return signed(topic, json.dumps(body).encode())

    # ---- what is read

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The address, until the end of the block."""
        handler = type("Handler", (_Handler,), {"shop": self})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            server.daemon_threads = True
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()

    def listed(self, asked: dict[str, str]) -> tuple[int, object, dict[str, str]]:
        """A list of orders: status, body, headers."""
        per_page = int(asked.get("per_page", 10))
        if not 1 <= per_page <= 100:
            return _refused(400, "rest_invalid_param")
        gmt = asked.get("dates_are_gmt") == "true"
        found = [order for order in self.orders.values() if self._is_asked(order, asked, gmt)]
        by = {"modified": "modified", "date": "created"}.get(asked.get("orderby", "date"), "id")
        found.sort(key=lambda o: (o[by], o["id"]), reverse=asked.get("order", "desc") == "desc")
        start = (int(asked.get("page", 1)) - 1) * per_page
        rows = [self._order(order) for order in found[start : start + per_page]]
        if fields := asked.get("_fields"):
            rows = [{k: v for k, v in row.items() if k in fields.split(",")} for row in rows]
        pages = -(-len(found) // per_page)
        return 200, rows, {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}

    def _is_asked(self, order: Json, asked: dict[str, str], gmt: bool) -> bool:
        wanted = asked.get("status", "any").split(",")
        hidden = order["status"] in ("trash", "checkout-draft")
        if order["status"] not in wanted and (hidden or "any" not in wanted):
            return False
        if "include" in asked and str(order["id"]) not in asked["include"].split(","):
            return False
        bounds = (("after", "created"), ("before", "created"), ("modified_after", "modified"), ("modified_before", "modified"))  # fmt: skip
        for name, field in bounds:
            if name in asked:
                bound = self._bound(asked[name], gmt)
                value = order[field].replace(microsecond=0)
                if not (value > bound if name.endswith("after") else value < bound):
                    return False
        return True

    def _bound(self, text: str, gmt: bool) -> datetime:
        """The instant that the shop takes a text for; twice converted where it has a zone and is said to be GMT."""
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            return at.replace(tzinfo=UTC if gmt else self.zone)
        return at.astimezone(self.zone).replace(tzinfo=UTC) if gmt else at

    def _order(self, order: Json) -> Json:
        times: Json = {}
        for name in ("created", "modified", "paid", "completed"):
            at = order[name]
            times[f"date_{name}"] = at and _iso(at.astimezone(self.zone))
            times[f"date_{name}_gmt"] = at and _iso(at)
        refunds = [
            {"id": r["id"], "reason": r["reason"], "total": f"-{r['amount']}"}
            for r in order["refunds"]
        ]
        own = ("created", "modified", "paid", "completed", "before", "notes")
        return {**{k: v for k, v in order.items() if k not in own}, **times, "refunds": refunds}

    def own_refunds(self, number: int) -> list[Json]:
        return [
            {"id": r["id"], "date_created_gmt": _iso(r["created"]), "amount": r["amount"], "reason": r["reason"],
             "line_items": []}
            for r in self.orders[number]["refunds"]
        ]  # fmt: skip

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, object, dict[str, str]]:
        parts = path.split("/")
        if not self.has_woocommerce:
            return _refused(404, "rest_no_route")
        match parts:
            case ["orders"]:
                if self.between:
                    self.between.pop(0)()
                return self.listed(asked)
            case ["orders", number, *rest] if number.isdigit():
                if int(number) not in self.orders:
                    return _refused(404, "woocommerce_rest_shop_order_invalid_id")
                one = (
                    self.own_refunds(int(number)) if rest else self._order(self.orders[int(number)])
                )
                return 200, one, {}
            case ["customers", number]:
                found = self.customers.get(int(number))
                return (200, found, {}) if found else _refused(404, "woocommerce_rest_invalid_id")
            case ["customers"] | ["products", "reviews"] | ["webhooks"]:
                kinds = {"customers": self.customers, "products": self.reviews}
                rows = list(kinds[parts[0]].values()) if parts[0] in kinds else self.webhooks
                rows = sorted(rows, key=lambda row: row["id"], reverse=asked.get("order") == "desc")
                size, page = int(asked.get("per_page", 10)), int(asked.get("page", 1))
                return 200, rows[(page - 1) * size : page * size], {"X-WP-Total": str(len(rows))}
        return _refused(404, "rest_no_route")


class _Handler(BaseHTTPRequestHandler):
    shop: FakeShop
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        shop, parts = self.shop, urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with shop.lock:
            shop.requests.append((parts.path, asked))
            fault = shop.faults.pop(0) if shop.faults else ""
            if fault == "reset":
                self.close_connection = True
                return
            status, body, headers = self._answer(parts.path, asked, fault)
            headers = {
                **headers,
                **shop.says,
                "Date": shop.now.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            }
        if status < 400:
            headers.pop("Retry-After", None)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if fault == "cut":
            content, self.close_connection = content[: len(content) // 2], True
        self.wfile.write(content)

    def _answer(
        self, path: str, asked: dict[str, str], fault: str | int
    ) -> tuple[int, object, dict[str, str]]:
        shop = self.shop
        if isinstance(fault, int):
            return fault, b"<html>Wartung</html>", {}
        if fault == "html" or not path.startswith(ROOT):
            return (200 if fault else 404), b"<!doctype html><title>Velo</title>", {}
        given = self.headers.get("Authorization", "")
        if given != "Basic " + base64.b64encode(f"{shop.key}:{shop.secret}".encode()).decode():
            return _refused(
                401, "woocommerce_rest_authentication_error", "Consumer key is invalid."
            )
        if not shop.may_read:
            says = "The API key provided does not have read permissions."
            return _refused(401, "woocommerce_rest_authentication_error", says)
        return shop.answer(path.removeprefix(ROOT), asked)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def signed(topic: str, body: bytes, secret: str = HOOK_SECRET) -> Delivery:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json", "x-wc-webhook-topic": topic,
        "x-wc-webhook-signature": base64.b64encode(digest).decode(),
    }  # fmt: skip
    return Delivery(headers=headers, body=body)


def _refused(status: int, code: str, message: str = "") -> tuple[int, object, dict[str, str]]:
    return status, {"code": code, "message": message, "data": {"status": status}}, {}


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S")
