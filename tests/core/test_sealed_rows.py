"""A sealed value of a side table stands for its own row: put into another one it is refused, not believed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stammkunde.core.assignment.tables import SqliteBacking
from stammkunde.core.batch import Batch, Rejected
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.decisions import Decisions
from stammkunde.core.errors import KeyStoreError
from stammkunde.core.feed import Source
from stammkunde.core.intake import Intake
from stammkunde.core.quarantine import Quarantine
from tests.core.samples import entry, mail, open_intake

ONE, TWO = (
    Source(name=name, connector="mailbox", settings=name.encode()) for name in ("one", "two")
)


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    """Two sources with a cursor, a memory and a quarantined item each, and a person's links to two customers."""
    intake = open_intake(tmp_path)
    decisions = Decisions(intake)
    for n, source in enumerate((ONE, TWO)):
        address = Identifier("mail", f"k{n}@voliere.example")
        feed = intake.open(source, advance=True)
        feed.record(
            Batch(
                contacts=(entry(n, Name(f"Anna{n}", "Vogel"), address),),
                rejected=(Rejected("cut", f"raw {n}".encode(), f"line {n}"),),
                cursor=f"cursor {n}",
                remember={"order 1": b"a", "order 2": b"b"},
            )
        )
        with intake.transaction():
            customer = intake.assignment.find(address)
        assert customer
        decisions.link(Identifier("phone", f"+4144999887{n}"), customer)
    return intake


def swap(intake: Intake, table: str, column: str) -> None:
    """Exchange a column's first two values, as somebody with write access to the file can."""
    with intake.log.store.writing() as cursor:
        key = "hash" if table.endswith("identifiers") else "key" if table == "memory" else "rowid"
        where = {"memory": "system = 'one'"}.get(table, f"{column} IS NOT NULL")
        rows = cursor.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {where} ORDER BY {key}"
        ).fetchall()[:2]
        for (one, _), (_, value) in zip(rows, rows[::-1], strict=True):
            extra = " AND system = 'one'" if table == "memory" else ""
            cursor.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?{extra}", (value, one))


def cursor(intake: Intake) -> object:
    return intake.open(ONE, advance=True).cursor


def settings(intake: Intake) -> object:
    return Quarantine(intake.log).settings("one")[-1]


def memory(intake: Intake) -> object:
    return intake.open(ONE).memory.get("order 1")


def other_system(intake: Intake) -> object:
    return intake.open(TWO).memory.get("order 1")


def item(intake: Intake) -> object:
    return Quarantine(intake.log).item(1).raw


def items(intake: Intake) -> object:
    return [entry.reference for entry in Quarantine(intake.log).entries()]


def backing(intake: Intake, ask: Callable[[SqliteBacking], object]) -> object:
    keys = intake.log.keys.keys
    tables = SqliteBacking(keys.index, keys.seal.seal, keys.seal.unseal)
    with intake.log.store.reading() as reading:
        tables.attach(reading)
        return ask(tables)


CASES: dict[str, tuple[str, str, Callable[[Intake], object], object]] = {
    "cursor": ("sources", "cursor", cursor, "cursor 0"),
    "settings": ("sources", "settings", settings, b"one"),
    "memory": ("memory", "value", memory, b"a"),
    "item": ("quarantine", "sealed", item, b"raw 0"),
    "items": ("quarantine", "sealed", items, ["line 0", "line 1"]),
}


@pytest.mark.parametrize(("table", "column", "read", "right"), CASES.values(), ids=CASES)
def test_a_value_of_another_row_is_refused(
    intake: Intake, table: str, column: str, read: Callable[[Intake], object], right: object
) -> None:
    assert read(intake) == right
    swap(intake, table, column)
    with pytest.raises(KeyStoreError, match=r"can't be opened: .*log\.db was altered"):
        read(intake)


def test_a_memory_of_another_system_is_refused(intake: Intake) -> None:
    with intake.log.store.writing() as writing:
        writing.execute(
            "UPDATE memory SET value = (SELECT value FROM memory m WHERE m.system = 'one' AND m.key = memory.key)"
            " WHERE system = 'two'"
        )
    assert memory(intake) == b"a"
    with pytest.raises(KeyStoreError, match="remembered of “two”"):
        other_system(intake)


def test_a_handle_with_the_identifiers_of_another_is_refused(
    intake: Intake, tmp_path: Path
) -> None:
    swap(intake, "assignment_handles", "sealed")
    again = open_intake(tmp_path)  # what was in memory is gone
    with pytest.raises(KeyStoreError, match="evidence of an assignment"):
        again.open(ONE).record_one(mail(9, "k0@voliere.example"))


def test_an_identifier_of_another_customer_is_refused(intake: Intake, tmp_path: Path) -> None:
    with intake.log.store.reading() as reading:
        owners = [
            row[0]
            for row in reading.execute(
                "SELECT owner FROM assignment_identifiers WHERE owner IS NOT NULL"
            )
        ]
    assert len(owners) == 2
    decisions = Decisions(open_intake(tmp_path))
    swap(intake, "assignment_identifiers", "sealed")
    with pytest.raises(KeyStoreError, match="evidence of an assignment"):
        decisions.merge(owners[0], owners[1])
