"""However contacts come, are changed and withdrawn: views and figures are those of one batch of the final facts."""

import os
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stammkunde.core.feed import Source
from stammkunde.core.log.verify import verify_chain
from stammkunde.projections.rebuild import check
from tests.core.histories import MAILS, NAMES
from tests.core.samples import SHOP, entry, mail
from tests.system.desks import PERIOD, Desk, desks, picture
from tests.system.stories import Step, batches, final, histories

PROPERTY = settings(
    max_examples=max(int(os.environ.get("STAMMKUNDE_EXAMPLES", "150")) // 3, 5),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ONE = Source(name="one", connector="mailbox")


def tell(desk: Desk, batch: Sequence[Step]) -> None:
    desk.take(
        *(replace(contact, revises=step.revises) for step in batch for contact in step.version),
        source=batch[0].source,
        withdrawn=[step.item for step in batch if not step.version],
    )


@PROPERTY
@given(histories(), st.lists(st.integers(1, 4), max_size=20))
def test_views_are_those_of_one_batch_of_the_final_facts(
    history: list[Step], cuts: list[int]
) -> None:
    with desks(2) as (desk, plain):
        for batch in batches(history, cuts):
            tell(desk, batch)
        plain.take(*final(history), source=ONE)
        assert picture(desk) == picture(plain)
        assert check(desk.intake.log, desk.views) == []
        assert verify_chain(desk.intake.log).findings == ()


def test_a_message_that_turns_out_to_be_a_newsletter_waits_no_longer() -> None:
    """Also where its counterpart is nobody's, and what follows it takes its place."""
    with desks() as [desk]:
        desk.take(mail(0), mail(3000))
        desk.take(mail(0, kind="newsletter", revises=True))
        [first] = desk.queries.figures(PERIOD, codes=["first_response"])
        assert first.denominator == 1
        assert check(desk.intake.log, desk.views) == []


def test_what_was_withdrawn_and_comes_back_as_it_was_stands_again() -> None:
    card = entry(1, NAMES[0], MAILS[0])
    with desks() as [desk]:
        desk.take(card, source=SHOP)
        desk.take(source=SHOP, withdrawn=[card.item])
        assert list(desk.queries.all_contacts()) == []
        desk.take(replace(card, revises=True), source=SHOP)
        [contact] = desk.queries.all_contacts()
        assert contact.customer_id


def test_a_customer_of_whom_nothing_is_left_is_not_shown() -> None:
    card = entry(1, NAMES[0], MAILS[0])
    with desks() as [desk]:
        desk.take(card, source=SHOP)
        desk.take(source=SHOP, withdrawn=[card.item])
        assert desk.queries.customers() == []
        [complete] = desk.queries.figures(PERIOD, codes=["completeness"])
        assert complete.denominator == 0
        assert desk.queries.status(desk.intake.log).log.customers == 0
