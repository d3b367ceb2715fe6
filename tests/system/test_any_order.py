"""However contacts come, are changed and withdrawn: views and figures are those of one batch of the final facts."""

import os
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stammkunde.core.feed import Source
from stammkunde.core.log.verify import verify_chain
from stammkunde.projections.rebuild import check
from tests.system.desks import Desk, desks, picture
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
