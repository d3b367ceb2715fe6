"""Customers of whom only a hidden source knows: neither page nor API names them, says what they are like, or finds them."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest

from stammkunde.app.access.rights import RIGHTS, Role, allows
from stammkunde.app.ringing import Switchboard
from stammkunde.connectors.interface import Call
from stammkunde.core.contact import Contact, Identifier, Name
from stammkunde.core.decisions import Decisions
from stammkunde.projections.figures.definitions import FIGURES
from tests.app.web.conftest import Client, Web, post
from tests.app.web.town import anna, call, hide, mail, order, tell

MAIL, PHONE, LANDLINE = "zenobia@geheim.example", "+41522039977", "+41522031111"
SECRETS = (
    "Zenobia", "Quellmann", "zenobia", "geheim.example", "2039977", "203 99 77", "Orchideen", "Asthma", "Rollstuhl",
    "konto-77", "Quitten",
)  # fmt: skip
"""Of her name, her addresses, her entry's properties, a note, what a person wrote of her; what the source knows of Anna."""

PLACES = (
    "/customers",
    "/customers.csv",
    "/customers/{zenobia}",
    "/customers/{anna}",
    "/contacts/{call}",
    "/today",
    "/review",
    "/record?customer={zenobia}",
    "/customers/{zenobia}/merge",
    "/figures/customers",
    "/figures/customers/list.csv",
    "/figures/missed_calls?{days}",
    "/figures/missed_calls/list.csv?{days}",
    "/api/v1/customers",
    "/api/v1/customers/{zenobia}",
    "/api/v1/customers/{anna}",
    "/api/v1/contacts",
    "/api/v1/contacts/{call}",
    "/api/v1/todo",
    "/api/v1/review",
    "/api/v1/figures/customers/who",
    "/api/v1/figures/completeness/who",
)
"""Where an admin reads something of it; `monday` and the figures' other pages name nobody."""


