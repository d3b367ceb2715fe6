"""Every page at a million contacts: the time in the application, its size, many readers beside an import, the first paint."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

from httpx import ASGITransport, AsyncClient
from litestar.types import ASGIApp, Receive, Scope, Send

from benchmarks.addresses import LOYAL_PAGE, addresses
from benchmarks.home import make, signed_in
from benchmarks.measure import Result, at_most, percentile
from benchmarks.readers import NO_PAUSE, PAUSE_S, Crowd, beside_an_import
from benchmarks.rows import folder
from stammkunde.app.bootstrap import opened
from stammkunde.app.web.application import application
from stammkunde.app.web.cookies import known_as
from stammkunde.app.web.signing_in import COOKIE
from tests.browser.serving import CHROMIUM, browser, served

REQUESTS = 120
"""Of each page, after each of its addresses was asked for once."""
LIMITS_MS = {LOYAL_PAGE: 20, "customer": 50, "search": 50}
OTHERS_MS = 100
MOST_KB = 250
PAINTS = 9


class Timed:
    """An application that notes how long each answer took until its last byte was given away, in milliseconds."""

    def __init__(self, within: ASGIApp) -> None:
        """Around another one."""
        self._within = within
        self.waits: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the other one answer."""
        began = time.perf_counter()
        await self._within(scope, receive, send)
        self.waits.append((time.perf_counter() - began) * 1000)


def run() -> Iterator[Result]:
    """The home is made in a process of its own, as a real one is."""
    with folder() as path:
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            alone.submit(make, path).result()
        with opened(path) as home:
            secret, pages = signed_in(home), addresses(home)
        yield from asyncio.run(_at_the_server(path, secret, pages))
        with served(path) as (address, _):
            if CHROMIUM:
                paint = _first_paint(address, secret)
                yield at_most("pages", "first paint of Monday, Chromium", paint, "ms", 1000)
            server = address.removeprefix("http://")
            headers = {"cookie": f"{_cookie(address)}={secret}"}
            crowd, hurried = (Crowd(server, headers, pages, pause) for pause in (PAUSE_S, NO_PAUSE))
            yield from beside_an_import(path, crowd, hurried)


async def _at_the_server(path: Path, secret: str, pages: dict[str, list[str]]) -> list[Result]:
    """Of each page the 95th percentile, of figures that of the slowest; and the size of the largest page."""
    waits: dict[str, float] = {}
    sizes: dict[str, int] = {}
    with opened(path) as home:
        timed = Timed(application(home, home.accounts))
        async with AsyncClient(
            transport=ASGITransport(app=timed),  # type: ignore[arg-type]
            base_url="http://127.0.0.1",
            cookies={COOKIE: secret},
        ) as client:
            for name, some in pages.items():
                sizes[name] = max([await _size(client, address) for address in some])
                timed.waits.clear()
                for address in islice(cycle(some), REQUESTS):
                    await _size(client, address)
                waits[name] = percentile(timed.waits, 95)
    slowest: dict[str, str] = {}
    for name in sorted(pages, key=lambda name: waits[name]):
        slowest[name.partition(":")[0]] = name
    largest = max(sizes, key=lambda name: sizes[name])
    return [
        *(
            at_most("pages", f"{name}, p95", waits[name], "ms", LIMITS_MS.get(name, OTHERS_MS))
            for name in sorted(slowest.values(), key=list(pages).index)
        ),
        at_most("pages", f"largest page: {largest}", sizes[largest] / 1000, "kB", MOST_KB),
    ]


async def _size(client: AsyncClient, address: str) -> int:
    answer = await client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return len(answer.content)


def _cookie(address: str) -> str:
    """The session's cookie as a browser has it there."""
    return known_as(COOKIE, "http", urlsplit(address).port)


def _first_paint(address: str, secret: str) -> float:
    """Milliseconds, as the browser tells them; each time in a window that has nothing in store, the median."""
    with browser() as chromium:
        paints = []
        for _ in range(PAINTS):
            context = chromium.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": _cookie(address), "value": secret, "url": address}])
            page = context.new_page()
            answer = page.goto(address)
            if answer is None or page.url.rstrip("/") != address.rstrip("/"):
                raise RuntimeError("Monday was refused.")
            paints.append(float(page.evaluate(_PAINT)))
            context.close()
    return statistics.median(paints)


_PAINT = """new Promise(done => new PerformanceObserver(list => {
  for (const entry of list.getEntriesByName('first-contentful-paint')) done(entry.startTime);
}).observe({type: 'paint', buffered: true}))"""
