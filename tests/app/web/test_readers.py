"""What a source keeps from a role: nobody who may not see a contact decides on it, and no edit of the file opens it by accident."""

import pytest
from msgspec.structs import replace

from stammkunde.app import readers
from stammkunde.app.access.rights import RIGHTS, Role, allows
from stammkunde.app.web.application import application
from stammkunde.config.settings import SourceTable
from stammkunde.core.contact import Name
from tests.app.web.conftest import Web, post
from tests.app.web.town import anna, call, hide, mail, order, tell

WORDS = "Nachricht 7"


def secret_mail(web: Web) -> str:
    """A contact of the source `info`, which is for admins alone, with the file as the server read it at its start."""
    tell(web, mail(7))
    hide(web, "info", "admin")
    restart(web)
    (contact,) = web.home.queries.contacts()
    return contact.id


def restart(web: Web, *sources: SourceTable) -> None:
    """Another start, with another file if sources are given."""
    if sources:
        web.home.settings = replace(web.home.settings, sources=sources)
    web.application = application(web.home, web.accounts)


def text_for(web: Web, role: Role, contact: str) -> str:
    with web.visitor(role) as client:
        return str(client.get(f"/contacts/{contact}").text)


def test_a_source_that_is_renamed_in_the_file_stays_closed(web: Web) -> None:
    contact = secret_mail(web)
    restart(web, SourceTable(name="support", connector="mailbox"))
    assert WORDS not in text_for(web, "clerk", contact)
    assert WORDS in text_for(web, "admin", contact)


def test_a_source_that_the_file_names_no_more_stays_closed(web: Web) -> None:
    contact = secret_mail(web)
    web.home.settings = replace(web.home.settings, sources=())
    restart(web)
    assert WORDS not in text_for(web, "clerk", contact)
    with web.visitor("clerk") as client:
        page = client.get("/sources").text
    assert "No longer in the settings file; still only for: admin" in page


def test_to_open_it_is_said_in_the_file(web: Web) -> None:
    contact = secret_mail(web)
    restart(web, SourceTable(name="info", connector="mailbox"))
    assert WORDS in text_for(web, "clerk", contact)
    web.home.settings = replace(web.home.settings, sources=())
    restart(web)
    assert WORDS in text_for(web, "clerk", contact)


def test_another_process_that_read_a_new_source_is_heard_of_at_once(web: Web) -> None:
    tell(web, mail(7))
    (contact,) = web.home.queries.contacts()
    assert WORDS in text_for(web, "clerk", contact.id)
    readers.remember(
        web.home.log, [SourceTable(name="info", connector="mailbox", readers=("admin",))]
    )
    assert WORDS not in text_for(web, "clerk", contact.id)


def test_what_was_imported_by_hand_is_for_everybody(web: Web) -> None:
    tell(web, mail(7), source="archive")
    restart(web)
    (contact,) = web.home.queries.contacts()
    assert WORDS in text_for(web, "reader", contact.id)


@pytest.mark.parametrize(
    ("role", "page", "api"), [("reader", 403, 403), ("clerk", 403, 403), ("admin", 303, 204)]
)
def test_who_may_not_see_a_contact_may_not_decide_on_it(
    web: Web, role: Role, page: int, api: int
) -> None:
    anna(web)
    contact = next(one.id for one in web.home.queries.contacts() if one.subject == "Bremse 2")
    beat = web.home.queries.resolve("beat@kunden.example")
    hide(web, "info", "admin")
    scopes = [right for right in RIGHTS if allows(role, right)]
    secret, _ = web.accounts.add_token(role, "matrix", scopes)
    with web.visitor(role) as client:
        form = client.get(f"/contacts/{contact}/assign").status_code
        assert form == (200 if page == 303 else 403)
        assert (f"/contacts/{contact}/assign" in client.get(f"/contacts/{contact}").text) == (
            page == 303
        )
        assert post(client, f"/contacts/{contact}/assign", customer=beat).status_code == page
        answer = client.post(
            "/api/v1/assign",
            json={"contact": contact, "customer": beat},
            headers={"authorization": f"Bearer {secret}"},
        )
        assert answer.status_code == api
    web.home.catch_up()
    found = web.home.queries.contact(contact)
    assert found
    assert (found.customer_id == beat) == (role == "admin")


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("admin", 303)])
def test_an_answer_in_the_queue_decides_on_nothing_hidden(
    web: Web, role: Role, status: int
) -> None:
    tell(web, call(10, outcome="missed", duration_s=0), source="phone")
    hide(web, "phone", "admin")
    (one,) = web.home.queries.review()
    before = web.home.log.last_position()
    with web.visitor(role) as client:
        client.get("/review")
        answer = post(
            client,
            "/review/answer",
            handle=one.handle,
            contact=one.contact,
            answer="new",
            way=one.identifiers[0].value,
        )
    assert answer.status_code == status
    assert (web.home.log.last_position() > before) == (status == 303)


def test_of_a_counterpart_only_the_contacts_that_one_sees_are_decided_on(web: Web) -> None:
    family = {"customer": anna(web)}
    tell(web, order(2000, "carla@kunden.example", name=Name("Carla", "Frei")))
    tell(web, call(20, outcome="missed", duration_s=0), source="phone")
    tell(web, call(21, outcome="missed", duration_s=0), source="counter")
    hide(web, "phone", "admin")
    (one,) = web.home.queries.review()
    with web.visitor("clerk") as client:
        client.get("/review")
        given = {"handle": one.handle, "contact": one.contact, "answer": family["customer"]}
        assert post(client, "/review/answer", earlier="1", **given).status_code == 303
    found = {
        each.source: each.customer_id for each in web.home.queries.contacts() if each.kind == "call"
    }
    assert found["counter"] == family["customer"]
    assert web.home.queries.to_review(9) == 1
