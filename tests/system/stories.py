"""Random stories of a few people with clashing names, as sources would tell them; for properties of the whole."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from stammkunde.core.contact import Contact, Identifier, Item, Money, Name
from stammkunde.core.feed import Source
from tests.core.histories import ACCOUNTS, MAILS, NAMES, PHONES
from tests.core.samples import INFO, PHONE, SHOP, call, entry, mail

ARCHIVE = Source(name="archive", connector="mailbox")
BOOK = Source(name="book", connector="addressbook")
SOURCES = {"mail": INFO, "phone": PHONE, "shop": SHOP, "directory": BOOK}
HOURS = 7 * 60

Version = tuple[Contact, ...]


class Step(NamedTuple):
    """A source tells a version of the n-th item, anew or as a revision, or withdraws it (no version)."""

    n: int
    source: Source
    item: Item
    version: Version = ()
    revises: bool = False


# ---- histories


@st.composite
def versions(draw: st.DrawFn, medium: str, n: int) -> Version:
    """One state of the n-th item: one contact, or two of a mail to two people."""
    at = n * HOURS
    if medium == "mail":
        people = draw(st.lists(st.sampled_from(MAILS), min_size=1, max_size=2, unique=True))
        facts: dict[str, Any] = {
            "direction": draw(st.sampled_from(["in", "out"])),
            "kind": draw(
                st.sampled_from(["message", "message", "message", "newsletter", "auto_reply"])
            ),
            "thread": draw(st.sampled_from(["", "t1", "t2"])),
        }
        return tuple(mail(at, one.value, **facts) for one in people)
    if medium == "phone":
        number = draw(st.sampled_from([*PHONES, None]))
        outcome = draw(st.sampled_from(["answered", "answered", "missed"]))
        return (call(at, number.value if number else None, outcome=outcome),)
    name = draw(st.sampled_from(NAMES))
    identifiers = draw(
        st.lists(st.sampled_from([*MAILS, *PHONES, *ACCOUNTS]), min_size=1, max_size=3, unique=True)
    )
    if medium == "directory":
        town = draw(st.sampled_from(["Uster", "Wil"]))
        return (entry(n, name, *identifiers, attributes={"town": town}),)
    return (order(n, name, *identifiers, amount=draw(st.integers(1, 3))),)


def order(n: int, name: Name, *identifiers: Identifier, amount: int = 1) -> Contact:
    at = mail(n * HOURS).occurred_at
    return entry(
        n, name, *identifiers, channel="shop", kind="order_placed", occurred_at=at, order=str(n),
        money=Money(Decimal(amount), "CHF"),
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """All items in any order, each told at least once, some once more, changed, withdrawn or seen elsewhere."""
    told: list[Step] = []
    more: list[Step] = []
    for n in range(1, draw(st.integers(2, 9)) + 1):
        medium = draw(st.sampled_from(list(SOURCES)))
        source = SOURCES[medium]
        states = [draw(versions(medium, n)) for _ in range(draw(st.integers(1, 2)))]
        item = states[0][0].item
        told.append(Step(n, source, item, states[0]))
        more += [Step(n, source, item, state, revises=True) for state in states]
        # a mailbox withdraws nothing: what concerns nobody any more is another counterpart of a revision
        more.append(
            Step(n, ARCHIVE, item, states[0]) if medium == "mail" else Step(n, source, item)
        )
    extra = draw(st.lists(st.sampled_from(more), max_size=8))
    return list(draw(st.permutations([*told, *extra])))


def final(history: Iterable[Step]) -> list[Contact]:
    """The facts that stand in the end, by the rules of the door: only a revision changes what is known."""
    known: dict[int, Version] = {}
    for step in history:
        if not step.version:
            known.update({step.n: ()} if step.n in known else {})
        elif step.revises or step.n not in known:
            known[step.n] = step.version
    return [contact for n in sorted(known) for contact in known[n]]


def batches(history: Sequence[Step], cuts: Sequence[int]) -> Iterator[list[Step]]:
    """Steps of one source that follow each other, as many as a cut says, no item twice in one batch."""
    batch: list[Step] = []
    rest = iter(cuts)
    size = next(rest, 1)
    for step in history:
        others = {one.n for one in batch}
        if batch and (len(batch) == size or step.source != batch[0].source or step.n in others):
            yield batch
            batch, size = [], next(rest, 1)
        batch.append(step)
    yield batch


@st.composite
def contacts(draw: st.DrawFn, least: int, most: int, first: int = 1) -> list[Contact]:
    """Contacts of as many items, in the order in which they happened."""
    found: list[Contact] = []
    for n in range(first, first + draw(st.integers(least, most))):
        found += draw(versions(draw(st.sampled_from(list(SOURCES))), n))
    return found
