"""A shop of 200,000 orders, read over a loopback connection into the log, against `httpx` and `json` over the same pages."""

from __future__ import annotations

import json
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import msgspec

from benchmarks.measure import Result, at_least, at_most, cpu, interleaved, peak, percentile, told
from benchmarks.rows import PEOPLE, folder
from benchmarks.wiring import collect_rarely, open_intake
from stammkunde.connectors.http import Web
from stammkunde.connectors.interface import Context, Hook
from stammkunde.connectors.woocommerce import WooCommerce
from stammkunde.connectors.woocommerce.hooks import signature
from stammkunde.connectors.woocommerce.rest import ROOT, Rest
from stammkunde.connectors.woocommerce.watch import read_order
from stammkunde.core.company import Company
from stammkunde.core.feed import Source
from stammkunde.core.intake import Intake

ORDERS = 200_000
PAGES = 100
"""Pages of a round of fetching and decoding."""
HINTS = 100
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
APART_S = 600
SECRET = "geheim"  # noqa: S105
SOURCE = Source(name="shop", connector="woocommerce")


def run() -> Iterator[Result]:
    """Fetching with decoding alone, then everything, in a process of its own."""
    collect_rarely()
    with _serving(ORDERS) as port:
        url = f"http://127.0.0.1:{port}"
        web = Web(url, auth=("ck", "cs"))
        rest = Rest(web, lambda: BEGIN)
        with httpx.Client(auth=("ck", "cs"), base_url=url + ROOT) as client:
            figures = interleaved(
                {
                    "httpx + json": lambda n: cpu(lambda: _plainly(client, n)) / PAGES / 100,
                    "shop": lambda n: cpu(lambda: _fetched(rest, n)) / PAGES / 100,
                }
            )
        web.close()
        pairs = zip(figures["httpx + json"], figures["shop"], strict=True)
        ratio = statistics.median(plain / own for plain, own in pairs)
        own, plain = (1 / statistics.median(figures[name]) for name in ("shop", "httpx + json"))
        yield Result(
            "shop", "fetch and decode, orders per CPU second", round(own), "orders/s", round(plain), round(ratio, 2),
            "≥ 3 × httpx + json", ratio >= 3,
        )  # fmt: skip
        with folder() as path:
            call = [sys.executable, "-m", "benchmarks.shop", url, str(path)]
            answer = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    found = json.loads(answer)
    yield at_least(
        "shop",
        "200,000 orders into the log, by CPU time",
        ORDERS / found["cpu_s"],
        "orders/s",
        2500,
    )
    yield told(
        "shop", "the same by the clock, the server beside it", ORDERS / found["wall_s"], "orders/s"
    )
    yield told("shop", "events they became", found["events"], "events")
    yield at_most("shop", "memory", found["peak"], "MiB", 200)
    yield at_most("shop", "a webhook answered beside it, p95", found["hook_ms"], "ms", 50)
    yield at_most("shop", "from a webhook to its events, p95", found["hint_ms"], "ms", 2000)
    yield told("shop", "a pass without news", found["pass_ms"], "ms")


def _plainly(client: httpx.Client, number: int) -> None:
    for page in range(PAGES):
        answer = client.get("orders", params=_page(number, page))
        assert len(json.loads(answer.content)) == 100


def _fetched(rest: Rest, number: int) -> None:
    for page in range(PAGES):
        rows = rest.orders(_page(number, page)).rows
        assert len([read_order(raw) for raw in rows]) == 100


def _page(number: int, page: int) -> dict[str, str | int]:
    after = BEGIN + timedelta(seconds=(number * PAGES + page) * 100 * APART_S)
    return {"modified_after": after.strftime("%Y-%m-%dT%H:%M:%S"), "per_page": 100}


# ---- all of it


def into_the_log(url: str, path: Path) -> dict[str, float]:
    """Read the shop into a new log, with webhooks coming in meanwhile; then what they and a quiet pass cost."""
    intake = open_intake(path)
    settings = WooCommerce.Settings(url=url, key="ck", secret="cs", webhook_secret=SECRET)  # noqa: S106
    connector = WooCommerce(settings, Context(source="shop", company=Company()))
    began, cpu_began = time.perf_counter(), time.process_time()
    answers: list[float] = []
    ended = threading.Event()
    caller = threading.Thread(target=_call, args=(connector, ended, answers))
    caller.start()
    _read(intake, connector)
    wall, used = time.perf_counter() - began, time.process_time() - cpu_began
    ended.set()
    caller.join()
    events = intake.log.last_position()
    hints = [_timed(partial(_hinted, intake, connector, number)) for number in range(1, HINTS)]
    quiet = [_timed(lambda: _read(intake, connector)) for _ in range(9)]
    connector.close()
    return {
        "cpu_s": used, "wall_s": wall, "events": events, "peak": peak(), "hook_ms": percentile(answers, 95) * 1000,
        "hint_ms": percentile(hints, 95) * 1000, "pass_ms": statistics.median(quiet) * 1000,
    }  # fmt: skip


