"""Bad input: what can be read goes on, what cannot waits with its reason and its bytes, and nothing recorded is lost."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from stammkunde.app.bootstrap import opened
from stammkunde.connectors import registry
from stammkunde.connectors.interface import Batch, Context, Memory
from stammkunde.core.events import Facts
from stammkunde.core.quarantine import Quarantine
from tests.core.samples import mail
from tests.homes import Command


class Case(NamedTuple):
    """A file as it came and as it should have been; `raw` is what can't be read of it."""

    connector: str
    file: str
    bad: bytes
    good: bytes
    recorded: int
    reason: str
    raw: bytes
    missing: int = 1
    settings: tuple[str, ...] = ()


def letter(n: int, text: str = "Guten Tag") -> bytes:
    return (
        f"From a@b Thu Nov 19 14:00:00 2026\nFrom: Anna Meier <anna@kunden.example>\nTo: info@muster-velo.example\n"
        f"Date: Thu, 19 Nov 2026 14:00:0{n} +0100\nMessage-ID: <{n}@kunden.example>\nSubject: Frage\n\n{text}\n\n"
    ).encode()


def leg(n: int) -> bytes:
    at = [f"2026-11-23 16:0{n}:{second}" for second in (36, 37, 40)]
    texts = ["", f"+4179111223{n}", "+41445551101", "from-trunk", "x", f"PJSIP/trunk-0000000{n}", "PJSIP/101-00000001",
             "Dial", "PJSIP/101,20", *at]  # fmt: skip
    call = f"17954498{n}0.{n}"
    return (
        f'{",".join(map(_quoted, texts))},3,2,"ANSWERED","DOCUMENTATION","{call}","","","{call}",{n}\n'
    ).encode()


def _quoted(text: str) -> str:
    return f'"{text}"'


def line(n: int, article: str = "Velo") -> bytes:
    return f"{n};2026-03-0{n} 09:15:00;K{n};{article};1;1290.00\n".encode()


def order(n: int, total: str = "12.50") -> bytes:
    items = b'[{"name":"Velo","product_id":1,"quantity":1,"total":"11.60","total_tax":"0.90","price":11.6}]'
    head = f'{{"id":{n},"number":"{n}","status":"processing","currency":"CHF","total":"{total}","total_tax":"0.90",'
    when = '"date_created_gmt":"2026-03-02T08:00:00","billing":{"email":"anna@kunden.example"},'
    return head.encode() + when.encode() + b'"line_items":' + items + b"}"


def card(n: int) -> bytes:
    return f"BEGIN:VCARD\nVERSION:4.0\nUID:{n}\nFN:Anna Meier{n}\nEMAIL:anna{n}@kunden.example\nEND:VCARD\n".encode()


HEAD = b"Nr;Datum;Kunde;Artikel;Menge;Preis\n"
COLUMNS = ("order=Nr", "time=Datum", "customer=Kunde", "description=Artikel", "quantity=Menge", "unit_price=Preis",
           "currency=CHF")  # fmt: skip
