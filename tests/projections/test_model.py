"""Whatever happens in whatever order: the views equal a naive model, a rebuild, and any other cut into batches."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammkunde.core.contact import COUNTED, Name
from stammkunde.core.events import Content
from stammkunde.projections import schema
from stammkunde.projections.pages import Pages
from stammkunde.projections.rebuild import check
from stammkunde.projections.views import Views
from tests.projections.samples import COMPANY, DAY, NOON, Home, home, mail, phone, sid

CUSTOMERS = ("k", "l", "m")
HANDLES = ("f", "g", "h")
CONTACTS = tuple(f"c{n}" for n in range(6))
KINDS = ("message", "order_placed", "order_refunded", "newsletter", "entry")

Step = tuple[str, str, str, int]


class Known(msgspec.Struct):
    """What the model knows of a contact."""

    handle: str
    days: int
    kind: str
    amount: int | None
    retracted: bool = False


class Model:
    """The same registers in plain dicts, and every question answered by looking at all of them."""

    def __init__(self) -> None:
        self.contacts: dict[str, Known] = {}
        self.own: dict[str, str | None] = {}
        self.handles: dict[str, str | None] = {}
        self.into: dict[str, str] = {}
        self.roles: dict[str, tuple[int, str]] = {}
        self.said: list[str] = []

    def living(self, customer: str) -> str:
        while customer in self.into:
            customer = self.into[customer]
        return customer

    def owner(self, contact: str) -> str | None:
        raw = (
            self.own[contact]
            if contact in self.own
            else self.handles.get(self.contacts[contact].handle)
        )
        return self.living(raw) if raw else None

    def row(self, customer: str) -> tuple[object, ...]:
        mine = [
            c for key, c in self.contacts.items() if self.owner(key) == customer and not c.retracted
        ]
        counted = [c.days for c in mine if c.kind in COUNTED]
        orders = sum(c.kind == "order_placed" for c in mine)
        money = [c.amount for c in mine if c.amount is not None]
        said = [role for key, role in self.roles.items() if self.living(key) == customer]
        kind = max(said)[1] if said and self.living(customer) == customer else ""
        return (
            len(counted),
            orders,
            min(counted, default=None),
            max(counted, default=None),
            kind or ("customer" if orders else "prospect"),
            sum(money) * 1_000_000 if money else None,
        )


def tell(place: Home, model: Model, step: Step, at: int) -> None:
    """One step, in the log and in the model; what makes no sense now is left out."""
    verb, a, b, n = step
    TELLERS[verb](place, model, (CONTACTS[n % 6], a, b), at + n)


def _contact(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    contact, handle, kind = names[0], HANDLES[CUSTOMERS.index(names[1])], KINDS[n % 5]
    amount = n % 7 if kind.startswith("order") else None
    amended = contact in model.contacts
    model.contacts[contact] = Known(handle, n % 9, kind, amount)
    name = Name("Anna", f"Meier{n % 3}") if kind == "entry" else None
    place.story.contact(
        contact, handle, days=n % 9, kind=kind, amount=None if amount is None else str(amount), amended=amended,
        content=Content(display=f"Anna {n % 4}", name=name, attributes={"town": f"Uster {n % 3}"}),
    )  # fmt: skip


def _retract(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    if names[0] in model.contacts:
        model.contacts[names[0]].retracted = True
        place.story.retract(names[0])


def _assign(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    handle, customer = HANDLES[CUSTOMERS.index(names[1])], names[2] if n % 4 else None
    model.handles[handle] = customer
    place.story.assign(handle, customer)


def _pin(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    contact, customer = names[0], names[1] if n % 3 else None
    if contact in model.contacts:
        model.own[contact] = customer
        place.story.pin(contact, customer)


def _loosen(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    if names[0] in model.contacts:
        model.own.pop(names[0], None)
        place.story.pin(names[0], None, rule="thread")


def _merge(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    absorbed = model.living(names[1])
    if absorbed != model.living(names[2]):
        model.into[absorbed] = names[2]
        place.story.merge(absorbed, names[2])


def _unmerge(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    if names[1] in model.into:
        place.story.unmerge(names[1], model.into.pop(names[1]))


def _describe(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    role = ("customer", "supplier", "private")[n % 3]
    model.roles[names[1]] = (len(model.said), role)
    model.said.append(role)
    place.story.describe(names[1], role=role, hobby=f"Velo {n % 2}" if n % 5 else "")


def _link(place: Home, model: Model, names: tuple[str, str, str], n: int) -> None:
    place.story.link(names[1], phone("+41522034410"), take_back=n % 2 == 0)


TELLERS: dict[str, Callable[[Home, Model, tuple[str, str, str], int], None]] = {
    "contact": _contact, "retract": _retract, "assign": _assign, "pin": _pin, "loosen": _loosen, "merge": _merge,
    "unmerge": _unmerge, "describe": _describe, "link": _link,
}  # fmt: skip

STEPS = st.lists(
    st.tuples(
        st.sampled_from([*TELLERS, "contact", "contact", "assign", "merge"]),
        st.sampled_from(CUSTOMERS),
        st.sampled_from(CUSTOMERS),
        st.integers(0, 30),
    ),
    min_size=2,
    max_size=8,
)


def begin(place: Home, model: Model) -> None:
    """Every handle is a customer's and has contacts."""
    for handle, customer in zip(HANDLES, CUSTOMERS, strict=True):
        place.story.see(handle, mail(f"{handle}@example.com"), name=Name("Anna", handle.upper()))
        place.story.open(customer)
        place.story.assign(handle, customer)
        model.handles[handle] = customer
    for n in range(5):
        _contact(place, model, (CONTACTS[n], CUSTOMERS[n % 3], ""), n)
    place.commit()


def contents(views: Views) -> dict[str, list[tuple[object, ...]]]:
    with views.store.reading() as cursor:
        return {
            t.name: cursor.execute(f"SELECT * FROM {t.name} ORDER BY {', '.join(t.key)}").fetchall()
            for t in schema.TABLES
        }


def as_the_model_has_it(place: Home) -> tuple[dict[str, object], dict[str, tuple[object, ...]]]:
    owners = dict(place.rows("SELECT id, customer FROM contacts"))
    rows = {
        row[0]: (
            *row[1:3],
            *(None if at is None else (at - NOON) // DAY for at in row[3:5]),
            *row[5:],
        )
        for row in place.rows(
            "SELECT c.id, contacts, orders, first_at, last_at, kind, r.amount_micro FROM customers c"
            " LEFT JOIN revenue r ON r.customer = c.id"
        )
    }
    return owners, rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    batches=st.lists(STEPS, min_size=2, max_size=6),
    page=st.sampled_from([1, 2, 5]),
)
def test_views_equal_the_model_a_rebuild_and_other_batches(
    batches: list[list[Step]], page: int
) -> None:
    model = Model()
    with tempfile.TemporaryDirectory() as folder, home(Path(folder)) as place:
        begin(place, model)
        for at, steps in enumerate(batches):
            for step in steps:
                tell(place, model, step, at)
            place.commit()
            owners, rows = as_the_model_has_it(place)
            expected = {sid(c): (owner := model.owner(c)) and sid(owner) for c in model.contacts}
            assert owners == expected
            assert rows == {sid(customer): model.row(customer) for customer in CUSTOMERS}
        assert check(place.log, place.views) == []
        other = Views(Path(folder) / "other.db", COMPANY)
        Pages(place.log, other, page=page).apply()
        assert contents(other) == contents(place.views)
        other.close()
