"""A door with all its views, and what they answer when the ids that chance gave are left out."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from stammkunde.app.bootstrap import Home
from stammkunde.core.batch import Batch
from stammkunde.core.contact import Contact, Identifier, Item
from stammkunde.core.decisions import Decisions
from stammkunde.core.feed import Counts, Source
from stammkunde.projections import answers
from stammkunde.projections.figures.periods import Period
from stammkunde.projections.figures.projection import FiguresProjection
from stammkunde.projections.queries import Queries
from stammkunde.projections.runner import Runner
from stammkunde.projections.views import Views
from tests.core.samples import COMPANY, INFO, open_intake

PERIOD = Period(date(2026, 10, 1), date(2028, 12, 1))
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class Desk:
    """A door into an empty log with all its views, without settings or files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.intake = open_intake(folder)
        self.views = Views(folder / "views.db", COMPANY, (FiguresProjection(COMPANY.timezone),))
        self.queries = Queries(self.views)
        self.decisions = Decisions(self.intake)
        self._runner = Runner(self.intake.log, self.views)

    def take(
        self, *contacts: Contact, source: Source = INFO, withdrawn: Iterable[Item] = ()
    ) -> Counts:
        """One batch, and the views after it."""
        feed = self.intake.open(source)
        feed.record(Batch(contacts=contacts, withdrawn=tuple(withdrawn)))
        self.catch_up()
        return feed.finish()

    def catch_up(self) -> None:
        self._runner.catch_up()

    def close(self) -> None:
        self.intake.log.close()
        self.views.close()


@contextmanager
def desks(count: int = 1) -> Iterator[list[Desk]]:
    """Some desks that are gone afterwards: what hypothesis needs for each example."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        made = [Desk(Path(folder) / str(n)) for n in range(count)]
        for desk in made:
            stack.callback(desk.close)
        yield made


class Picture(NamedTuple):
    """All answers of a desk; a customer is called after the contacts that are his.

    What rests on who came first is left out: ids, the name that is shown of several that are compatible, the evidence
    that stood when a rule decided.
    """

    contacts: list[answers.Contact]
    customers: list[answers.Customer]
    classes: Mapping[Identifier, str]
    figures: list[bytes]


def picture(seen: Desk | Home, period: Period = PERIOD) -> Picture:
    stand = list(seen.queries.all_contacts())
    names: dict[str | None, str] = {None: ""}
    label = {one.id: f"{one.item}\0{one.party}" for one in stand}
    for one in sorted(stand, key=lambda one: label[one.id]):
        names.setdefault(one.customer_id, f"of {label[one.id]}")
    contacts = [
        replace(
            one, id=label[one.id], customer_id=names[one.customer_id], recorded_at=NEVER, source="",
            thread=one.thread and "some",
            assignment=one.assignment and replace(one.assignment, evidence=()),
        )
        for one in stand
    ]  # fmt: skip
    customers = [
        replace(one, id=names[one.id], name="") for one in seen.queries.customers(limit=1000)
    ]
    with seen.intake.transaction():
        told = {Identifier(i.kind, i.value) for c in customers for i in c.identifiers}
        classes = {i: seen.intake.assignment.class_of(i) for i in told}
    figures = [
        msgspec.json.encode(answer)
        for grain in (None, "month")
        for answer in seen.queries.figures(period, grain=grain)
    ]
    return Picture(
        sorted(contacts, key=lambda one: one.id),
        sorted(customers, key=lambda one: one.id),
        classes,
        figures,
    )