def _read(intake: Intake, connector: WooCommerce) -> None:
    feed = intake.open(SOURCE, advance=True)
    for batch in connector.fetch(feed.cursor, feed.memory):
        feed.record(batch)


def _hinted(intake: Intake, connector: WooCommerce, number: int) -> None:
    """An order was changed (the server answers to its number with another note), and the shop says so."""
    connector.receive(_delivery(number), intake.open(SOURCE).memory)
    feed = intake.open(SOURCE, advance=True)
    feed.record(next(iter(connector.fetch(feed.cursor, feed.memory))))


def _call(connector: WooCommerce, ended: threading.Event, answers: list[float]) -> None:
    """A webhook every 50 ms, all of the same order: a hint that waits already."""
    hook = _delivery(1)
    memory = msgspec.UNSET
    while not ended.wait(0.05):
        answers.append(_timed(lambda: connector.receive(hook, memory)))  # type: ignore[arg-type]


def _delivery(number: int) -> Hook:
    body = _order(number)
    headers = {
        "x-wc-webhook-topic": "order.updated",
        "x-wc-webhook-signature": signature(SECRET, body),
    }
    return Hook(headers=headers, body=body, received_at=BEGIN)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# ---- the server


@contextmanager
def _serving(orders: int) -> Iterator[int]:
    """The port of a process that answers as the shop does; just fast enough not to be what is measured."""
    here, there = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_serve, args=(orders, there), daemon=True)
    process.start()
    try:
        yield int(here.recv())
    finally:
        process.terminate()
        process.join()


def _serve(orders: int, there: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        there.send(server.getsockname()[1])
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_talk, args=(connection, orders), daemon=True).start()


def _talk(connection: socket.socket, orders: int) -> None:
    with connection:
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer:
                if not (more := connection.recv(65536)):
                    return
                buffer += more
            request, _, buffer = buffer.partition(b"\r\n\r\n")
            body, total = _answer(request.partition(b"\r\n")[0].decode(), orders)
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Mon, 02 Mar 2026 09:00:00 GMT\r\n"
                f"X-WP-Total: {total}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            connection.sendall(head.encode() + body)


