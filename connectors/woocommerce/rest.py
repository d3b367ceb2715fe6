"""The shop's REST interface, version 3: what is asked, and what an answer that is no good means.

Times in questions are naive and in GMT, with `dates_are_gmt`: WooCommerce turns a time with a `Z` into the shop's own
zone and then takes it for GMT all the same, so that rows are lost without a word (measured on 11.0.1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec

from stammkunde.connectors.http import Answer, Web
from stammkunde.connectors.interface import ConnectorError, CredentialsError, UnavailableError

PAGE = 100
"""Orders on a page: the shop's own limit, above which it answers 400."""
ROOT = "/wp-json/wc/v3/"
LISTED = "any,trash"
"""`any` alone hides what lies in the trash."""
EVERY = "any,trash,checkout-draft"
SHORT = (
    "id,number,status,currency,total,total_tax,customer_id,customer_note,billing,shipping,refunds,"
    "date_created,date_created_gmt,date_modified_gmt,date_paid,date_paid_gmt,date_completed,date_completed_gmt"
)
"""The fields of a short list, which costs the shop half as much: all but lines, whose change mostly shows in the total."""

WHOLE = f"{SHORT},date_modified,created_via,payment_method_title,line_items,shipping_lines,fee_lines,tax_lines,coupon_lines"
"""All that is read of an order: what plugins hang on it, addresses on the net and links need not travel."""

_NO_READ = re.compile(r"\bread\b|lese|lecture|lettura", re.IGNORECASE)
"""What the shop says, in its own language, of a key that may only write."""


class Page(msgspec.Struct, frozen=True):
    """A part of a list, how many the whole list has, and the shop's time."""

    rows: list[msgspec.Raw]
    total: int
    at: datetime


class _Error(msgspec.Struct, frozen=True):
    code: str = ""
    message: str = ""


_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_RAW = msgspec.json.Decoder(msgspec.Raw)
_ERROR = msgspec.json.Decoder(_Error)


class Rest:
    """Asks one shop."""

    def __init__(self, web: Web, clock: Callable[[], datetime]) -> None:
        """`clock` stands in where the shop tells no time."""
        self.web = web
        self._clock = clock
        self.at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
        """The shop's time when it answered last."""

    def page(self, path: str, **params: str | int) -> Page:
        """A page of a list; raises `ConnectorError` of the kind that fits."""
        answer = self._asked(path, params)
        self._refuse(answer)
        try:
            rows = _ROWS.decode(answer.body)
        except msgspec.MsgspecError:
            raise self._no_interface() from None
        total = answer.headers.get("x-wp-total", "")
        return Page(rows, int(total) if total.isdigit() else len(rows), self.at)

    def orders(self, params: Mapping[str, str | int], status: str = LISTED) -> Page:
        """A page of orders."""
        asked = {"status": status, "dates_are_gmt": "true", "_fields": WHOLE}
        return self.page("orders", **{**asked, **params})

    def count(self, **params: str | int) -> int:
        """How many orders there are."""
        return self.orders({"per_page": 1, "_fields": "id", **params}).total

    def one(self, path: str) -> msgspec.Raw | None:
        """One record; None only where the shop itself says that it has it no longer."""
        answer = self._asked(path, {})
        if answer.status in (404, 410) and _error(answer).code.endswith("invalid_id"):
            return None
        self._refuse(answer)
        try:
            return _RAW.decode(answer.body)
        except msgspec.MsgspecError:
            raise self._no_interface() from None

    def optional(self, path: str, **params: str | int) -> Page | None:
        """A page of what not every shop has, or not every key may read."""
        try:
            return self.page(path, **params)
        except UnavailableError:
            raise
        except ConnectorError:
            return None

    def _asked(self, path: str, params: Mapping[str, str | int]) -> Answer:
        answer = self.web.get(ROOT + path, params)
        self.at = answer.at or self._clock()
        return answer

    def _refuse(self, answer: Answer) -> None:
        """Raise what an answer means that is none of 2xx."""
        if answer.status < 300:
            return
        error, host = _error(answer), self.web.host
        if answer.status == 403 or (answer.status == 401 and _NO_READ.search(error.message)):
            raise CredentialsError(
                "key: it may not read there; give it the right to read in WooCommerce (Settings, Advanced, REST API)."
            )
        if answer.status == 401:
            raise CredentialsError(
                "key, secret: {host} refuses them; make a new key in WooCommerce (Settings, Advanced, REST API). Where"
                " they are right, its web server takes the header Authorization away.",
                host=host,
            )
        if answer.status >= 500:
            raise UnavailableError(
                "url: {host} fails ({status}); it is asked again later.",
                host=host,
                status=answer.status,
            )
        if error.code == "rest_no_route":
            raise ConnectorError(
                "url: {host} is WordPress, but has no WooCommerce (interface wc/v3); switch the plugin on.",
                host=host,
            )
        if error.code:
            raise ConnectorError(
                "url: {host} refuses the question ({status}, {code}).",
                host=host,
                status=answer.status,
                code=error.code if re.fullmatch(r"[a-z_]{3,60}", error.code) else "?",
            )
        raise self._no_interface()

    def _no_interface(self) -> ConnectorError:
        return ConnectorError(
            "url: there is no shop's interface at {host}; write the address of the shop's start page, and choose readable"
            " permalinks in WordPress.",
            host=self.web.host,
        )


def _error(answer: Answer) -> _Error:
    try:
        return _ERROR.decode(answer.body)
    except msgspec.MsgspecError:
        return _Error()


def naive(at: datetime) -> str:
    """A time as the shop is asked for it: GMT, to the second, without `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
