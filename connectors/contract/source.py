"""What holds for every source, whatever it is."""

# ruff: noqa: D102, S101 (tests: their names say what they check, by assert)

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import msgspec
import pytest

from stammkunde.connectors.contract.live import LiveContract
from stammkunde.connectors.contract.made import Connect, Made, noting
from stammkunde.connectors.contract.reading import Reading, nobody_is_named, read
from stammkunde.connectors.flaws import flaws
from stammkunde.connectors.interface import Connector, ConnectorError
from stammkunde.core.contact import Contact, Item


class ConnectorContract(LiveContract):
    """What holds for every source. A subclass names its connector and overrides the fixture `connect`."""

    kind: ClassVar[type[Connector]]
    """The connector under test."""

    @pytest.fixture
    def connect(self) -> Connect:
        """Gives a new connector for one and the same sample source, each time it is called."""
        raise NotImplementedError("override the fixture `connect`")

    @pytest.fixture
    def wrong(self) -> Mapping[str, Connect]:
        """Override it: connectors with one wrong setting each, by its name, that `check` must complain of."""
        return {}

    @pytest.fixture(autouse=True)
    def made(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
        """All connectors that the test makes; they are closed at its end."""
        made = noting(self.kind, monkeypatch)
        yield made
        made.close()

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

    def test_an_error_names_the_setting(self, wrong: Mapping[str, Connect]) -> None:
        for setting, connect in wrong.items():
            with pytest.raises(ConnectorError) as refused:
                connect().check()
            assert setting in str(refused.value)

    def test_an_error_is_a_template_and_its_values(
        self, wrong: Mapping[str, Connect], made: Made
    ) -> None:
        """`ConnectorError("path: {path} is not there.", path=path)`: so it is logged without what the value says."""
        for connect in wrong.values():
            with pytest.raises(ConnectorError) as refused:
                connect().check()
            written_out = [text for text in made.texts if text in refused.value.template]
            assert written_out == [], "give it as a {place} and a value"

    def test_secrets_are_shown_nowhere(
        self,
        connect: Connect,
        wrong: Mapping[str, Connect],
        made: Made,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Not by `repr`, which logs and error reports show, nor by an error, a log line or a batch."""
        caplog.set_level(0)
        shown = [repr(read(connect()).batches)]
        for other in wrong.values():
            with pytest.raises(ConnectorError) as refused:
                other().check()
            shown += [str(refused.value), repr(refused.value), repr(refused.value.values)]
        shown += [caplog.text, *map(repr, made.connectors), *map(repr, made.settings)]
        leaks = [text for text in shown if any(secret in text for secret in made.secrets)]
        assert leaks == [], "`Settings` with secrets derive from `interface.Discreet`"

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
        assert nobody_is_named(*reading.ignored, *(item.reason for item in reading.rejected))

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
