"""What programs decide by the API, each in its owner's name."""

from pathlib import Path
from typing import get_args

from stammkunde.app.web.api import telling
from stammkunde.core.decisions import BY_HAND
from tests.app.web.conftest import Web
from tests.app.web.programs import ANNA, BEAT, ask, problem, program, stranger, tell_it, token
from tests.app.web.town import anna, tell
from tests.homes import Command

ORDERS = Path(__file__).parents[2] / "data" / "shop" / "orders-broken.csv"
COLUMNS = {
    "order": "Bestellnummer",
    "time": "Bestelldatum",
    "quantity": "Menge",
    "unit_price": "Einzelpreis",
}


def test_what_can_be_recorded_is_what_the_core_knows() -> None:
    assert set(get_args(telling.Kind)) == set(BY_HAND)


def test_a_letter_is_recorded_in_the_owners_name_and_known_at_once(web: Web) -> None:
    anna(web)
    with program(web, "Clerk") as client:
        answer = client.post(
            "/api/v1/record",
            json={"kind": "letter", "customer": ANNA, "text": "Kündigt", "at": "2026-11-18T14:30:00+01:00"},
        )  # fmt: skip
        assert answer.status_code == 201
        made = answer.json()
        assert (made["kind"], made["text"], made["direction"]) == ("letter", "Kündigt", "in")
        assert made["occurred_at"] == "2026-11-18T14:30:00+01:00"
        assert client.get(answer.headers["location"]).json() == made
        assert made in ask(client, f"/customers/{ANNA}")["contacts_list"]
        (assigned,) = [e for e in web.home.log.stream(made["id"]) if e.topic == "contact.assigned"]
        assert assigned.private.by == "Clerk"


def test_the_same_key_records_once_and_another_users_key_is_another(web: Web) -> None:
    anna(web)
    letter = {"kind": "letter", "customer": ANNA, "text": "Kündigt"}
    with program(web, "Clerk") as client:
        keyed = {"idempotency-key": "4711"}
        first = client.post("/api/v1/record", json=letter, headers=keyed)
        before = web.home.log.last_position()
        changed = letter | {"text": "Kündigt doch nicht", "customer": BEAT}
        again = client.post("/api/v1/record", json=changed, headers=keyed)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert web.home.log.last_position() == before
        ids = {first.json()["id"]}
        others = keyed | token(web, "Admin")
        ids.add(client.post("/api/v1/record", json=letter, headers=others).json()["id"])
        ids.add(client.post("/api/v1/record", json=letter).json()["id"])
        ids.add(client.post("/api/v1/record", json=letter).json()["id"])
        assert len(ids) == 4


def test_notes_properties_and_the_role(web: Web) -> None:
    anna(web)
    with program(web) as client:
        tell_it(client, "note", customer=ANNA, text=" ruft nach vier an ")
        tell_it(client, "describe", customer=ANNA, attributes={" size ": "M"}, role="supplier")
        sheet = ask(client, f"/customers/{ANNA}")
        assert [(note["by"], note["text"]) for note in sheet["notes"]] == [
            ("Admin", "ruft nach vier an")
        ]
        assert sheet["attributes"]["size"] == {"value": "M", "source": "person"}
        assert sheet["kind"] == "supplier"
        tell_it(client, "describe", customer=ANNA, attributes={"size": ""})
        assert "size" not in ask(client, f"/customers/{ANNA}")["attributes"]


def test_an_identifier_is_given_classified_and_taken(web: Web) -> None:
    who = anna(web)
    with program(web) as client:
        tell_it(client, "link", customer=ANNA, identifier="079 555 99 98", reason="sie sagt es")
        assert ask(client, "/customers/079 555 99 98")["id"] == who
        tell_it(client, "classify", identifier="052 203 44 10", class_="shared")
        ways = ask(client, f"/customers/{ANNA}")["identifiers"]
        assert {"kind": "phone", "value": "+41522034410", "class": "shared"} in ways
        tell_it(client, "unlink", customer=ANNA, identifier="079 555 99 98")
        problem(client.get("/api/v1/customers/079 555 99 98"), 404)


def test_a_contact_is_given_to_somebody_and_to_nobody(web: Web) -> None:
    anna(web)
    tell(web, stranger(8))
    with program(web) as client:
        (open_,) = ask(client, "/contacts", unassigned=True)["items"]
        tell_it(client, "assign", contact=open_["id"], customer=BEAT, reason="Stimme erkannt")
        given = ask(client, f"/contacts/{open_['id']}")
        assert given["customer_id"] == ask(client, f"/customers/{BEAT}")["id"]
        tell_it(client, "assign", contact=open_["id"], customer=None)
        assert ask(client, f"/contacts/{open_['id']}")["customer_id"] is None


def test_two_become_one_and_two_again_and_stay_apart(web: Web) -> None:
    one = anna(web)
    with program(web) as client:
        other = ask(client, f"/customers/{BEAT}")["id"]
        tell_it(client, "merge", one=ANNA, other=BEAT, reason="ein Haushalt")
        assert ask(client, f"/customers/{ANNA}")["id"] == ask(client, f"/customers/{BEAT}")["id"]
        tell_it(client, "unmerge", one=one, other=other)
        assert ask(client, f"/customers/{ANNA}")["id"] != ask(client, f"/customers/{BEAT}")["id"]
        tell_it(client, "distinct", one=ANNA, other=BEAT)
        tell_it(client, "merge", status=409, one=ANNA, other=BEAT, reason="doch")
        tell_it(client, "merge", one=ANNA, other=BEAT, reason="doch", anyway=True)
        assert ask(client, f"/customers/{ANNA}")["id"] == ask(client, f"/customers/{BEAT}")["id"]


def test_what_waits_is_read_again_with_other_settings_by_an_admin(web: Web) -> None:
    columns = [f"{key}={value}" for key, value in COLUMNS.items()]
    settings = [word for column in columns for word in ("--set", column)]
    words = ("import", "orders-csv", str(ORDERS), "--source", "till", *settings)
    assert Command(web.home.path).run(*words)[0] == 0
    with program(web) as client:
        waits = ask(client, "/quarantine", source="till")["items"]
        assert waits
        found = tell_it(client, "quarantine/retry", status=200, source="till")
        assert found == {
            "items": [{"source": "till", "read": 0, "waiting": len(waits)}],
            "next": None,
        }
        answer = client.post("/api/v1/quarantine/retry", json={"set": {"colour": "red"}})
        assert "colour" in problem(answer, 409)["detail"]
    with program(web, "Clerk") as clerk:
        problem(clerk.post("/api/v1/quarantine/retry", json={}), 403)