def _answer(line: str, orders: int) -> tuple[bytes, int]:
    """A list of orders behind a time of change, or those that are asked for by number, changed meanwhile."""
    if "/orders?" not in line:
        return b"[]", 0
    if asked := re.search(r"include=([0-9]+)", line):
        return b"[%b]" % _order(int(asked[1]), b"bitte klingeln"), 1
    first = 0
    if after := re.search(r"modified_after=([0-9T:%A-]+)", line):
        at = datetime.fromisoformat(after[1].replace("%3A", ":")).replace(tzinfo=UTC)
        first = max(int((at - BEGIN).total_seconds()) // APART_S + 1, 0)
    size = re.search(r"per_page=([0-9]+)", line)
    last = min(first + int(size[1]) if size else 10, orders)
    fields = re.search(r"_fields=([a-z_%0-9C]+)", line)
    template = _cut(fields[1].replace("%2C", ",")) if fields else _TEMPLATE
    return b"[%b]" % b",".join(
        _order(n, template=template) for n in range(first, last)
    ), orders - first


@lru_cache
def _cut(fields: str) -> bytes:
    """The template with those fields alone, as the shop cuts them."""
    marks = {b"n": 7_000_001, b"p": 7_000_002, b"phone": 7_000_003}
    texts = {b"at": b"@at@", b"note": b"@note@", b"status": b"@status@"}
    values = {b"paid": b'"@paid@"', b"done": b'"@done@"'}
    whole = json.loads(_TEMPLATE % {**marks, **texts, **values})
    wanted = fields.split(",")
    kept = {name: value for name, value in whole.items() if name in wanted}
    cut = json.dumps(kept, separators=(",", ":")).encode()
    for name, mark in marks.items():
        cut = cut.replace(str(mark).encode(), b"%%(%b)d" % name)
    for name, text in {**texts, **values}.items():
        cut = cut.replace(text, b"%%(%b)b" % name)
    return cut


def _order(number: int, note: bytes = b"", template: bytes = b"") -> bytes:
    """An order as the real shop shows one, 2.6 kB; each ten minutes after the one before."""
    at = (BEGIN + timedelta(seconds=number * APART_S)).strftime("%Y-%m-%dT%H:%M:%S").encode()
    person = number * 7919 % PEOPLE
    status, is_paid, is_done = _STATES[number % len(_STATES)]
    return (template or _TEMPLATE) % {
        b"n": number + 1, b"at": at, b"p": person, b"phone": 1_000_000 + person, b"note": note, b"status": status,
        b"paid": b'"%b"' % at if is_paid else b"null", b"done": b'"%b"' % at if is_done else b"null",
    }  # fmt: skip


_STATES = (
    (b"processing", True, False), (b"completed", True, True), (b"cancelled", False, False), (b"pending", False, False),
    (b"completed", True, True), (b"processing", True, False), (b"on-hold", False, False),
)  # fmt: skip
"""As the recorded list of a real shop has them: 2.3 milestones to an order."""
_PART = (
    b'"subtotal":"92.50","subtotal_tax":"7.50","total":"92.50","total_tax":"7.50","taxes":[{"id":1,"total":"7.50",'
    b'"subtotal":"7.50"}],"meta_data":[{"id":9,"key":"_reduced_stock","value":"2","display_key":"_reduced_stock"}]'
)
_TEMPLATE = (
    b'{"id":%(n)d,"parent_id":0,"status":"%(status)b","currency":"CHF","version":"11.0.1","prices_include_tax":true,'
    b'"date_created":"%(at)b","date_modified":"%(at)b","discount_total":"0.00","discount_tax":"0.00","shipping_total":'
    b'"9.00","shipping_tax":"0.73","cart_tax":"7.50","total":"109.73","total_tax":"8.23","customer_id":0,"order_key":'
    b'"wc_order_%(n)d","billing":{"first_name":"Anna","last_name":"Muster %(p)d","company":"","address_1":"Bahnhofstrasse 1",'
    b'"address_2":"","city":"Chur","state":"GR","postcode":"7000","country":"CH","email":"person%(p)d@kunden.example",'
    b'"phone":"079 %(phone)d"},"shipping":{"first_name":"Anna","last_name":"Muster %(p)d","company":"","address_1":'
    b'"Bahnhofstrasse 1","address_2":"","city":"Chur","state":"GR","postcode":"7000","country":"CH","phone":""},'
    b'"payment_method":"bacs","payment_method_title":"Rechnung","transaction_id":"","customer_ip_address":"192.0.2.1",'
    b'"customer_user_agent":"Mozilla/5.0","created_via":"checkout","customer_note":"%(note)b","date_completed":%(done)b,'
    b'"date_paid":%(paid)b,"cart_hash":"d41d8cd98f00b204e9800998ecf8427e","number":"%(n)d","meta_data":[],"line_items":[{"id":'
    b'1,"name":"Velo \\"Alpin\\"","product_id":10,"variation_id":0,"quantity":2,"tax_class":"",' + _PART + b',"sku":"V-1",'
    b'"price":46.25000000000001,"image":{"id":"","src":""},"parent_name":null},{"id":2,"name":"Glocke","product_id":11,'
    b'"variation_id":0,"quantity":1,"tax_class":"",' + _PART.replace(b"92.50", b"0.00").replace(b"7.50", b"0.00") +
    b',"sku":"G-1","price":0,"image":{"id":"","src":""},"parent_name":null}],"tax_lines":[{"id":3,"rate_code":"CH-MWST-1",'
    b'"rate_id":1,"label":"MWST","compound":false,"tax_total":"7.50","shipping_tax_total":"0.73","rate_percent":8.1,'
    b'"meta_data":[]}],"shipping_lines":[{"id":4,"method_title":"Post","method_id":"flat_rate","instance_id":"1","total":'
    b'"9.00","total_tax":"0.73","taxes":[{"id":1,"total":"0.73","subtotal":""}],"meta_data":[]}],"fee_lines":[],'
    b'"coupon_lines":[],"refunds":[],"payment_url":"https://shop.example/checkout/order-pay/%(n)d/","is_editable":false,'
    b'"needs_payment":false,"needs_processing":true,"date_created_gmt":"%(at)b","date_modified_gmt":"%(at)b",'
    b'"date_completed_gmt":%(done)b,"date_paid_gmt":%(paid)b,"currency_symbol":"CHF","_links":{"self":[{"href":'
    b'"https://shop.example/wp-json/wc/v3/orders/%(n)d","targetHints":{"allow":["GET"]}}],"collection":[{"href":'
    b'"https://shop.example/wp-json/wc/v3/orders"}]}}'
)  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(into_the_log(sys.argv[1], Path(sys.argv[2]))))
