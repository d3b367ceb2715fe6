"""Ids never change: what these vectors say holds for every home that was ever made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.contact import Item
from stammkunde.core.crypto import Mac
from stammkunde.core.ids import contact_id, item_id, key_id, timed_id

MAC = Mac(b"golden")


@pytest.mark.parametrize(
    ("namespace", "item", "party", "expected"),
    [
        ("mail", Item("<a@b.example>\0Thu, 19 Nov 2026 14:03:00 +0100", 1795093380000), "x@y.example", "01a1f3e73ba08af48a2a6d742c67dfa8"),
        ("phone", Item("1795449816.0", 1795449816000), "", "01a2092603c08448b219c1c79c206c22"),
        ("shop.example.ch", Item("1043\0placed\0", 0), "", "000000000000846ca4f64342576fe230"),
        ("telefon", Item("Zürich", 1), "", "0000000000018023bf1226cdcc08215a"),
    ],
)  # fmt: skip
def test_golden_vectors(namespace: str, item: Item, party: str, expected: str) -> None:
    assert contact_id(MAC, namespace, item, party) == expected


def test_golden_vectors_of_items_and_keys() -> None:
    assert (
        item_id(MAC, "phone", Item("1795449816.0", 1795449816000)).hex()
        == "01a2092603c087bc8890b8c373e470a2"
    )
    assert key_id(MAC, "thread", "mail", "<root@b.example>") == "e59494ca82aeacdb6d1260abe41373a0"


@given(st.integers(-(10**15), 10**15), st.binary(min_size=32, max_size=32))
def test_an_id_is_a_uuid_of_version_eight(time_ms: int, digest: bytes) -> None:
    value = timed_id(time_ms, digest)
    assert len(value) == 16
    assert value[6] >> 4 == 8
    assert value[8] >> 6 == 2


@given(st.lists(st.integers(0, 2**48 - 1), min_size=2, max_size=9))
def test_ids_sort_by_time(times: list[int]) -> None:
    made = [timed_id(time, b"\xff" * 32) for time in sorted(times)]
    assert made == sorted(made)


@given(st.text(), st.text())
def test_party_and_key_do_not_run_into_each_other(key: str, party: str) -> None:
    one = contact_id(MAC, "n", Item(key), party)
    two = contact_id(MAC, "n", Item(key + "x"), party)
    assert one != two
