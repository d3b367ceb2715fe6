"""The to-do list page by page, and the position that answers rest on."""

import pytest

from stammkunde.core.errors import DecisionError
from stammkunde.projections.queries import Queries
from tests.projections.figures.test_roles import NOW, town


@pytest.mark.parametrize("size", [1, 2, 4, 50])
def test_the_pages_of_the_todo_list_are_the_list(size: int) -> None:
    with town() as place:
        everything = place.queries.todo(NOW)
        assert {one.what for one in everything} == {"missed_call", "message"}
        found, after = [], ""
        while page := place.queries.todo(NOW, limit=size, after=after):
            assert len(page) <= size
            found += page
            after = page[-1].contact
        assert found == everything


def test_what_waits_of_a_customer_is_his_part_of_the_list() -> None:
    with town() as place:
        everything = place.queries.todo(NOW)
        known = {one.customer_id for one in everything} - {None}
        assert known
        for customer in known:
            own = [one for one in everything if one.customer_id == customer]
            assert place.queries.todo(NOW, customer=customer or "") == own
            assert place.queries.todo(NOW, customer=customer or "", limit=1) == own[:1]
        assert place.queries.todo(NOW, customer="0" * 32) == []


def test_a_page_behind_what_waits_no_longer_is_refused() -> None:
    with town() as place, pytest.raises(DecisionError):
        place.queries.todo(NOW, after="0" * 32)


def test_answers_say_how_far_they_follow_the_log() -> None:
    with town() as place:
        queries: Queries = place.queries
        assert queries.position() == place.log.last_position() > 0
