"""The drop folder: whole files are recognised, imported and moved away; what can't be read stays and is named."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.daemon import dropped
from stammkunde.app.daemon.dropped import NAME, QUIET_S, REST_S, Dropped
from stammkunde.app.locale import Locale
from stammkunde.app.reading import read
from stammkunde.connectors import registry
from stammkunde.core.errors import HomeError
from stammkunde.core.log.store import Log
from stammkunde.core.standing import standings
from tests.app.calling import Run
from tests.app.daemon.acting import NEVER, Hand, new_home

DATA = Path(__file__).parents[2] / "data"
CALLS = DATA / "telephony" / "Master_newcdrcolumns_gmt.csv"
BOOK = DATA / "addressbook" / "book.vcf"
ORDERS = DATA / "shop" / "orders.csv"
DAY = "2026-11-02"


class Box:
    """A drop folder with its clock."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.clock = Hand()
        self.dropped = Dropped(home, self.clock)
        self.dropped.step(NEVER)

    @property
    def inbox(self) -> Path:
        return self.home.path / "inbox"

    def put(self, content: bytes, name: str) -> Path:
        path = self.inbox / name
        path.write_bytes(content)
        return path

    def step(self, seconds: float = QUIET_S) -> None:
        """See what is there now, and again when it was quiet for so long."""
        self.dropped.step(NEVER)
        self.clock.move(self.clock.now() + timedelta(seconds=seconds))
        self.dropped.step(NEVER)

    def restart(self) -> None:
        self.dropped = Dropped(self.home, self.clock)

    @property
    def waiting(self) -> list[str]:
        return sorted(path.name for path in self.inbox.iterdir())

    @property
    def done(self) -> list[str]:
        folder = self.home.path / "done"
        return sorted(
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        )

    @property
    def recorded(self) -> int:
        return sum(e.topic == "contact.recorded" for e in self.home.log.read(0, 100_000))

    @property
    def why(self) -> str:
        standing = standings(self.home.log).get(NAME)
        return "" if standing is None else Locale("en").say(standing.why)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with opened(new_home(tmp_path / "home")) as home:
        yield Box(home)


def test_a_file_is_recognised_imported_and_moved(box: Box) -> None:
    box.put(BOOK.read_bytes(), "Adressen.vcf")
    box.put(CALLS.read_bytes(), "Master.csv")
    box.step()
    assert box.recorded > 10
    assert (box.waiting, box.done) == ([], [f"{DAY}/Adressen.vcf", f"{DAY}/Master.csv"])
    assert box.why == ""
    assert {source.name for source in box.home.queries.sources(box.home.log)} == {
        "addressbook",
        "asterisk",
    }


def test_a_file_that_grows_is_left_alone_until_it_is_whole(box: Box) -> None:
    content = CALLS.read_bytes()
    path = box.put(content[:500], "Master.csv")
    for upto in (700, 900, len(content)):
        box.step(QUIET_S - 1)
        assert (box.recorded, box.done) == (0, [])
        path.write_bytes(content[:upto])
    box.step()
    assert box.done == [f"{DAY}/Master.csv"]


@pytest.mark.parametrize("name", [".Master.csv", "Master.csv.part", "Master.csv.crdownload"])
def test_what_a_program_still_writes_is_passed_over(box: Box, name: str) -> None:
    box.put(CALLS.read_bytes(), name)
    box.step()
    assert (box.waiting, box.why) == ([name], "")
    (box.inbox / name).rename(box.inbox / "Master.csv")
    box.step()
    assert box.done == [f"{DAY}/Master.csv"]


def test_what_nobody_recognises_stays_and_is_named_until_it_is_taken_away(box: Box) -> None:
    path = box.put(b"\x00\x01 nothing", "Anna Keller.bin")
    box.step()
    assert box.waiting == ["Anna Keller.bin"]
    assert box.why.startswith("Anna Keller.bin: no connector recognises it")
    (source,) = box.home.queries.sources(box.home.log)
    assert (source.name, source.state) == (NAME, "broken")
    assert [held.missing for held in source.holdings] == [("Anna Keller.bin",)]
    path.unlink()
    box.step()
    assert standings(box.home.log) == {}