NARROW = b'"","+41791112233","x"\n'
LATIN = line(2, "Vélo").decode().encode("cp1252")
CASES = {
    "a mail that is none": Case(
        "mailbox", "Post.mbox",
        bad=letter(1) + b"From a@b Thu Nov 19 14:00:00 2026\nno header, only \xff\x00 bytes\n\n" + letter(3),
        good=letter(1) + letter(2) + letter(3),
        recorded=2, reason="This is no mail: it has none of the usual header fields.", raw=b"no header, only \xff\x00 bytes",
    ),
    "a mailbox cut in a mail's text": Case(
        "mailbox", "Post.mbox", bad=(letter(1) + letter(2, "Guten Tag " * 99))[:-500],
        good=letter(1) + letter(2, "Guten Tag " * 99), recorded=2, reason="", raw=b"", missing=0,
    ),
    "a call's row of the wrong width": Case(
        "asterisk", "Master.csv", bad=b"".join([*map(leg, range(4)), NARROW, *map(leg, range(5, 9))]),
        good=b"".join(map(leg, range(9))), recorded=8, reason="the row has not 16 to 21 columns", raw=NARROW.strip(),
    ),
    "a call log cut in a row": Case(
        "asterisk", "Master.csv", bad=b"".join(map(leg, range(8)))[:-90], good=b"".join(map(leg, range(8))),
        recorded=7, reason="the file ends within a row", raw=leg(7)[:-90],
    ),
    "an order's row of the wrong width": Case(
        "orders-csv", "orders.csv", bad=HEAD + line(1) + b"2;2026-03-02;K2\n" + line(3),
        good=HEAD + line(1) + line(2) + line(3), recorded=2, reason="The row is not as wide as the header.",
        raw=b"2;2026-03-02;K2\n", settings=COLUMNS,
    ),
    "orders cut within quotes": Case(
        "orders-csv", "orders.csv", bad=HEAD + line(1) + b'2;2026-03-02 09:15:00;K2;"Ve',
        good=HEAD + line(1) + line(2), recorded=1, reason="A quote was left open, or a cell is too large.",
        raw=b'2;2026-03-02 09:15:00;K2;"Ve', settings=COLUMNS,
    ),
    "orders in another encoding": Case(
        "orders-csv", "orders.csv", bad=HEAD + line(1) + LATIN + line(3), good=HEAD + line(1) + line(2, "Vélo") + line(3),
        recorded=2, reason="A letter is not in the file's encoding.", raw=LATIN, settings=(*COLUMNS, "encoding=utf-8"),
    ),
    "orders.json cut in an order": Case(
        "woocommerce", "orders.json", bad=b"[" + order(1) + b",\n" + order(2)[:-100], good=b"[" + order(1) + b",\n" + order(2) + b"]",
        recorded=1, reason="The JSON is broken or ends too early.", raw=order(2)[:-100],
    ),
    "an address book cut in a card": Case(
        "addressbook", "book.vcf", bad=card(1) + card(2)[:-10], good=card(1) + card(2), recorded=1,
        reason="The card has no end.", raw=card(2)[:-10].strip(),
    ),
}  # fmt: skip


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


def read(command: Command, case: Case, raw: bytes) -> dict[str, int]:
    """Import a file, and see that what is reported is what the log holds."""
    file = command.home / case.file
    file.write_bytes(raw)
    before = command.ask("status")["log"]["contacts"]
    settings = [f"--set={each}" for each in case.settings]
    answer: dict[str, int] = command.ask("import", case.connector, str(file), *settings)
    assert answer["items"] == answer["recorded"] + answer["duplicates"] + answer["rejected"]
    assert command.ask("status")["log"]["contacts"] == before + answer["contacts"]
    assert len(command.lines("contacts")) == before + answer["contacts"]
    return answer


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_cannot_be_read_waits_and_the_rest_goes_on(case: Case, command: Command) -> None:
    answer = read(command, case, case.bad)
    waiting = command.ask("quarantine", "list")
    assert answer["recorded"] == case.recorded
    assert answer["rejected"] == len(waiting) == bool(case.reason)
    with opened(command.home) as home:
        kept = [Quarantine(home.log).item(entry["number"]) for entry in waiting]
    for item in kept:
        assert item.reason == case.reason
        assert case.raw in item.raw
    again = read(command, case, case.bad)
    assert (again["recorded"], again["contacts"]) == (0, 0)
    assert command.ask("quarantine", "list") == waiting


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_mended_file_brings_what_was_missing(case: Case, command: Command) -> None:
    read(command, case, case.bad)
    answer = read(command, case, case.good)
    assert (answer["recorded"], answer["rejected"]) == (case.missing, 0)
    assert answer["duplicates"] == case.recorded


def test_what_waits_is_read_again_after_a_mend(command: Command) -> None:
    case = CASES["orders in another encoding"]
    read(command, case, case.bad)
    assert command.ask("quarantine", "retry") == [{"source": "orders-csv", "read": 0, "waiting": 1}]
    mended = command.ask("quarantine", "retry", "--set", "encoding=cp1252")
    assert mended == [{"source": "orders-csv", "read": 1, "waiting": 0}]
    assert command.ask("quarantine", "list") == []
    orders = command.lines("contacts")
    assert sorted(order["order"] for order in orders) == ["1", "2", "3"]
    assert {line["name"] for order in orders for line in order["lines"]} == {"Velo", "Vélo"}


