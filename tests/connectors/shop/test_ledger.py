"""Snapshots become milestones whose money adds up to what the shop shows."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.connectors.contract import DictMemory
from stammkunde.connectors.flaws import flaws
from stammkunde.connectors.interface import Batch
from stammkunde.connectors.shop import Ledger, Outcome, Refund, Snapshot, fingerprint
from stammkunde.connectors.shop.ledger import CART, NOTHING_NEW, OLDER, REFUND_KNOWN, REFUND_WAITS
from stammkunde.core.contact import Contact, Identifier

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def order(minute: int = 0, **changes: object) -> Snapshot:
    """Order 7 of CHF 100 with 7.50 tax, as it was that many minutes after it was placed."""
    content = changes.pop("content", None) or repr(
        [changes.get(key) for key in ("total", "net", "text")]
    )
    base = Snapshot(
        id="7",
        order="7",
        modified_at=START + timedelta(minutes=minute),
        placed_at=START,
        total=Decimal("100.00"),
        net=Decimal("92.50"),
        currency="CHF",
        content=str(content).encode(),
        identifiers=(Identifier("mail", "anna@kunde.example"),),
    )
    return msgspec.structs.replace(base, **changes)


def refund(number: str, amount: str, **more: object) -> Refund:
    return msgspec.structs.replace(Refund(number, Decimal(amount)), **more)


class Shop:
    """A ledger that is committed and opened anew after each step, as between two batches."""

    def __init__(self) -> None:
        self.memory = DictMemory()
        self.recorded: dict[str, Contact] = {}

    def see(self, snapshot: Snapshot) -> Outcome:
        return self._commit(lambda ledger: ledger.observe(snapshot))

    def refund(self, one: Refund) -> Outcome:
        return self._commit(lambda ledger: ledger.refund("7", one))

    def _commit(self, step: object) -> Outcome:
        ledger = Ledger(self.memory)
        outcome: Outcome = step(ledger)  # type: ignore[operator]
        self.memory.commit(Batch(remember=ledger.drain()))
        for contact in outcome.contacts:
            self.recorded.setdefault(contact.item.key, contact)
        return outcome

    @property
    def worth(self) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for contact in self.recorded.values():
            if contact.money:
                now = sums.get(contact.money.currency, Decimal(0)) + contact.money.amount
                sums[contact.money.currency] = now
        return sums


def story(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(c.kind, str(c.money.amount) if c.money else None) for c in outcome.contacts]


PLACED = ("order_placed", "100.00")
PAID = START + timedelta(minutes=1)
THIRTY = refund("r1", "30.00")


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        (order(), [PLACED]),
        (order(paid_at=PAID), [PLACED, ("order_paid", None)]),
        (order(paid_at=PAID, shipped_at=PAID), [PLACED, ("order_paid", None), ("order_shipped", None)]),
        (order(refunds=(THIRTY,)), [PLACED, ("order_refunded", "-30.00")]),
        (order(status="cancelled"), [PLACED, ("order_cancelled", "-100.00")]),
        (order(status="failed"), [PLACED, ("order_failed", "-100.00")]),
        (order(status="removed"), [PLACED, ("order_removed", "-100.00")]),
        (order(status="cancelled", refunds=(THIRTY,)),
         [PLACED, ("order_refunded", "-30.00"), ("order_cancelled", "-70.00")]),
        (order(status="draft"), []),
    ],
)  # fmt: skip
def test_an_order_that_is_seen_for_the_first_time_tells_all_that_became_of_it(
    snapshot: Snapshot, expected: list[tuple[str, str | None]]
) -> None:
    outcome = Shop().see(snapshot)
    assert story(outcome) == expected
    assert all("backfill" in contact.flags for contact in outcome.contacts)
    assert outcome.ignored == ("" if expected else CART)
    assert [flaw for contact in outcome.contacts for flaw in flaws(contact)] == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (order(), order(5, paid_at=PAID), [("order_paid", None)]),
        (order(), order(5, shipped_at=PAID), [("order_shipped", None)]),
        (order(), order(5, total=Decimal("80.00")), [("order_edited", "-20.00")]),
        (order(), order(5, text="bitte klingeln"), [("order_edited", "0.00")]),
        (order(), order(5, refunds=(THIRTY,)), [("order_refunded", "-30.00")]),
        (order(), order(0, refunds=(THIRTY,)), [("order_refunded", "-30.00")]),
        (order(refunds=(THIRTY,)), order(), [("refund_withdrawn", "30.00")]),
        (order(refunds=(THIRTY,)), order(5, refunds=(refund("r1", "40"),)),
         [("refund_withdrawn", "30.00"), ("order_refunded", "-40")]),
        (order(), order(5, status="cancelled"), [("order_cancelled", "-100.00")]),
        (order(refunds=(THIRTY,)), order(5, refunds=(THIRTY,), status="removed"), [("order_removed", "-70.00")]),
        (order(refunds=(THIRTY,), status="failed"), order(5, refunds=(THIRTY,)), [("order_restored", "70.00")]),
        (order(status="cancelled"), order(5, status="removed"), [("order_removed", "0")]),
        (order(status="cancelled"), order(5, total=Decimal("80.00"), status="cancelled"), [("order_edited", "0")]),
        (order(status="cancelled"), order(5, refunds=(THIRTY,), status="cancelled"), [("order_refunded", "0")]),
        (order(status="cancelled"), order(5, total=Decimal("80.00")),
         [("order_restored", "100.00"), ("order_edited", "-20.00")]),
        (order(), order(5, status="draft"), [("order_removed", "-100.00")]),
        (order(), order(5, account="9"), [("order_reassigned", None)]),
        (order(), order(5, currency="EUR"), [("order_edited", "-100.00"), ("order_edited", "100.00")]),
        (order(refunds=(THIRTY,)), order(5, refunds=(THIRTY,), currency="EUR"),
         [("order_edited", "-70.00"), ("order_edited", "70.00")]),
        (order(), order(5), [PLACED]),
        (order(text="alt"), order(text="alt"), [PLACED]),
    ],
)  # fmt: skip
def test_each_difference_is_a_milestone(
    before: Snapshot, after: Snapshot, expected: list[tuple[str, str | None]]
) -> None:
    shop = Shop()
    shop.see(before)
    outcome = shop.see(after)
    assert story(outcome) == expected
    is_news = expected != [PLACED]
    assert all(("backfill" in contact.flags) != is_news for contact in outcome.contacts)


def test_what_shows_nothing_new_is_a_duplicate_as_long_as_the_order_is_what_it_was() -> None:
    shop = Shop()
    first = shop.see(order())
    assert shop.see(order()).contacts == first.contacts
    shop.see(order(5, text="bitte klingeln"))
    assert shop.see(order(5, text="bitte klingeln")) == Outcome(ignored=NOTHING_NEW)


@pytest.mark.parametrize(
    ("snapshot", "reason"),
    [(order(0, text="alt"), OLDER), (order(4, total=Decimal(1)), OLDER), (order(5), NOTHING_NEW)],
)
def test_an_older_snapshot_changes_nothing(snapshot: Snapshot, reason: str) -> None:
    shop = Shop()
    for one in (order(), order(5), order(5, text="neu")):
        shop.see(one)
    before = dict(shop.memory.values)
    assert shop.see(snapshot) == Outcome(ignored=reason)
    assert shop.memory.values == before


def test_milestones_that_come_again_are_items_of_their_own() -> None:
    shop = Shop()
    for minute, status in enumerate(("placed", "cancelled", "placed", "cancelled", "placed")):
        shop.see(order(minute, status=status))
    kinds = Counter(contact.kind for contact in shop.recorded.values())
    assert kinds == {"order_placed": 1, "order_cancelled": 2, "order_restored": 2}
    assert shop.worth == {"CHF": Decimal("100.00")}


def test_a_refund_of_all_that_is_left_is_one_of_all_the_net_value() -> None:
    outcome = Shop().see(
        order(refunds=(refund("r1", "30", net=Decimal("27.75")), refund("r2", "70")))
    )
    nets = [contact.money.net for contact in outcome.contacts if contact.money]
    assert nets == [Decimal("92.50"), Decimal("-27.75"), Decimal("-64.75")]


def test_a_refund_that_names_no_tax_leaves_the_net_value_unknown() -> None:
    shop = Shop()
    outcome = shop.see(order(refunds=(THIRTY,), status="cancelled"))
    assert [contact.money.net for contact in outcome.contacts if contact.money][1:] == [None, None]


AT = START + timedelta(minutes=3)


def test_a_refund_without_its_order_waits_for_it_and_lends_it_its_time() -> None:
    shop = Shop()
    own = refund("r1", "30", at=AT, reason="defekt")
    assert shop.refund(own) == Outcome(ignored=REFUND_WAITS)
    assert shop.refund(own) == Outcome(ignored=REFUND_KNOWN)
    placed, refunded = shop.see(order(9, refunds=(THIRTY,))).contacts
    assert (refunded.occurred_at, refunded.text) == (AT, "defekt")
    assert refunded.identifiers == placed.identifiers
    assert shop.refund(own) == Outcome(ignored=REFUND_KNOWN)
    assert [key for key in shop.memory.values if key.startswith("refunds")] == []


def test_a_refund_made_after_the_snapshot_of_its_order_counts() -> None:
    waiting, alone = Shop(), Shop()
    own = refund("r1", "30", at=AT)
    waiting.refund(own)
    waiting.see(order())
    alone.see(order())
    assert story(alone.refund(own)) == [("order_refunded", "-30")]
    assert waiting.worth == alone.worth == {"CHF": Decimal("70.00")}
    for shop in (waiting, alone):
        # the snapshot from before the refund is the older one now, and must not withdraw it
        assert shop.see(order()) == Outcome(ignored=OLDER)
        assert story(shop.see(order(9, refunds=(THIRTY,)))) == [PLACED]
        assert shop.worth == {"CHF": Decimal("70.00")}


def test_a_refund_older_than_a_snapshot_without_it_was_withdrawn() -> None:
    waiting, alone = Shop(), Shop()
    own = refund("r1", "30", at=AT)
    waiting.refund(own)
    assert story(waiting.see(order(9))) == [PLACED]
    alone.see(order(9))
    assert alone.refund(own) == Outcome(ignored=OLDER)


def test_keys_and_fingerprints_are_frozen() -> None:
    shop = Shop()
    shop.see(order(refunds=(THIRTY,), paid_at=PAID))
    shop.see(order(5, content="x", paid_at=PAID, status="cancelled"))
    assert [*shop.recorded] == [
        "7\norder_placed\n",
        "7\norder_refunded\nr1",
        "7\norder_paid\n",
        "7\norder_edited\n1 78",
        "7\nrefund_withdrawn\nr1",
        "7\norder_cancelled\n1",
    ]
    assert fingerprint("a", Decimal("1.50"), [START]).hex() == "65bd9410ec3eca11be8c"
    assert order(refunds=(THIRTY,)).state == order(refunds=(refund("r1", "30"),)).state


# ---- whatever comes, in whatever batches

cents = st.integers(0, 20000).map(lambda n: Decimal(n).scaleb(-2))
refunds = st.dictionaries(st.sampled_from("abc"), cents, max_size=3)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    return order(
        draw(st.integers(0, 6)),
        total=draw(cents),
        net=draw(st.none() | cents),
        currency=draw(st.sampled_from(["CHF", "CHF", "EUR"])),
        text=draw(st.sampled_from(["", "x"])),
        status=draw(
            st.sampled_from(["placed", "placed", "cancelled", "failed", "removed", "draft"])
        ),
        account=draw(st.sampled_from(["", "9"])),
        paid_at=draw(st.sampled_from([None, PAID])),
        shipped_at=draw(st.sampled_from([None, PAID])),
        refunds=tuple(Refund(key, amount) for key, amount in draw(refunds).items()),
    )


def newest(seen: Sequence[Snapshot]) -> Snapshot | None:
    """The snapshot that counts: of the latest time, and among those the one that first came last."""
    known: list[Snapshot] = []
    for one in seen:
        time = known[-1].modified_at if known else one.modified_at
        same = [other.state for other in known if other.modified_at == time]
        if one.modified_at > time or (one.modified_at == time and one.state not in same):
            known.append(one)
    return known[-1] if known else None


def shown(snapshot: Snapshot | None) -> dict[str, Decimal]:
    if snapshot is None or snapshot.status != "placed":
        return {}
    left = snapshot.total - sum((r.amount for r in snapshot.refunds), Decimal(0))
    return {snapshot.currency: left} if left else {}


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Snapshot | Refund], Snapshot]:
    """All that a shop ever showed of an order, in any order and some of it twice, and how the order stands now.

    One change a minute: a refund made, an edit, another status.
    """
    now, made = order(), 0
    shown: list[Snapshot | Refund] = [now]
    for minute in range(1, draw(st.integers(1, 6))):
        at = START + timedelta(minutes=minute)
        change = draw(st.sampled_from(["refund", "edit", "status"]))
        if change == "refund":
            made += 1
            own = Refund(f"r{made}", draw(cents), at=at)
            shown.append(own)
            bare = msgspec.structs.replace(own, at=None)
            now = msgspec.structs.replace(now, refunds=(*now.refunds, bare))
        elif change == "edit":
            now = msgspec.structs.replace(now, total=draw(cents), content=str(minute).encode())
        else:
            now = msgspec.structs.replace(
                now, status=draw(st.sampled_from(["placed", "cancelled"]))
            )
        now = msgspec.structs.replace(now, modified_at=at)
        shown.append(now)
    again = draw(st.lists(st.sampled_from(shown), max_size=3))
    return draw(st.permutations([*shown, *again])), now


@settings(max_examples=300, deadline=None)
@given(histories())
def test_refunds_on_their_own_and_snapshots_meet_in_any_order(
    history: tuple[list[Snapshot | Refund], Snapshot],
) -> None:
    seen, now = history
    shop = Shop()
    for _ in range(2):
        for one in seen:
            if isinstance(one, Refund):
                shop.refund(one)
            else:
                shop.see(one)
        worth = {currency: amount for currency, amount in shop.worth.items() if amount}
        assert worth == shown(now)


def replay(sequence: Sequence[Snapshot], cuts: Sequence[bool], memory: DictMemory) -> list[Contact]:
    ledger = Ledger(memory)
    found: list[Contact] = []
    for one, cut in zip(sequence, cuts, strict=False):
        found += ledger.observe(one).contacts
        if cut:
            memory.commit(Batch(remember=ledger.drain()))
            ledger = Ledger(memory)
    memory.commit(Batch(remember=ledger.drain()))
    return found


def sums(contacts: Sequence[Contact]) -> dict[str, Decimal]:
    first = {contact.item: contact for contact in reversed(contacts)}
    found: dict[str, Decimal] = {}
    for contact in first.values():
        if contact.money:
            now = found.get(contact.money.currency, Decimal(0)) + contact.money.amount
            found[contact.money.currency] = now
    return {currency: amount for currency, amount in found.items() if amount}


@settings(max_examples=300, deadline=None)
@given(st.lists(snapshots(), max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_the_money_is_what_the_shop_shows_and_repetition_changes_nothing(
    sequence: list[Snapshot], cuts: list[bool]
) -> None:
    memory = DictMemory()
    found = replay(sequence, cuts, memory)
    assert sums(found) == shown(newest(sequence))
    assert found == replay(sequence, [False] * 8, DictMemory()), "the cuts into batches matter"
    again = replay(sequence, cuts, memory)
    assert {contact.item for contact in again} <= {contact.item for contact in found}
    assert [flaw for contact in found for flaw in flaws(contact)] == []
    for one in {contact.item: contact for contact in again}.values():
        assert one in found, "a duplicate has other facts"
