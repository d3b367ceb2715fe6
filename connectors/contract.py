"""The contract of every connector, as tests to inherit; reading it is learning how to write one.

```python
class TestPaperTrail(FileContract):
    kind = PaperTrail
    sample = DATA / "two-letters.paper"
    broken = DATA / "one-of-two-unreadable.paper"
    foreign = (DATA / "a-vcard.vcf",)
    settings = {"timezone": "Europe/Zurich"}
```

`FileContract` is for connectors that read files, `ConnectorContract` alone for all others. The samples are small and
made up. A connector has an attribute `batch`, the contacts in a batch (default `interface.BATCH`): the contract makes
it small, so that a small sample comes in many batches and reading can be interrupted between any two of them.
"""

# ruff: noqa: D102, S101, S311 (tests: their names say what they check, by assert, with fixed noise)

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import msgspec
import pytest

from stammkunde.connectors.flaws import flaws
from stammkunde.connectors.interface import Batch, Connector, ConnectorError, Context, Rejected
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Item

__all__ = ["COMPANY", "ConnectorContract", "DictMemory", "FileContract", "Reading", "flaws", "read"]

COMPANY = Company(
    name="Muster Velo AG",
    addresses=("info@muster-velo.example",),
    domains=("muster-velo.example",),
    numbers=("+41521234500",),
)
"""The company that the connectors under test work for."""

Connect: TypeAlias = Callable[[], Connector]

_PERSONAL = re.compile(r"@|\d{5,}")


class DictMemory:
    """What the core keeps for a connector: changed only by committing a batch."""

    def __init__(self) -> None:
        """Nothing remembered yet."""
        self.values: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """The value last remembered under `key`, or None."""
        return self.values.get(key)

    def commit(self, batch: Batch) -> None:
        """Take over what a batch remembers and forgets."""
        for key, value in batch.remember.items():
            if value is None:
                self.values.pop(key, None)
            else:
                self.values[key] = value


class Reading(msgspec.Struct):
    """What one or several calls of `fetch` gave, each batch committed as the core does it."""

    batches: list[Batch]
    cursor: str | None
    memory: DictMemory

    @property
    def contacts(self) -> list[Contact]:
        """All contacts in the order in which they came."""
        return [contact for batch in self.batches for contact in batch.contacts]

    @property
    def rejected(self) -> list[Rejected]:
        """All rejected items in the order in which they came."""
        return [item for batch in self.batches for item in batch.rejected]

    @property
    def ignored(self) -> dict[str, int]:
        """How many items were ignored, by reason."""
        total: dict[str, int] = {}
        for reason, count in chain.from_iterable(b.ignored.items() for b in self.batches):
            total[reason] = total.get(reason, 0) + count
        return total

    @property
    def withdrawn(self) -> list[Item]:
        """All items that concern nobody any more."""
        return [item for batch in self.batches for item in batch.withdrawn]

    @property
    def latest(self) -> dict[tuple[Item, str], Contact]:
        """The last word on each item and party."""
        return {
            (contact.item, contact.party): msgspec.structs.replace(contact, revises=False)
            for contact in self.contacts
        }


def read(connector: Connector, after: Reading | None = None, batches: int | None = None) -> Reading:
    """Fetch everything, or that many `batches` and then stop as if killed, from where `after` left off.

    The result holds the new batches alone; `after` is not changed.
    """
    memory = DictMemory()
    if after is not None:
        memory.values = dict(after.memory.values)
    reading = Reading([], after.cursor if after else None, memory)
    for batch in connector.fetch(reading.cursor, memory):
        if len(reading.batches) == batches:
            break
        memory.commit(batch)
        reading.cursor = batch.cursor if batch.cursor is not None else reading.cursor
        reading.batches.append(batch)
    return reading