class Town:
    """Zenobia, of whom only `secret` knows; Anna, of whom it knows more than others; a call that may be Zenobia's."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.anna = anna(web)
        name = Name("Zenobia", "Quellmann")
        ways = Identifier("mail", MAIL), Identifier("phone", PHONE)
        late = web.home.now() - timedelta(days=3)
        annas = Identifier("mail", "anna@kunden.example"), Identifier("mail", "q@geheim.example")
        shop, house = Identifier("shop", "secret:konto-77"), Identifier("phone", LANDLINE)
        tell(
            web,
            order(21, name=name, identifiers=(*ways, shop, house)),
            order(22, name=Name("Yvo", "Quellmann"), identifiers=(Identifier("mail", "yvo@geheim.example"), house)),
            entry(60, name, ways, hobby="Orchideen"),
            mail(61, MAIL, display="Zenobia Q.", occurred_at=late),
            call(62, PHONE, outcome="missed", duration_s=0, occurred_at=late),
            entry(63, Name("Anna", "Frei"), annas, likes="Quitten"),
            source="secret",
        )  # fmt: skip
        tell(web, call(64, LANDLINE, outcome="missed", duration_s=0), source="phone")
        self.zenobia = web.home.queries.resolve(MAIL)
        (self.call,) = (one.id for one in web.home.queries.contacts() if one.counterpart == PHONE)
        self.decide = Decisions(web.home.intake, by="Admin")
        self.decide.note(self.zenobia, "Hat Asthma")
        self.decide.describe(self.zenobia, {"hilfe": "Rollstuhl"})
        hide(web, "secret", "admin")

    def get(self, role: Role, path: str) -> str:
        """What a page or the API answers this role."""
        day = (self.web.home.now() - timedelta(days=9)).date()
        days = f"from={day}&last={self.web.home.now().date()}"
        path = path.format(zenobia=self.zenobia, anna=self.anna, call=self.call, days=days)
        if not path.startswith("/api/"):
            with self.web.visitor(role) as client:
                return ok(client, path)
        scopes = [right for right in RIGHTS if allows(role, right)]
        secret, _ = self.web.accounts.add_token(role, "matrix", scopes)
        with self.web.visitor(None) as client:
            return ok(client, path, authorization=f"Bearer {secret}")


def entry(number: int, name: Name, ways: tuple[Identifier, ...], **said: str) -> Contact:
    """A card of an address book."""
    return mail(
        number, channel="directory", kind="entry", direction=None, name=name, identifiers=ways, attributes=said,
        subject="", text="",
    )  # fmt: skip


def ok(client: Client, path: str, **headers: str) -> str:
    found = client.get(path, headers=headers)
    assert found.status_code == 200, (path, found.text)
    return str(found.text)


@pytest.fixture
def town(web: Web) -> Town:
    return Town(web)


@pytest.mark.parametrize("path", PLACES)
def test_what_only_a_hidden_source_says_of_a_customer_is_for_its_readers_alone(
    town: Town, path: str
) -> None:
    assert [one for one in SECRETS if one in town.get("admin", path)]
    assert not [one for one in SECRETS if one in town.get("clerk", path)]


@pytest.mark.parametrize("code", FIGURES)
def test_who_is_behind_a_figure_is_as_many_and_named_to_its_readers_alone(
    town: Town, code: str
) -> None:
    path = f"/api/v1/figures/{code}/who?from=2026-01-01"
    seen = town.get("clerk", path)
    assert not [one for one in SECRETS if one in seen]
    assert len(json.loads(seen)["items"]) == len(json.loads(town.get("admin", path))["items"])


@pytest.mark.parametrize("q", ["Zenobia", "quellm", MAIL, "zenob", PHONE, "052 203 99 77", "konto-77", "Orchideen", "Rollstuhl"])  # fmt: skip
def test_nobody_is_found_by_what_is_hidden(town: Town, q: str) -> None:
    for path in (f"/customers?q={quote(q)}", f"/customers.csv?q={quote(q)}", f"/api/v1/customers?text={quote(q)}"):  # fmt: skip
        assert town.zenobia in town.get("admin", path), path
        assert town.zenobia not in town.get("clerk", path), path


def test_a_note_on_her_is_not_found_by_its_words(town: Town) -> None:
    assert f"{town.zenobia}#notes" in town.get("admin", "/customers?q=Asthma")
    assert town.zenobia not in town.get("clerk", "/customers?q=Asthma")


def test_she_is_not_named_while_she_rings(town: Town) -> None:
    board = Switchboard(town.web.home)
    town.web.application.state.switchboard = board
    at = town.web.home.now()
    board._tell("phone", Call(key="1", state="ringing", direction="in", number=PHONE, line="", at=at))  # fmt: skip
    assert "Zenobia" in town.get("admin", "/calls")
    seen = town.get("clerk", "/calls")
    assert "203 99 77" in seen  # the telephone system, which is open, says so now
    assert not [one for one in ("Zenobia", "Quellmann", town.zenobia) if one in seen]


@pytest.mark.parametrize("ref", [MAIL, PHONE, "secret:konto-77"])
def test_an_address_that_is_hidden_leads_nowhere(town: Town, ref: str) -> None:
    with town.web.visitor("clerk") as client:
        assert client.get(f"/customers/{quote(ref)}").status_code == 404
        assert post(client, "/record", who=ref, text="Guten Tag", kind="call").status_code == 400
    with town.web.visitor("admin") as client:
        assert client.get(f"/customers/{quote(ref)}").status_code == 303


def test_her_pages_say_why_they_say_nothing(town: Town) -> None:
    for path in (
        "/customers",
        "/customers/{zenobia}",
        "/contacts/{call}",
        "/figures/customers",
        "/today",
    ):
        assert "Not for your role" in town.get("clerk", path), path
        assert "Not for your role" not in town.get("admin", path), path
    assert "Not for your role" not in town.get("clerk", "/api/v1/customers")
    sheet = town.get("clerk", "/customers/{zenobia}")
    assert "Only sources that are not for your role know this customer." in sheet
    assert "No note yet." not in sheet
    assert "/note" not in sheet


def test_what_open_sources_say_of_a_customer_is_shown_and_found(town: Town) -> None:
    for path in (
        "/customers",
        "/api/v1/customers?text=frei",
        "/customers/{anna}",
    ):
        assert "Anna Frei" in town.get("clerk", path), path
    assert "anna@kunden.example" in town.get("clerk", "/customers/{anna}")
    for q in ("frei", "anna%40kunden.example", "052 203 44 10"):
        assert town.anna in town.get("clerk", f"/customers?q={q}"), q


def test_that_an_order_of_a_hidden_source_vouches_for_her_is_not_said(town: Town) -> None:
    tell(town.web, mail(71, MAIL))
    contact = next(one.id for one in town.web.home.queries.contacts() if one.subject == "Bremse 71")
    assert "in the address book" in town.get("admin", f"/contacts/{contact}")
    assert "in the address book" not in town.get("clerk", f"/contacts/{contact}")


def test_once_an_open_source_knows_her_too_that_is_shown_of_her(town: Town) -> None:
    tell(town.web, mail(70, MAIL, display="Z. aus Uster"))
    seen = town.get("clerk", "/customers/{zenobia}")
    assert "Z. aus Uster" in seen
    assert MAIL in seen
    assert "Hat Asthma" in seen  # a colleague's word on somebody who is no stranger to the clerk
    assert not [one for one in ("Quellmann", "203 99 77", "Orchideen") if one in seen]
    assert town.zenobia in town.get("clerk", f"/customers?q={quote(MAIL)}")
    assert town.zenobia not in town.get("clerk", "/customers?q=Quellmann")


def test_a_letter_written_down_by_hand_opens_nothing(town: Town) -> None:
    town.decide.record("letter", town.zenobia, "Dank", town.web.home.now())
    assert not [one for one in SECRETS if one in town.get("clerk", "/customers/{zenobia}")]


def test_nobody_makes_her_known_by_deciding_that_she_is_somebody_else(town: Town) -> None:
    with town.web.visitor("clerk") as client:
        client.get("/customers")
        sent = post(
            client, f"/customers/{town.anna}/merge", other=town.zenobia, reason="Sie ist es"
        )
        assert sent.status_code == 403
        sent = post(client, f"/customers/{town.zenobia}/link", identifier="+41522034410")
        assert sent.status_code == 403
        (mine,) = (one.id for one in town.web.home.queries.contacts() if one.kind == "message" and one.source == "info")  # fmt: skip
        sent = post(client, f"/contacts/{mine}/assign", customer=town.zenobia)
        assert sent.status_code == 403