def test_an_order_that_does_not_add_up_is_kept_as_given_and_marked(command: Command) -> None:
    raw = b"[" + order(1) + b"," + order(2, "99.00") + b"]"
    answer = read(command, CASES["orders.json cut in an order"], raw)
    assert (answer["recorded"], answer["rejected"]) == (2, 0)
    assert {c["order"]: c["money"]["amount"] for c in command.lines("contacts")} == {
        "1": "12.50",
        "2": "99.00",
    }
    with opened(command.home) as home:
        facts = [e.open for e in home.log.read(0, 99) if isinstance(e.open, Facts)]
    assert sorted("total_differs" in each.flags for each in facts) == [False, True]


# ---- a connector that gives what there is not


class _Odd:
    class Settings(msgspec.Struct):
        """None."""

    def __init__(self, settings: Settings, context: Context) -> None:
        del settings, context

    def check(self) -> None:
        return

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        yield Batch(contacts=(mail(1),), cursor="1")
        yield Batch(contacts=(mail(2), mail(3, kind="telegram")), cursor="2")


def test_an_unknown_kind_stops_its_batch_and_says_so(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "load", lambda name: _Odd)
    settings = command.home / "stammkunde.toml"
    settings.write_text(settings.read_text() + '\n[[source]]\nname = "odd"\nconnector = "odd"\n')
    status, out, err = command.run("sync")
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert "unknown kind “telegram”: that is a fault of it" in err
    assert [contact["item"] for contact in command.lines("contacts")] == [mail(1).item.key]
    assert command.ask("status")["sources"][0]["cursor"] == "1"


# ---- homes that can't be opened


def _key(change: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda home: change(home / "master.key")


def _newer(home: Path) -> None:
    log = sqlite3.connect(home / "log.db")
    log.execute("UPDATE home SET value = '99' WHERE name = 'format'")
    log.commit()
    log.close()


HOMES: dict[str, tuple[Callable[[Path], object], str]] = {
    "wrong key": (_key(lambda key: key.write_text("ab" * 32)), "use the one that was made with it"),
    "no key": (_key(lambda key: key.write_text("key")), "take it from the recovery sheet"),
    "missing key": (_key(lambda key: key.unlink()), "put it back from the recovery sheet"),
    "key for all": (_key(lambda key: key.chmod(0o644)), "run “chmod 600"),
    "key for a group": (_key(lambda key: key.chmod(0o640)), "run “chmod 600"),
    "newer home": (_newer, "update Stammkunde"),
    "unknown setting": (
        lambda home: (home / "stammkunde.toml").write_text("[company]\ndomain = 'x.example'\n"),
        "did you mean “domains”?",
    ),
}


@pytest.mark.parametrize(("spoil", "remedy"), HOMES.values(), ids=HOMES)
def test_a_home_that_cannot_be_opened_says_why_and_loses_nothing(
    spoil: Callable[[Path], object], remedy: str, command: Command
) -> None:
    case = CASES["an address book cut in a card"]
    read(command, case, case.good)
    kept = command.home.with_name("kept")
    shutil.copytree(command.home, kept)
    spoil(command.home)
    for words in (("status",), ("import", str(command.home / case.file)), ("rebuild",)):
        status, out, err = command.run(*words)
        assert (status, out, len(err.splitlines())) == (1, "", 1)
        assert remedy in err
    for name in ("master.key", "stammkunde.toml"):
        shutil.copy2(kept / name, command.home / name)
    if spoil is _newer:
        shutil.copy2(kept / "log.db", command.home / "log.db")
    assert command.ask("status")["log"]["contacts"] == 2
    assert command.run("verify")[0] == 0


@pytest.mark.parametrize("words", [("import", "mailbox"), ("import",)])
def test_a_missing_file_is_named_before_anything_is_read(
    words: tuple[str, ...], command: Command
) -> None:
    missing = command.home / "missing.mbox"
    status, out, err = command.run(*words, str(missing))
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert str(missing) in err
    assert command.ask("status")["log"]["events"] == 0
