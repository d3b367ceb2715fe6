"""What holds for every company at every time, over a made-up one from its files to its figures."""

import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle
from pathlib import Path

import pytest
from msgspec.structs import replace

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.demo.world import play
from stammkunde.connectors.interface import Batch
from stammkunde.projections import schema
from stammkunde.projections.figures import tables
from stammkunde.projections.figures.definitions import FIGURES
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.schema import Table
from tests.homes import Command
from tests.system.desks import Picture, picture

SEEDS = (2, 3, 4)
WHOLE = Period(date(2025, 1, 1), date(2028, 1, 1))
ODD = (1, 7, 2, 13, 3)


@pytest.fixture(scope="module", params=SEEDS)
def command(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Command:
    home = tmp_path_factory.mktemp("company")
    play(request.param).write(home)
    command = Command(home)
    command.ask("sync")
    return command


# ---- figures


def test_the_list_behind_each_figure_is_as_long_as_its_numerator(command: Command) -> None:
    with command.opened() as home:
        for part in (WHOLE, *WHOLE.cut("month")):
            for code in FIGURES:
                behind = home.queries.who(code, part)
                answers = home.queries.figures(part, codes=[code])
                assert len(behind) == sum(answer.numerator or 0 for answer in answers), (code, part)


def test_parts_are_the_figures_of_their_periods(command: Command) -> None:
    with command.opened() as home:
        for grain in ("week", "month", "quarter", "year"):
            together = home.queries.figures(WHOLE, grain=grain)
            alone = [a for part in WHOLE.cut(grain) for a in home.queries.figures(part)]
            assert {*map(repr, together)} == {*map(repr, alone)}  # what is of now has no period


def test_the_balance_of_the_base_closes_every_month(command: Command) -> None:
    with command.opened() as home:
        opening = 0
        for month in WHOLE.cut("month"):
            found = {answer.code: answer.numerator or 0 for answer in home.queries.figures(month)}
            closing = opening + found["new"] + found["won_back"] - found["churned"]
            assert closing == found["active"]
            assert found["customers"] == found["active"] + found["dormant"] + found["lost"]
            opening = closing
        assert found["customers"] > 50


# ---- however it was read


def cut(batch: Batch, sizes: Iterator[int]) -> Iterator[Batch]:
    """The same in portions of items; what comes with the batch comes with its last portion."""
    items: dict[str, list[object]] = {}
    for contact in batch.contacts:
        items.setdefault(contact.item.key, []).append(contact)
    rest = list(items.values())
    while len(rest) > (size := next(sizes)):
        yield Batch(contacts=tuple(c for item in rest[:size] for c in item))  # type: ignore[misc]
        rest = rest[size:]
    yield replace(batch, contacts=tuple(c for item in rest for c in item))


def read_oddly(home: Home, names: Sequence[str]) -> None:
    sizes = cycle(ODD)
    for table in home.configured(names):
        feed = home.intake.open(home.source(table), advance=True)
        for batch in home.connector(table).fetch(None, feed.memory):
            for n, part in enumerate(cut(batch, sizes)):
                feed.record(part)
                if n % 10 == 0:
                    home.catch_up()
        feed.finish()


def shown(home: Home) -> Picture:
    home.catch_up()
    return picture(home, WHOLE)


@pytest.mark.parametrize(
    "names",
    [("addresses", "shop", "phone", "info"), ("phone", "info", "addresses", "shop")],
    ids="-".join,
)
def test_neither_batches_nor_the_order_of_sources_matter(
    command: Command, names: Sequence[str], tmp_path: Path
) -> None:
    with command.opened() as home:
        expected = shown(home)
    for file in command.home.iterdir():
        if file.suffix in (".mbox", ".csv", ".json", ".vcf", ".toml"):
            shutil.copy(file, tmp_path)
    Command(tmp_path)
    with opened(tmp_path) as home:
        read_oddly(home, names)
        assert shown(home) == expected
        assert home.check_views() == []


# ---- an altered row

ALTERED = [*schema.TABLES, *tables.TABLES]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A company with a row in every table that events alone fill."""
    home = tmp_path_factory.mktemp("full")
    play(2).write(home)
    command = Command(home)
    command.ask("sync")
    command.ask("import", "mailbox", str(home / "info.mbox"), "--source", "archive")
    one, other, *_ = (customer["id"] for customer in command.ask("customers"))
    for said in (
        ("describe", one, "hobby=Velo"),
        ("note", one, "Ruft gern an."),
        ("link", one, "+41 44 999 88 77"),
        ("merge", one, other, "--reason", "test"),
    ):
        assert command.run(*said)[0] == 0, said
    assert command.run("rebuild", "--check")[0] == 0
    return command


@pytest.mark.parametrize("table", ALTERED, ids=lambda table: table.name)
def test_an_altered_row_is_found_and_its_table_named(table: Table, full: Command) -> None:
    kept = full.home / "kept.db"
    shutil.copy(full.home / "views.db", kept)
    try:
        alter(full.home / "views.db", table, random.Random(table.name))
        status, _, err = full.run("rebuild", "--check")
    finally:
        kept.replace(full.home / "views.db")
    if table is schema.ORIGIN:  # views of another history are built anew by themselves
        assert (status, err) == (0, "")
    else:
        assert status == 1
        assert f"table {table.name}:" in err
        assert len(err.splitlines()) == 1


def test_views_that_lack_an_event_are_not_all_that_the_log_says(full: Command) -> None:
    """The event can't be applied when they are built anew either, so both are the same."""
    kept = {name: (full.home / name).read_bytes() for name in ("log.db", "views.db")}
    log = sqlite3.connect(full.home / "log.db")
    log.execute("DROP TRIGGER stored_events_update")
    log.execute(
        "UPDATE stored_events SET state = CAST(substr(state, 1, length(state) - 1) || x'00' AS BLOB)"
        " WHERE rowid IN (SELECT rowid FROM stored_events WHERE topic = 'contact.recorded' LIMIT 1)"
    )
    log.commit()
    log.close()
    try:
        assert full.run("rebuild")[0] == 0
        status, out, err = full.run("rebuild", "--check")
        verified = full.run("verify")
    finally:
        for name, content in kept.items():
            for file in full.home.glob(f"{name}*"):
                file.unlink()
            (full.home / name).write_bytes(content)
    assert (status, out) == (1, "")
    assert "views.db lacks 1 event of the log" in err
    assert "contact.recorded, InvalidTag" in err
    assert "verify" in err
    assert verified[0] == 1
    assert full.run("rebuild", "--check")[0] == 0


def alter(path: Path, table: Table, chance: random.Random) -> None:
    """Change one value of one row, of an empty table make one."""
    views = sqlite3.connect(path)
    try:
        columns = [column.split()[0] for column in table.columns]
        rows = views.execute(f"SELECT rowid, * FROM {table.name} ORDER BY rowid").fetchall()
        if not rows:
            values = [7 if " TEXT" not in column else "x" for column in table.columns]
            marks = ", ".join("?" * len(values))
            views.execute(f"INSERT INTO {table.name} VALUES ({marks})", values)
        else:
            rowid, *row = chance.choice(rows)
            free = [n for n, column in enumerate(columns) if column not in table.key] or [-1]
            at = chance.choice(free)
            new = _other(row[at], table.columns[at])
            views.execute(
                f"UPDATE {table.name} SET {columns[at]} = ? WHERE rowid = ?", (new, rowid)
            )
        views.commit()
        views.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        views.close()


def _other(value: object, column: str) -> object:
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    return "x" if " TEXT" in column else 1
