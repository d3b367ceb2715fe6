"""What stands in a response: orders, refunds, customers, or something that tells of none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal[
    "order", "refund", "customer", "review", "note", "webhook", "error", "other"
]

_SHAPES: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("order", frozenset(("id", "line_items", "billing"))),
    ("refund", frozenset(("id", "amount", "line_items"))),
    ("customer", frozenset(("id", "email", "username"))),
    ("review", frozenset(("id", "review", "rating"))),
    ("note", frozenset(("id", "note", "customer_note"))),
    ("error", frozenset(("code", "message", "data"))),
)
"""By which fields a record is known; an order that lost its status is still one, and rejected as such."""
_CODE = re.compile(r"[a-z_]{3,60}")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Record(msgspec.Struct, frozen=True):
    """One record; empty fields are left out, as PHP writes `""`, `null` and `false` for the same."""

    kind: Kind
    fields: dict[str, Any]


def records(value: object) -> Iterator[Record]:
    """The records of a response's body, or of a body that was saved with its status and headers around it."""
    if isinstance(value, list):
        for one in value:
            yield from records(one)
    elif isinstance(value, dict):
        inner = _unwrapped(value)
        if inner is value:
            yield Record(_kind(value), value)
        else:
            yield from records(inner)
    else:
        yield Record("other", {})


def error_code(fields: dict[str, Any]) -> str:
    """The code of an error, if it is one of the words that WordPress uses."""
    code = fields.get("code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "unknown"


def cleaned(value: Any) -> Any:
    """The same without empty fields, and readable."""
    if isinstance(value, dict):
        return {key: cleaned(one) for key, one in value.items() if not _is_empty(one)}
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    return readable(value)


def readable(value: Any) -> Any:
    """The same with nothing in its texts that no other program could read: halves of a letter beyond 16 bits."""
    if isinstance(value, dict):
        return {readable(key): readable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [readable(one) for one in value]
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


def _is_empty(value: object) -> bool:
    return value is None or value is False or value == ""


def _unwrapped(value: dict[str, Any]) -> object:
    """What a recording holds; a delivery of a webhook stays whole."""
    if "_provenance" in value and "data" in value:
        return value["data"]
    is_response = "body" in value and ("status" in value or "headers" in value)
    return value if not is_response or _kind(value) == "webhook" else value["body"]


def _kind(fields: dict[str, Any]) -> Kind:
    for kind, needed in _SHAPES:
        if needed <= fields.keys():
            return kind
    if isinstance(fields.get("headers"), dict) and isinstance(fields.get("body"), str):
        return "webhook"
    return "other"
