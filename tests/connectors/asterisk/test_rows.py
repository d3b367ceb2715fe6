"""Rows of every legal width and form, and rows that are none."""

import csv
import io
import json
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.asterisk.lines import Lines
from stammkunde.connectors.asterisk.rows import REQUIRED, BadRowError, Leg, Rows, epoch
from stammkunde.connectors.asterisk.times import Times

DATA = Path(__file__).parents[2] / "data" / "telephony"
ROWS = Rows(Times(ZoneInfo("Europe/Zurich")))
HEAD = [
    "acc", "0791112233", "+41445551101", "from-trunk", '"Anna" <0791112233>', "PJSIP/trunk-01", "PJSIP/101-02", "Dial",
    "PJSIP/101,20", "2026-11-23 16:03:36", "", "2026-11-23 16:03:40", "4", "0", "NO ANSWER", "DOCUMENTATION",
]  # fmt: skip
ID, USER, NEW = "pbx1-1795449816.0", "did:+41445551102", ["peer", "1795449810.9", "17"]


def line(*columns: str) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(columns)
    return out.getvalue()


@pytest.mark.parametrize(
    ("tail", "uniqueid", "userfield", "call"),
    [
        ([], "", "", ""),
        ([ID], ID, "", ID),
        ([USER], "", USER, ""),
        ([""], "", "", ""),
        (["1795449816.0"], "1795449816.0", "", "1795449816.0"),
        ([ID, USER], ID, USER, ID),
        (NEW, "", "", "1795449810.9"),
        ([ID, *NEW], ID, "", "1795449810.9"),
        ([USER, *NEW], "", USER, "1795449810.9"),
        ([ID, USER, *NEW], ID, USER, "1795449810.9"),
    ],
)
def test_every_width_is_read(tail: list[str], uniqueid: str, userfield: str, call: str) -> None:
    leg = ROWS.text(line(*HEAD, *tail))
    assert (leg.uniqueid, leg.userfield, leg.call) == (uniqueid, userfield, call)
    assert (leg.src, leg.dst, leg.channel, leg.dstchannel) == (HEAD[1], HEAD[2], HEAD[5], HEAD[6])
    assert (leg.duration, leg.billsec, leg.disposition) == (4, 0, "NO ANSWER")


def test_the_width_may_change_within_a_file() -> None:
    rows = [line(*HEAD), line(*HEAD, ID), line(*HEAD, ID, USER, *NEW), line(*HEAD, ID, USER)]
    legs, unread = Lines(ROWS).read("\n".join(rows).encode())
    assert [leg.call for leg in legs] == ["", ID, "1795449810.9", ID]
    assert unread == []


def change(at: int, value: str) -> str:
    return line(*[value if place == at else cell for place, cell in enumerate(HEAD)])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (line(*HEAD[:15]), "columns"),
        (line(*HEAD, ID, USER, *NEW, "more"), "columns"),
        ("a", "columns"),
        (change(9, "23.11.2026 16:03"), "time"),
        (change(9, ""), "time"),
        (change(12, "four"), "number"),
        (change(12, "-4"), "out of range"),
        (change(13, "9" * 30), "out of range"),
        (change(13, "9" * 5000), "number"),
        (change(14, "PERHAPS"), "disposition"),
        (change(5, ""), "channel"),
        ("{", "JSON"),
        ("{}", "JSON"),
        ("{" * 5000, "JSON"),
        ('{"start":1}', "JSON"),
        (json.dumps(dict.fromkeys(REQUIRED, 1795449816)), "not text"),
        (json.dumps({**dict.fromkeys(REQUIRED, "BUSY"), "start": 1795449816, "duration": []}), "number"),
        (json.dumps({**dict.fromkeys(REQUIRED, "BUSY"), "start": {}}), "time"),
    ],
)  # fmt: skip
def test_a_row_that_is_none_says_why(text: str, reason: str) -> None:
    with pytest.raises(BadRowError, match=reason):
        ROWS.text(text)


@given(st.text() | st.text('",\\{}:\n\r\0 019-').map(lambda text: "{" + text))
def test_any_text_is_a_leg_or_a_reason(text: str) -> None:
    with suppress(BadRowError):
        assert isinstance(ROWS.text(text), Leg)


