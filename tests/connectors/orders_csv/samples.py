"""CSV files of order lines, as the tests of `orders-csv` write them."""

from pathlib import Path
from typing import Any

import msgspec

from stammkunde.connectors.contract import COMPANY, Reading, read
from stammkunde.connectors.interface import Context
from stammkunde.connectors.orders_csv import OrdersCsv

DATA = Path(__file__).parents[2] / "data" / "shop"
SMALL = {"order": "no", "time": "at", "line_total": "sum"}


def connector(path: Path, **settings: Any) -> OrdersCsv:
    table = {"path": [str(path)], **settings}
    context = Context(source="shop", company=COMPANY)
    return OrdersCsv(msgspec.convert(table, OrdersCsv.Settings, strict=False), context)


def reading(path: Path, text: str | bytes, **settings: Any) -> Reading:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(connector(path, **settings))