def test_of_several_files_each_has_its_reason_in_the_reader_s_language(box: Box) -> None:
    for name in ("a.bin", "b.bin", "{c}.bin"):
        box.put(b"\x00 nothing", name)
    (box.inbox / "folder").mkdir()
    box.put(CALLS.read_bytes(), "z.csv")
    box.step()
    assert box.done == [f"{DAY}/z.csv"]
    assert [box.why.count(name) for name in ("a.bin:", "b.bin:", "{c}.bin:", "folder:")] == [1] * 4
    said = Locale("de").say(standings(box.home.log)[NAME].why)
    assert "folder: das ist keine Datei" in said


def test_what_several_connectors_take_for_theirs_is_named_with_them(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "recognise", lambda path: ["asterisk", "orders-csv"])
    box.put(CALLS.read_bytes(), "Master.csv")
    box.step()
    assert box.why.startswith("Master.csv: it may be of asterisk, orders-csv:")
    assert box.recorded == 0


def test_what_was_refused_is_tried_again_when_it_changes_and_not_before(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    recognise = registry.recognise

    def counting(path: Path) -> list[str]:
        asked.append(path.name)
        return recognise(path)

    monkeypatch.setattr(registry, "recognise", counting)
    path = box.put(b"\x00 nothing", "Master.csv")
    for _ in range(5):
        box.step()
    assert asked == ["Master.csv"]
    path.write_bytes(CALLS.read_bytes())
    box.step()
    assert box.done == [f"{DAY}/Master.csv"]
    assert box.why == ""


def test_new_settings_are_a_reason_to_try_again(box: Box) -> None:
    settings = box.home.path / "stammkunde.toml"
    table = '[[source]]\nname = "shop"\nconnector = "orders-csv"\npath = ["orders"]\norder = "{}"\ntime = "Bestelldatum"\n'
    table += 'quantity = "Menge"\nunit_price = "Einzelpreis"\n'
    settings.write_text(table.format("Auftrag"))
    box.home.reload()
    box.put(ORDERS.read_bytes(), "Orders.csv")
    box.step()
    assert "Auftrag" in box.why
    settings.write_text(table.format("Bestellnummer"))
    box.home.reload()
    box.dropped.again()
    box.dropped.step(NEVER)
    assert (box.why, box.done) == ("", [f"{DAY}/Orders.csv"])


def test_nothing_in_done_is_written_over(box: Box) -> None:
    for number in range(3):
        box.put(CALLS.read_bytes() if number else BOOK.read_bytes(), "Export.csv")
        box.step()
    assert box.done == [f"{DAY}/Export-2.csv", f"{DAY}/Export-3.csv", f"{DAY}/Export.csv"]
    assert (box.home.path / "done" / DAY / "Export.csv").read_bytes() == BOOK.read_bytes()


def test_links_lead_nowhere(box: Box, tmp_path: Path) -> None:
    outside = tmp_path / "Master.csv"
    outside.write_bytes(CALLS.read_bytes())
    (box.inbox / "Link.csv").symlink_to(outside)
    (box.inbox / "Folder").symlink_to(tmp_path)
    box.step()
    assert (box.recorded, box.done) == (0, [])
    assert box.waiting == ["Folder", "Link.csv"]
    assert box.why.count("it is no file") == 2
    assert outside.exists()


def test_a_name_that_no_terminal_shows_is_asked_to_be_another(box: Box) -> None:
    raw = os.fsencode(box.inbox) + b"/M\xe4rz\x1b[31m.csv"
    Path(os.fsdecode(raw)).write_bytes(CALLS.read_bytes())
    box.step()
    assert "give it another one" in box.why
    assert box.why.isprintable()


def test_what_grew_while_it_was_read_is_read_again_when_it_is_whole(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = CALLS.read_bytes()
    lines = content.splitlines(keepends=True)
    path = box.put(b"".join(lines[:3]), "Master.csv")

    def growing(*args: object, **options: object) -> object:
        found = read(*args, **options)  # type: ignore[arg-type]
        path.write_bytes(content)
        return found

    monkeypatch.setattr(f"{dropped.__name__}.read", growing)
    box.step()
    few = box.recorded
    assert box.waiting == ["Master.csv"]
    monkeypatch.setattr(f"{dropped.__name__}.read", read)
    box.step()
    assert box.recorded > few
    assert box.done == [f"{DAY}/Master.csv"]


class _Killed(BaseException):
    """As kill -9: nothing of ours runs any more."""


def _kill(*args: object) -> None:
    raise _Killed


@pytest.mark.parametrize("before", ["commit", "move"])
def test_whoever_is_killed_loses_and_doubles_nothing(
    box: Box, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(CALLS.read_bytes(), "Master.csv")
    with monkeypatch.context() as patched:
        if before == "move":
            patched.setattr(Path, "rename", _kill)
        else:
            patched.setattr(Log, "transaction", _kill)
        with pytest.raises(_Killed):
            box.step()
    assert (box.waiting, box.done) == (["Master.csv"], [])
    recorded = box.recorded
    assert (recorded > 0) == (before == "move")
    box.restart()
    box.step()
    assert box.done == [f"{DAY}/Master.csv"]
    assert box.recorded == (recorded or box.recorded) > 0


def test_who_is_told_to_stop_leaves_the_file_for_the_next_start(box: Box) -> None:
    box.put(CALLS.read_bytes(), "Master.csv")
    box.dropped.step(NEVER)
    box.clock.move(box.clock.now() + timedelta(seconds=QUIET_S))
    ended = threading.Event()
    ended.set()
    box.dropped.step(ended)
    assert (box.waiting, box.done, box.why) == (["Master.csv"], [], "")


def test_a_full_disk_is_not_the_file_s_fault(
    box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*args: object, **options: object) -> None:
        raise HomeError("the disk is full")

    box.put(CALLS.read_bytes(), "Keller.csv")
    with monkeypatch.context() as patched:
        patched.setattr(f"{dropped.__name__}.read", full)
        for _ in range(3):
            box.step(REST_S)
    assert box.why == ""
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    box.step(REST_S)
    assert box.done == [f"{DAY}/Keller.csv"]
    assert "Keller" not in caplog.text


def test_a_connector_that_fails_stops_no_other_file(
    box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recognise: Callable[[Path], list[str]] = registry.recognise

    def failing(path: Path) -> list[str]:
        if path.suffix == ".vcf":
            raise ZeroDivisionError("Anna Keller")
        return recognise(path)

    monkeypatch.setattr(registry, "recognise", failing)
    box.put(BOOK.read_bytes(), "a.vcf")
    box.put(CALLS.read_bytes(), "b.csv")
    box.step()
    assert box.done == [f"{DAY}/b.csv"]
    assert box.why.startswith("a.vcf: This is an error of the connector (ZeroDivisionError)")
    assert "Keller" not in caplog.text


def test_a_reason_stands_over_a_restart_and_is_shown_by_status(box: Box, run: Run) -> None:
    box.put(b"\x00 nothing", "Brief.bin")
    box.step()
    box.restart()
    box.dropped.step(NEVER)
    assert box.why.startswith("Brief.bin: ")
    shown = run(box.home.path, "--lang", "de", "status").out
    assert "inbox/: Brief.bin: kein Konnektor erkennt sie" in shown


def test_files_for_a_shop_that_is_read_live_are_read_as_files(box: Box) -> None:
    (box.home.path / "stammkunde.toml").write_text(
        '[[source]]\nname = "shop"\nconnector = "woocommerce"\nurl = "https://shop.example"\n'
        'key = { env = "K" }\nsecret = { env = "S" }\n'
    )
    box.home.reload()
    box.put((DATA / "shop" / "woocommerce" / "orders.json").read_bytes(), "orders.json")
    box.step()
    assert (box.why, box.done) == ("", [f"{DAY}/orders.json"])
    assert [source.name for source in box.home.queries.sources(box.home.log)] == ["shop"]


def test_a_running_daemon_takes_what_is_put_there(
    tmp_path: Path, start: Callable[..., subprocess.Popen[str]], run: Run
) -> None:
    home = new_home(tmp_path / "home")
    (home / "inbox").mkdir()
    (home / "inbox" / "Master.csv").write_bytes(CALLS.read_bytes())
    process = start(home, "run", "--only", "sources")
    deadline = time.monotonic() + 60
    while not list((home / "done").glob("*/Master.csv")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    process.terminate()
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "items of asterisk were read" in err
    assert "Master" not in err
    assert run(home, "verify").status == 0