@pytest.mark.parametrize(
    "name", ["Master_newcdrcolumns_gmt.csv", "Master_default_16cols_localtime_zurich.csv"]
)
def test_many_rows_at_once_give_what_each_gives(name: str) -> None:
    lines = (DATA / name).read_bytes().rstrip()
    together, unread = Lines(ROWS).read(lines)
    assert unread == []
    assert together == [ROWS.text(each) for each in lines.decode().split("\n")]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Büro".encode(), "Büro"),
        ("Büro".encode("cp1252"), "Büro"),
        (b"B\x81ro", "B\x81ro"),
    ],
)
def test_utf_8_and_what_older_systems_write(raw: bytes, name: str) -> None:
    good = line(*HEAD).encode()
    (first, second), unread = Lines(ROWS).read(b"\n".join([good, good.replace(b"Anna", raw)]))
    assert unread == []
    assert (first.clid, second.clid) == (HEAD[4], f'"{name}" <0791112233>')


def test_a_configured_encoding_goes_first() -> None:
    raw = line(*HEAD).replace("Anna", "Zoë").encode("cp850")
    (leg,), _ = Lines(ROWS, "cp850").read(raw)
    assert leg.clid == '"Zoë" <0791112233>'


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault() -> None:
    good = line(*HEAD).encode()
    legs, unread = Lines(ROWS).read(
        b"\n".join([b"\xef\xbb\xbf" + good + b"\r", good + b"\r", b"", b"\r"])
    )
    assert unread == []
    assert [leg.src for leg in legs] == ["0791112233"] * 2


def test_a_newline_in_a_value_does_not_cut_its_row() -> None:
    good = line(*HEAD, ID)
    broken = good.replace("Anna", "An\nna").encode().split(b"\n")
    legs, unread = Lines(ROWS).read(b"\n".join([good.encode(), *broken, good.encode()]))
    assert unread == []
    assert [leg.clid for leg in legs] == [HEAD[4], '"An\nna" <0791112233>', HEAD[4]]


def test_an_open_quote_takes_no_other_row_with_it() -> None:
    good = line(*HEAD, ID).encode()
    bad = b'"","0791112233,"open'
    legs, unread = Lines(ROWS).read(b"\n".join([good, bad, good, good, good, good, good, bad[1:]]))
    assert len(legs) == 6
    assert [(each.raw, each.at) for each in unread] == [
        (bad, len(good) + 1),
        (bad[1:], 6 * (len(good) + 1) + len(bad) + 1),
    ]


def test_a_huge_field_is_rejected_alone() -> None:
    good = line(*HEAD, ID).encode()
    legs, unread = Lines(ROWS).read(b"\n".join([good, b'"' + b"x" * 200_000 + b'"', good]))
    assert (len(legs), len(unread)) == (2, 1)


@pytest.mark.parametrize(
    ("call", "second"),
    [
        ("1795449816.0", 1795449816),
        ("pbx-1-1795449816.12", 1795449816),
        ("179544981.1", 179544981),
        ("1795449816", None),
        ("abc", None),
        ("", None),
    ],
)
def test_the_second_that_an_id_begins_with(call: str, second: int | None) -> None:
    assert epoch(call) == second


def test_json_as_asterisk_writes_it_though_it_is_none() -> None:
    r"""Asterisk 22.10.1 writes `\\\\"` for a quote in a caller's name."""
    text = (DATA / "stammkunde.jsonl").read_text().splitlines()[-1]
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    leg = ROWS.text(text)
    assert (leg.src, leg.call, leg.start, leg.offset) == (
        "0445556678",
        "1795449868.51",
        1795449868,
        0,
    )


def test_json_with_times_of_every_kind() -> None:
    fields = dict(zip(("src", "dst", "channel", "dstchannel", "lastapp"), HEAD, strict=False))
    for start, expected in (
        (1795449816, (1795449816, 0)),
        ("2026-11-23T17:03:36+0100", (1795449816, 3600)),
        ("2026-11-23 16:03:36", (1795449816, None)),
    ):
        leg = ROWS.text(json.dumps({**fields, "start": start, "disposition": "BUSY"}))
        assert (leg.start, leg.offset) == expected
