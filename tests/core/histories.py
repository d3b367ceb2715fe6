"""Random histories of a few people with clashing names, for properties."""

import os
from collections.abc import Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from stammkunde.core.contact import Identifier, Name
from tests.core.world import Told

EXAMPLES = int(os.environ.get("STAMMKUNDE_EXAMPLES", "150"))
PROPERTY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

MAILS = [
    *(Identifier("mail", f"m{n}@kunden.example") for n in (1, 2, 3)),
    Identifier("mail", "m4@members.ebay.de"),
]
PHONES = [Identifier("phone", f"+4152000000{n}") for n in (1, 2, 3)]
ACCOUNTS = [Identifier("shop", value) for value in ("shop:1", "shop:2", "laden:1")]
NAMES = [
    Name("Anna", "Meier"),
    Name("A.", "Meier"),
    Name("Andreas", "Meier"),
    Name("Anna Maria", "Meier"),
    Name("Maria", "Meier"),
    Name("Peter", "Huber"),
    Name("Anna", "Meier", "Zürich AG"),
    Name("Peter", "Huber", "Zürich AG"),
    Name("", "", "Huber Malerei"),
    Name("", "", "Zürich AG"),
]
_KINDS = ["order", "order", "form", "entry", "call", "ring", "mail_in", "mail_out", "auto"]


@st.composite
def contacts(draw: st.DrawFn, n: int) -> Told:
    """One contact with number and time `n`."""
    kind = draw(st.sampled_from(_KINDS))
    if kind in ("call", "ring"):
        return Told(n, kind, frozenset({draw(st.sampled_from(PHONES))}))
    if kind in ("mail_in", "mail_out", "auto"):
        thread = draw(st.sampled_from([None, "t1", "t2"]))
        return Told(n, kind, frozenset({draw(st.sampled_from(MAILS))}), None, thread)
    identifiers = {*draw(st.lists(st.sampled_from(MAILS), max_size=1))}
    identifiers |= {*draw(st.lists(st.sampled_from(PHONES), max_size=2))}
    if kind == "order":
        identifiers |= {*draw(st.lists(st.sampled_from(ACCOUNTS), max_size=1))}
    names = NAMES if kind != "form" else [*NAMES, *[None] * 6]
    return Told(n, kind, frozenset(identifiers or {MAILS[0]}), draw(st.sampled_from(names)))


@st.composite
def histories(draw: st.DrawFn, least: int = 2, most: int = 14) -> list[Told]:
    """Contacts in the order in which they happened."""
    return [draw(contacts(n + 1)) for n in range(draw(st.integers(least, most)))]


@st.composite
def batches(draw: st.DrawFn, history: Sequence[Told]) -> list[list[Told]]:
    """Any order, with repetitions, in batches of one to four."""
    if not history:
        return []
    shuffled = list(draw(st.permutations(history)))
    shuffled += draw(st.lists(st.sampled_from(history), max_size=4))
    found = []
    while shuffled:
        size = draw(st.integers(1, 4))
        found.append(shuffled[:size])
        shuffled = shuffled[size:]
    return found