class ConnectorContract:
    """What holds for every source. A subclass names its connector and overrides the fixture `connect`."""

    kind: ClassVar[type[Connector]]
    """The connector under test."""

    @pytest.fixture
    def connect(self) -> Connect:
        """Gives a new connector for one and the same sample source, each time it is called."""
        raise NotImplementedError("override the fixture `connect`")

    @pytest.fixture
    def stepwise(self, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> Connect:
        """The same in very small batches."""

        def make() -> Connector:
            connector = connect()
            monkeypatch.setattr(connector, "batch", 2)
            return connector

        return make

    def test_settings_are_frozen_and_refuse_unknown_keys(self) -> None:
        config = self.kind.Settings.__struct_config__
        assert config.frozen
        assert config.forbid_unknown_fields

    def test_check_passes_on_the_sample(self, connect: Connect) -> None:
        connect().check()

    def test_contacts_are_well_formed(self, connect: Connect) -> None:
        contacts = read(connect()).contacts
        assert contacts
        assert {flaw for contact in contacts for flaw in flaws(contact)} == set()

    def test_a_batch_names_an_item_and_its_party_once(self, stepwise: Connect) -> None:
        """Or gives the very same facts again: a second sighting, which the core counts as a duplicate."""
        for batch in read(stepwise()).batches:
            seen: dict[tuple[Item, str], Contact] = {}
            for contact in batch.contacts:
                contact = msgspec.structs.replace(contact, reference="")  # noqa: PLW2901
                assert seen.setdefault((contact.item, contact.party), contact) == contact

    def test_all_contacts_of_an_item_come_in_one_batch(self, stepwise: Connect) -> None:
        """In another batch the item may come again as a whole, or revised, never the rest of it."""
        known: dict[Item, set[str]] = {}
        for batch in read(stepwise()).batches:
            parties: dict[Item, set[str]] = {}
            for contact in batch.contacts:
                parties.setdefault(contact.item, set()).add(contact.party)
            revised = {contact.item for contact in batch.contacts if contact.revises}
            for item in parties.keys() - revised:
                assert known.setdefault(item, parties[item]) == parties[item]

    def test_cursor_memory_and_counts_have_their_shape(self, stepwise: Connect) -> None:
        batches = read(stepwise()).batches
        assert any(batch.cursor is not None for batch in batches)
        for batch in batches:
            assert batch.cursor is None or isinstance(batch.cursor, str)
            assert all(isinstance(key, str) for key in batch.remember)
            assert all(
                value is None or isinstance(value, bytes) for value in batch.remember.values()
            )
            assert all(count > 0 for count in batch.ignored.values())
            assert batch.progress is None or 0 <= batch.progress <= 1

    def test_reasons_name_nobody(self, connect: Connect) -> None:
        reading = read(connect())
        _assert_anonymous(*reading.ignored, *(item.reason for item in reading.rejected))

    def test_reading_twice_gives_the_same(self, connect: Connect) -> None:
        first, second = read(connect()), read(connect())
        assert first.contacts == second.contacts
        assert first.rejected == second.rejected
        assert first.ignored == second.ignored
        assert first.cursor == second.cursor

    def test_one_connector_can_fetch_again(self, connect: Connect) -> None:
        """What it has read lies in cursor and memory alone, never in the object."""
        connector = connect()
        assert read(connector).contacts == read(connector).contacts

    def test_after_the_last_cursor_nothing_is_new(self, connect: Connect) -> None:
        first = read(connect())
        second = read(connect(), first)
        assert [key for key, now in second.latest.items() if first.latest.get(key) != now] == []
        assert second.withdrawn == []

    def test_the_size_of_batches_does_not_matter(self, connect: Connect, stepwise: Connect) -> None:
        whole, steps = read(connect()), read(stepwise())
        assert steps.latest == whole.latest
        assert steps.rejected == whole.rejected
        assert steps.ignored == whole.ignored

    def test_interrupted_anywhere_nothing_is_lost(self, stepwise: Connect) -> None:
        """Killed after any batch and started again with what was committed: the same items and facts."""
        whole = read(stepwise())
        assert len(whole.batches) > 1, "the sample must come in several batches of `batch` contacts"
        for count in range(len(whole.batches)):
            killed = read(stepwise(), batches=count)
            rest = read(stepwise(), killed)
            assert {**killed.latest, **rest.latest} == whole.latest
            assert set(_raw(killed) + _raw(rest)) == set(_raw(whole))


def _raw(reading: Reading) -> list[tuple[str, bytes]]:
    return [(item.reason, item.raw) for item in reading.rejected]


def _assert_anonymous(*reasons: str) -> None:
    for reason in reasons:
        assert reason
        assert len(reason) <= 200
        assert not _PERSONAL.search(reason)


class FileContract(ConnectorContract):
    """What holds besides for a connector that reads files: it has a setting `path`, and `recognises`."""

    sample: ClassVar[Path]
    """A file or folder that is read without a flaw and gives at least three contacts."""
    broken: ClassVar[Path | None] = None
    """One in which at least one item can't be read and at least one can."""
    foreign: ClassVar[tuple[Path, ...]] = ()
    """Samples of other connectors, which this one must not take for its own."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """Settings that the sample needs, besides `path`."""

    def connector(self, *paths: Path) -> Connector:
        """A connector for those paths, its settings validated as they are when they come from the file."""
        table = {"path": [str(path) for path in paths], **self.settings}
        settings = msgspec.convert(table, self.kind.Settings)
        return self.kind(settings, Context(source="sample", company=COMPANY))

    @pytest.fixture
    def copied(self, tmp_path: Path) -> Path:
        """A copy of the sample that a test may change."""
        return _copy(self.sample, tmp_path / "copied")

    @pytest.fixture
    def connect(self, copied: Path) -> Connect:
        """A new connector for the copied sample."""
        return lambda: self.connector(copied)

    def test_a_missing_file_is_named_with_its_setting(self, tmp_path: Path) -> None:
        connector = self.connector(tmp_path / "absent")
        with pytest.raises(ConnectorError, match=r"path.*absent|absent.*path"):
            connector.check()

    def test_fetching_a_missing_file_is_a_connector_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConnectorError):
            read(self.connector(tmp_path / "absent"))

    def test_the_source_is_left_as_it_was(self, copied: Path) -> None:
        before = _state(copied)
        read(self.connector(copied))
        assert _state(copied) == before

    def test_recognises_its_sample(self, copied: Path) -> None:
        assert self._recognises(copied)

    def test_recognises_nothing_else(self, tmp_path: Path) -> None:
        noise = random.Random(1)
        for number, content in enumerate(
            (b"", b"\0" * 512, b"a\n", *map(noise.randbytes, (5, 4096)))
        ):
            path = tmp_path / f"{number}.dat"
            path.write_bytes(content)
            assert not self._recognises(path)
        assert not self._recognises(tmp_path / "absent")
        assert [path for path in self.foreign if self._recognises(path)] == []

    def test_a_cut_file_rejects_at_worst(self, copied: Path) -> None:
        whole = _largest(copied)
        content = whole.read_bytes()
        for cut in {len(content) * step // 16 for step in range(17)} | {len(content) - 1}:
            whole.write_bytes(content[:cut])
            self._assert_survives(copied)

    def test_a_garbled_file_rejects_at_worst(self, copied: Path) -> None:
        noise = random.Random(2)
        file = _largest(copied)
        content = file.read_bytes()
        for _ in range(24):
            garbled = bytearray(content)
            for _ in range(noise.randint(1, 8)):
                garbled[noise.randrange(len(garbled))] = noise.randrange(256)
            file.write_bytes(garbled)
            self._assert_survives(copied)

    def test_a_broken_item_is_rejected_with_its_bytes_and_the_rest_goes_on(self) -> None:
        if self.broken is None:
            return
        reading = read(self.connector(self.broken))
        assert reading.contacts
        assert reading.rejected
        assert all(isinstance(item.raw, bytes) and item.raw for item in reading.rejected)
        _assert_anonymous(*(item.reason for item in reading.rejected))

    def test_a_still_broken_item_is_rejected_once_more(self) -> None:
        retry = getattr(self.kind, "retry", None)
        if self.broken is None or retry is None:
            return
        connector = self.connector(self.broken)
        reading = read(connector)
        for item in reading.rejected:
            batch: Batch = retry(connector, item, reading.memory)
            assert [(again.reason, again.raw) for again in batch.rejected] == [
                (item.reason, item.raw)
            ]
            assert batch.cursor is None, "a retry leaves the cursor alone"

    def _recognises(self, path: Path) -> bool:
        recognises: Callable[[Path], bool] = self.kind.recognises  # type: ignore[attr-defined]
        return recognises(path)

    def _assert_survives(self, path: Path) -> None:
        try:
            reading = read(self.connector(path))
        except ConnectorError:
            return
        assert {flaw for contact in reading.contacts for flaw in flaws(contact)} == set()
        _assert_anonymous(*reading.ignored, *(item.reason for item in reading.rejected))


def _copy(source: Path, target: Path) -> Path:
    target.mkdir()
    target = target / source.name
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)
    return target


def _files(path: Path) -> list[Path]:
    return sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def _largest(path: Path) -> Path:
    return max(_files(path), key=lambda file: (file.stat().st_size, file))


def _state(path: Path) -> dict[Path, tuple[bytes, int]]:
    """Content and time of change of every file, lock files and the like included."""
    folder = path if path.is_dir() else path.parent
    return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in _files(folder)}
