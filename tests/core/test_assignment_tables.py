"""Evidence in tables: nothing personal in clear, shared between processes, gone with a rollback; and its limits."""

import sqlite3
from pathlib import Path

import pytest

from stammkunde.core.assignment import (
    Assignment,
    Evidence,
    HandleUnassigned,
    IdentifierClassified,
    Observation,
)
from stammkunde.core.assignment.tables import SCHEMA, evidence_of
from stammkunde.core.contact import Identifier, Name
from stammkunde.core.crypto import Keys
from tests.core.world import StoredWorld, Told, World

KEYS = Keys(b"r" * 32)
X = Identifier("phone", "+41520000001")
MAIL = Identifier("mail", "kanarienvogel@kunden.example")
NAME = Name("Kanari", "Envogel", "Kanarienvogel AG")


def person(n: int) -> Told:
    """An order of somebody who also typed X."""
    word = "".join(chr(ord("a") + int(digit)) for digit in str(n))
    mail = Identifier("mail", f"{word}@kunden.example")
    return Told(n, "order", frozenset({X, mail}), Name(f"{word}a", f"{word}b"))


def opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(SCHEMA)
    return connection


def ids(prefix: str) -> Assignment:
    numbers = iter(range(1000))
    return Assignment(evidence_of(KEYS), lambda: f"{prefix}{next(numbers):04}")


def take(assignment: Assignment, n: int, identifiers: set[Identifier], name: Name | None) -> str:
    handle, _ = assignment.handle_for(identifiers, name)
    assert handle
    assignment.observe([Observation(f"c{n}", handle, n, relationship=True)])
    assignment.settle()
    return handle


def test_each_statement_of_the_schema_stands_alone() -> None:
    connection = sqlite3.connect(":memory:")
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    tables = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    ).fetchall()
    assert len(tables) == 10
    assert all("STRICT" in sql for _, sql in tables)


def test_no_table_holds_a_name_or_an_identifier_in_clear() -> None:
    world = StoredWorld()
    world.take(
        [
            Told(1, "order", frozenset({X, MAIL}), NAME),
            Told(2, "mail_out", frozenset({MAIL}), None, "t"),
            Told(3, "call", frozenset({X})),
        ]
    )
    customer = world.customer(1)
    assert customer
    world.assignment.link(X, customer)
    world.settle()
    dump = "\n".join(world.connection.iterdump()).encode()
    raw = world.connection.serialize()
    for secret in (b"kanari", b"envogel", b"+4152", b"41520000001"):
        assert secret not in raw.lower()
        assert secret not in dump.lower()
        assert secret.hex().encode() not in dump.lower()


def test_two_processes_see_each_others_evidence_after_a_drop(tmp_path: Path) -> None:
    one, two = ids("a"), ids("b")
    for n in range(4):
        assignment = (one, two)[n % 2]
        connection = opened(tmp_path / "log.db")
        assignment.evidence.attach(connection.cursor())
        assignment.evidence.drop()
        connection.execute("BEGIN IMMEDIATE")
        handle = take(assignment, n, {MAIL, X}, NAME)
        assignment.evidence.save()
        connection.execute("COMMIT")
        assert handle == "a0000"
        assert assignment.evidence.handle(handle).contacts == n + 1
        connection.close()


def test_a_rollback_leaves_nothing(tmp_path: Path) -> None:
    assignment, connection = ids("a"), opened(tmp_path / "log.db")
    assignment.evidence.attach(connection.cursor())
    connection.execute("BEGIN IMMEDIATE")
    take(assignment, 1, {MAIL}, NAME)
    assignment.evidence.save()
    connection.execute("ROLLBACK")
    assignment.evidence.drop()
    assert assignment.find(MAIL) is None
    assert assignment.settle() == []
    connection.close()


def test_what_is_kept_in_memory_is_bounded() -> None:
    world = StoredWorld(drop=False)
    for n in range(1, 60):
        world.take([person(n)])
    held = world.assignment.evidence
    assert max(len(cache._rows) for cache in (held._handles, held._identifiers)) <= 8
    assert len(world.partition()[0]) == 59


@pytest.mark.parametrize("kind", [World, StoredWorld])
def test_a_number_that_many_people_type_is_a_hub(kind: type[World]) -> None:
    """It links nobody, costs one decision, and counts again when those people are gone."""
    world = kind()
    one_name = [
        Told(n, "order", frozenset({X, Identifier("shop", f"s{n}:1")}), Name("Anna", "Meier"))
        for n in range(1, 53)
    ]
    world.take(one_name[:45])
    assert len(world.partition()[0]) == 1
    decided = world.take(one_name[45:])
    assert IdentifierClassified(X, "shared", "hub") in decided
    assert len(world.partition()[0]) == 52
    world.take(forget=one_name[45:])
    assert world.assignment.class_of(X) == "exclusive"
    assert len(world.partition()[0]) == 1


def test_one_more_person_at_a_hub_is_a_matter_of_his_own() -> None:
    world = World()
    world.take([Told(1000, "call", frozenset({X})), *(person(n) for n in range(1, 400))])
    asked: list[str] = []
    evidence = world.assignment.evidence
    ask = evidence.handle
    evidence.handle = lambda handle: asked.append(handle) or ask(handle)  # type: ignore
    decided = world.take([person(400)])
    assert not any(isinstance(one, HandleUnassigned) for one in decided)
    assert len(asked) < 60


def test_evidence_without_a_backing_is_all_in_memory() -> None:
    evidence = Evidence()
    assignment = Assignment(evidence, iter(map(str, range(9))).__next__)
    take(assignment, 1, {MAIL}, NAME)
    evidence.save()
    assert assignment.find(MAIL) is not None
