"""The API tried against its own description, with values that nobody would think of."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from argon2.profiles import CHEAPEST
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig

from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.bootstrap import opened
from stammkunde.app.web.api import asking, routes, telling
from stammkunde.projections.figures.definitions import FIGURES
from tests.app.web.conftest import Web

Known = dict[str, list[str]]

SETTINGS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
"""So many requests of each operation."""


def config(secret: str) -> SchemathesisConfig:
    """What has the right form and can't be meant is 422, as docs/api.md says."""
    statuses = ["2xx", "304", "404", "409", "422"]
    return SchemathesisConfig.from_dict(
        {
            "checks": {"positive_data_acceptance": {"expected-statuses": statuses}},
            "auth": {"openapi": {"token": {"bearer": secret}}},
        }
    )


@pytest.fixture
def described(own_company: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The description of an application on a made-up company, asked by an admin's token."""
    monkeypatch.setattr(routes, "A_MINUTE", 1_000_000)
    with opened(own_company) as home:
        home.catch_up()
        passwords = Passwords(CHEAPEST)
        web = Web(home, Accounts(tmp_path / "accounts.db", lambda: datetime.now(UTC), passwords))
        secret, _ = web.accounts.add_token("Admin", "contract", ["read", "write", "admin"])
        yield schemathesis.openapi.from_asgi(
            "/api/v1/openapi.json", web.application, config=config(secret)
        )


@pytest.fixture
def known(described: Any) -> Known:
    """By the name of a field, values that stand for somebody or something."""
    queries = described.app.state.home.queries
    customers = queries.customers(limit=20)
    ids = [one.id for one in customers]
    contacts = [one.id for one in queries.contacts(limit=20)]
    identifiers = [way.value for one in customers for way in one.identifiers]
    refs = [*ids, *identifiers]
    return {
        "customer": refs, "one": ids, "other": ids, "identifier": identifiers, "contact": contacts,
        "ref": [*refs, *contacts], "code": list(FIGURES), "after": [*ids, *contacts], "source": ["info", "phone"],
        "from": ["2026-11-02"], "to": ["2026-11-23T12:00"], "segment": ["channel:mail", "direction:in"],
    }  # fmt: skip


def takes_anything(operation: Any) -> bool:
    return bool(list(operation.iter_parameters())) or bool(operation.body)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_sent_the_answer_is_one_that_the_description_knows(
    described: Any, known: Known, mode: GenerationMode
) -> None:
    operations = [each.ok() for each in described.get_all_operations()]
    assert len(operations) == len([*asking.HANDLERS, *telling.HANDLERS, *telling.ADMIN])
    for operation in filter(takes_anything, operations):

        @SETTINGS
        @given(operation.as_strategy(generation_mode=mode), st.data())
        def tried(case: Case[Any], data: st.DataObject) -> None:
            if mode is GenerationMode.POSITIVE and data.draw(st.booleans()):
                for fields in (case.path_parameters, case.query, case.body):
                    mean(fields, known, data)
            case.call_and_validate()

        tried()


def mean(fields: Any, known: Known, data: st.DataObject) -> None:
    """Put something that there is in the place of what was made up."""
    for name in known.keys() & (fields.keys() if isinstance(fields, dict) else set()):
        if isinstance(fields[name], str):
            fields[name] = data.draw(st.sampled_from(known[name]))
