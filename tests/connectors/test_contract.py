"""The contract catches what it is for: a healthy connector passes, each faulty one fails the test named beside it."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import entry_points
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from stammkunde.connectors.contract import COMPANY, DictMemory, flaws, read
from stammkunde.connectors.interface import Batch, ConnectorError, Context, Memory, Rejected
from stammkunde.core.contact import Contact, Identifier, Item, Line, Money
from tests.connectors.contracted import failures

AT = datetime(2024, 1, 1, tzinfo=UTC)


def letter(key: str = "a", **facts: Any) -> Contact:
    return Contact(
        **{"item": Item(key), "channel": "letter", "kind": "letter", "occurred_at": AT, **facts}
    )


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: tuple[str, ...]


class ThawedSettings(msgspec.Struct):
    path: tuple[str, ...]


class Letters:
    """One letter a line, its cursor the number of lines read."""

    Settings: ClassVar[type[msgspec.Struct]] = Settings
    batch = 1000

    def __init__(self, settings: msgspec.Struct, context: Context) -> None:
        self.path = Path(settings.path[0])  # type: ignore[attr-defined]

    def check(self) -> None:
        if not self.path.is_file():
            raise ConnectorError("path: {path} is not there; put the file there.", path=self.path)

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        self.check()
        lines = self.path.read_bytes().splitlines()
        for start in range(int(cursor or 0), len(lines), self.batch):
            yield self.batch_of(lines[start : start + self.batch], start)

    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        good = [line for line in lines if line.isalnum()]
        return Batch(
            contacts=tuple(letter(line.decode("ascii")) for line in good),
            rejected=tuple(
                Rejected("This is no word.", line) for line in lines if line not in good
            ),
            cursor=str(start + len(lines)),
        )

    @staticmethod
    def recognises(path: Path) -> bool:
        return path.is_file() and path.read_bytes().startswith(b"letters\n")

    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        return msgspec.structs.replace(self.batch_of([rejected.raw], 0), cursor=None)


class Thawed(Letters):
    Settings = ThawedSettings


class Blind(Letters):
    def check(self) -> None:
        pass


class Guarded(Letters):
    def check(self) -> None:
        raise ConnectorError("path: absent")


class Naive(Letters):
    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        contacts = tuple(letter(line.decode(), occurred_at=datetime(2024, 1, 1)) for line in lines)  # noqa: DTZ001
        return Batch(contacts=contacts, cursor=str(start + len(lines)))


class Divided(Letters):
    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        contacts = tuple(
            letter("one", channel="mail", party=f"{line.decode()}@b.example") for line in lines
        )
        return Batch(contacts=contacts, cursor=str(start + len(lines)))


class Contradicting(Letters):
    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        contacts = tuple(letter("one", text=line.decode()) for line in lines)
        return Batch(contacts=contacts, cursor=str(start + len(lines)))


class Aimless(Letters):
    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        return msgspec.structs.replace(super().batch_of(lines, start), cursor=None)


class Talkative(Letters):
    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        batch = super().batch_of(lines, start)
        return msgspec.structs.replace(batch, ignored={"from anna@meier.example": 1})


class Random(Letters):
    numbers: ClassVar = count()

    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        contacts = tuple(letter(f"{line.decode()}{next(self.numbers)}") for line in lines)
        return Batch(contacts=contacts, cursor=str(start + len(lines)))


class Stateful(Letters):
    done = False

    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        if not self.done:
            self.done = True
            yield from super().fetch(cursor, memory)


class Forgetful(Letters):
    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        for batch in super().fetch(None, memory):
            changed = tuple(
                msgspec.structs.replace(contact, text=cursor or "") for contact in batch.contacts
            )
            yield msgspec.structs.replace(batch, contacts=changed)


class Hasty(Letters):
    """Its cursor runs one line ahead of what was committed."""

    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        batch = super().batch_of(lines, start)
        return msgspec.structs.replace(batch, cursor=str(start + len(lines) + 1))


class Shortened(Letters):
    """The last, smaller batch is lost."""

    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        batch = super().batch_of(lines, start)
        return batch if len(lines) == self.batch or not start else Batch(cursor=batch.cursor)


class Locking(Letters):
    def fetch(self, cursor: str | None, memory: Memory) -> Iterator[Batch]:
        yield from super().fetch(cursor, memory)
        self.path.with_suffix(".lock").write_bytes(b"")


class Fragile(Letters):
    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        for line in lines:
            line.decode("ascii")
        return super().batch_of(lines, start)


class Greedy(Letters):
    @staticmethod
    def recognises(path: Path) -> bool:
        return path.is_file()


class Shy(Letters):
    @staticmethod
    def recognises(path: Path) -> bool:
        return False


class Lossy(Letters):
    def batch_of(self, lines: Sequence[bytes], start: int) -> Batch:
        return msgspec.structs.replace(super().batch_of(lines, start), rejected=())


class Curt(Letters):
    def check(self) -> None:
        if not self.path.is_file():
            raise ConnectorError("There is nothing.")


class Wordy(Letters):
    def check(self) -> None:
        if not self.path.is_file():
            raise ConnectorError(f"path: {self.path} is not there.")


class Resigned(Letters):
    def retry(self, rejected: Rejected, memory: Memory) -> Batch:
        return Batch()


def test_a_healthy_connector_passes(tmp_path: Path) -> None:
    assert failures(Letters, tmp_path) == set()


@pytest.mark.parametrize(
    ("kind", "fails"),
    [
        (Thawed, "settings_are_frozen_and_refuse_unknown_keys"),
        (Blind, "a_missing_file_is_named_with_its_setting"),
        (Blind, "an_error_names_the_setting"),
        (Curt, "an_error_names_the_setting"),
        (Wordy, "an_error_is_a_template_and_its_values"),
        (Guarded, "check_passes_on_the_sample"),
        (Naive, "contacts_are_well_formed"),
        (Divided, "all_contacts_of_an_item_come_in_one_batch"),
        (Contradicting, "a_batch_names_an_item_and_its_party_once"),
        (Aimless, "cursor_memory_and_counts_have_their_shape"),
        (Talkative, "reasons_name_nobody"),
        (Random, "reading_twice_gives_the_same"),
        (Stateful, "one_connector_can_fetch_again"),
        (Forgetful, "after_the_last_cursor_nothing_is_new"),
        (Shortened, "the_size_of_batches_does_not_matter"),
        (Hasty, "interrupted_anywhere_nothing_is_lost"),
        (Blind, "fetching_a_missing_file_is_a_connector_error"),
        (Locking, "the_source_is_left_as_it_was"),
        (Shy, "recognises_its_sample"),
        (Greedy, "recognises_nothing_else"),
        (Fragile, "a_garbled_file_rejects_at_worst"),
        (Lossy, "a_broken_item_is_rejected_with_its_bytes_and_the_rest_goes_on"),
        (Resigned, "a_still_broken_item_is_rejected_once_more"),
    ],
)
def test_a_fault_is_found(kind: type[Any], fails: str, tmp_path: Path) -> None:
    assert fails in failures(kind, tmp_path)


@pytest.mark.parametrize(
    ("facts", "flaw"),
    [
        ({}, ""),
        ({"item": Item("")}, "has no key"),
        ({"item": Item("a\0b")}, "NUL"),
        ({"item": Item("a", -1)}, "48 bits"),
        ({"channel": "pigeon"}, "channel"),
        ({"kind": "telegram"}, "kind"),
        ({"channel": "mail", "party": "Anna@B.example"}, "mail's party"),
        ({"party": "anna@b.example"}, "by party"),
        ({"direction": "up"}, "type"),
        ({"occurred_at": datetime(2024, 1, 1)}, "offset"),  # noqa: DTZ001
        ({"outcome": "answered"}, "only calls"),
        ({"kind": "call", "channel": "phone", "outcome": "answered"}, ""),
        ({"duration_s": -1}, "negative"),
        ({"duration_s": 1.5}, "type"),
        ({"identifiers": (Identifier("mail", "Anna@b.example"),)}, "normal form"),
        ({"identifiers": (Identifier("phone", "0445550000"),)}, "normal form"),
        ({"identifiers": (Identifier("phone", "+41445550000"),)}, ""),
        ({"identifiers": (Identifier("shop", "1000"),)}, "normal form"),
        ({"identifiers": (Identifier("shop", "shop:1000"),) * 2}, "twice"),
        ({"money": Money(Decimal(1), "CHF")}, "only orders"),
        ({"kind": "order_placed", "money": Money(Decimal(1), "Fr.")}, "currency"),
        ({"kind": "order_placed", "money": Money(Decimal("NaN"), "CHF")}, "Decimal"),
        ({"kind": "order_placed", "lines": (Line("a", Decimal(1), 1.5),)}, "Decimal"),  # type: ignore[arg-type]
        ({"kind": "order_placed", "money": Money(Decimal("1.10"), "CHF", Decimal(1))}, ""),
        ({"attributes": {"": "x"}}, "no name"),
        ({"attributes": {"age": 7}}, "type"),
        ({"text": "\ud800"}, "type"),
    ],
)
def test_flaws_are_named(facts: dict[str, Any], flaw: str) -> None:
    found = flaws(letter(**facts))
    assert any(flaw in one for one in found) if flaw else found == []


def test_memory_changes_by_committing_alone() -> None:
    memory = DictMemory()
    memory.commit(Batch(remember={"a": b"1", "b": b"2"}))
    memory.commit(Batch(remember={"a": None}))
    assert (memory.get("a"), memory.get("b")) == (None, b"2")


def test_an_interrupted_reading_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.write_bytes(b"one\ntwo\nthree\n")
    connector = Letters(Settings((str(path),)), Context(source="a", company=COMPANY))
    connector.batch = 1
    first = read(connector, batches=2)
    assert [contact.item.key for contact in read(connector, first).contacts] == ["three"]


def test_the_plugin_for_pytest_loads_nothing_of_ours() -> None:
    """Every run of pytest loads it where Stammkunde is installed."""
    code = (
        "import sys, stammkunde.connectors.pytest_plugin;"
        "print(*sorted(m for m in sys.modules if m.startswith('stammkunde.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["stammkunde.connectors", "stammkunde.connectors.pytest_plugin"]
    (offered,) = entry_points(group="pytest11", name="stammkunde")
    assert offered.module == "stammkunde.connectors.pytest_plugin"
