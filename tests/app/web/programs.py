"""Programs that use the API with a token, and what they ask and tell."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stammkunde.app.access.rights import RIGHTS
from stammkunde.core.batch import Batch, Rejected
from stammkunde.core.contact import Contact
from stammkunde.core.feed import Source
from tests.app.web.conftest import Client, Web
from tests.app.web.town import call
from tests.homes import Command

ANNA, BEAT = "anna@kunden.example", "beat@kunden.example"


@contextmanager
def program(web: Web, owner: str = "Admin", **headers: str) -> Iterator[Client]:
    """A program with a token of this user, and all scopes that he can give."""
    with web.visitor(None) as client:
        client.headers.update({**token(web, owner), **headers})
        yield client


def token(web: Web, owner: str) -> dict[str, str]:
    user = web.accounts.user(owner)
    rights = [right for right in RIGHTS if user.may(right)]
    return {"authorization": f"Bearer {web.accounts.add_token(owner, 'test', rights)[0]}"}


def ask(client: Client, path: str, **values: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params=values or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tell_it(client: Client, command: str, *, status: int = 204, **body: Any) -> Any:
    named = {name.rstrip("_"): value for name, value in body.items()}
    answer = client.post(f"/api/v1/{command}", json=named)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def command_line(web: Web, *words: str) -> Any:
    """What the same question to the command line answers with `--json`."""
    out = Command(web.home.path).run(*words, "--json")
    assert out[0] == 0, out
    return [json.loads(line) for line in out[1].splitlines()]


def stranger(number: int, **more: Any) -> Contact:
    """A missed call of a number that nobody has."""
    return call(number, "+41525559900", outcome="missed", duration_s=None, **more)


def problem(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found.keys() == {"type", "title", "status", "detail", "errors"}
    assert (found["status"], found["type"]) == (status, "about:blank")
    assert found["detail"]
    return found


def quarantine(web: Web) -> None:
    """Two lines that nobody could read."""
    feed = web.home.intake.open(Source(name="till", connector="orders-csv"))
    feed.record(
        Batch(
            rejected=tuple(
                Rejected("It has no time.", raw, "till.csv:7") for raw in (b"1;x", b"2;x")
            )
        )
    )


def hours_aside(items: Any) -> Any:
    """Without the hours that go on between two questions."""
    return [{name: each[name] for name in each if name != "open_hours"} for each in items]
