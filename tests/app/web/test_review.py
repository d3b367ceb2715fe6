"""Zuordnen: the queue, what an answer decides, what it says beforehand, and that it can be taken back."""

import re

import pytest

from stammkunde.core.contact import Identifier, Name
from stammkunde.core.decisions import Decisions
from tests.app.web.conftest import Client, Web, post
from tests.app.web.town import HOSTILE, anna, call, hide, mail, order, tell

NUMBER, OTHER = "+41795550000", "+41795551111"


def strangers(web: Web) -> None:
    """Somebody rings three times from one number and once from another; nobody answers."""
    rings = [call(n, NUMBER, outcome="missed", duration_s=0) for n in (10, 11, 12)]
    tell(web, *rings, call(13, OTHER, outcome="missed", duration_s=0), source="phone")


def family(web: Web) -> None:
    """Anna's number is Carla's too; two calls come from it that nobody can tell."""
    anna(web)
    tell(web, order(2000, "carla@kunden.example", name=Name("Carla", "Frei")))
    tell(web, call(20), call(21), source="phone")


def hidden(page: str) -> dict[str, str]:
    """What the form of answers brings along."""
    form = page[page.index('id="answer"') :]
    return dict(re.findall(r'<input type="hidden" name="(handle|contact|way)" value="([^"]*)">', form)[:3])  # fmt: skip


def answer(client: Client, said: str, at: str = "", **more: str) -> str:
    """Answer the entry that the page shows; where one is led."""
    seen = hidden(client.get(f"/review?at={at}").text)
    sent = post(client, "/review/answer", answer=said, **(seen | more))
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def holder(web: Web, number: str) -> set[str | None]:
    contacts = web.home.queries.all_contacts()
    return {one.customer_id for one in contacts if one.counterpart == number}


def calls_of(web: Web, customer: str) -> int:
    return sum(
        one.customer_id == customer and one.channel == "phone"
        for one in web.home.queries.all_contacts()
    )


# ---- the queue


@pytest.mark.parametrize("role", ["admin", "clerk", "reader"])
def test_an_empty_queue_says_what_would_stand_there(web: Web, role: str) -> None:
    with web.visitor(role) as client:  # type: ignore[arg-type]
        page = client.get("/review")
        assert page.status_code == 200
        assert "Nothing is to be assigned." in page.text


def test_later_and_further_entries_lead_through_a_queue_longer_than_is_counted(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stammkunde.app.web.visit.COUNTED_REVIEWS", 6)
    monkeypatch.setattr("stammkunde.app.web.pages.review.COUNTED_REVIEWS", 6)
    monkeypatch.setattr("stammkunde.app.web.pages.review.QUEUE", 4)
    rings = [call(n, f"+417955500{n:02}", outcome="missed", duration_s=0) for n in range(10, 25)]
    tell(web, *rings, source="phone")
    web.home.catch_up()
    whole = [one.handle for one in web.home.queries.review()]
    assert len(whole) == 15
    with web.visitor() as client:
        at, seen = "", []
        for _ in whole:
            page = client.get(f"/review?at={at}").text
            seen.append(hidden(page)["handle"])
            [at] = set(re.findall(r'href="/review\?at=(\w+)" aria-keyshortcuts="s"', page))
        assert seen == whole
        assert at == whole[0]

        page, shown = client.get("/review").text, []
        while True:
            shown += re.findall(r'href="/review\?at=(\w+)" data-row', page)
            further = re.search(r'href="/review\?at=(\w+)">Further entries', page)
            if further is None:
                break
            page = client.get(f"/review?at={further[1]}").text
        assert list(dict.fromkeys(shown)) == whole
        assert "From the beginning" in page


def test_an_answer_beyond_what_is_counted_leads_on_from_there(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stammkunde.app.web.visit.COUNTED_REVIEWS", 3)
    monkeypatch.setattr("stammkunde.app.web.pages.review.COUNTED_REVIEWS", 3)
    rings = [call(n, f"+417955500{n:02}", outcome="missed", duration_s=0) for n in range(10, 18)]
    tell(web, *rings, source="phone")
    web.home.catch_up()
    whole = [one.handle for one in web.home.queries.review()]
    with web.visitor() as client:
        assert answer(client, "nobody", at=whole[5]) == f"/review?at={whole[6]}"


def test_the_entry_with_most_contacts_comes_first_and_later_leads_to_the_next(web: Web) -> None:
    strangers(web)
    with web.visitor() as client:
        page = client.get("/review").text
        assert "Who called?" in page
        assert "2 further contacts since" in page
        [later] = set(re.findall(r'href="(/review\?at=\w+)" aria-keyshortcuts="s"', page))
        assert "079 555 11 11" in client.get(later).text
        before = web.home.log.last_position()
        back = re.findall(r'href="(/review\?at=\w+)" aria-keyshortcuts="s"', client.get(later).text)
        assert "079 555 00 00" in client.get(back[0]).text
        assert web.home.log.last_position() == before


def test_an_entry_that_is_gone_gives_way_to_the_first(web: Web) -> None:
    strangers(web)
    with web.visitor() as client:
        for at in ("0" * 32, "x'--", HOSTILE):
            page = client.get("/review", params={"at": at})
            assert page.status_code == 200
            assert "079 555 00 00" in page.text


# ---- answers about a number that is nobody else's


def test_naming_a_customer_gives_him_the_number_with_all_its_calls_as_announced(web: Web) -> None:
    customer = anna(web)
    strangers(web)
    with web.visitor() as client:
        first = client.get("/review").text
        assert "Nobody known comes into question." in first
        found = client.get("/review", params={"q": "anna"}).text
        assert "Also assigns the 2 earlier calls." in found
        before = calls_of(web, customer)
        led = answer(client, customer)
        assert holder(web, NUMBER) == {customer}
        assert calls_of(web, customer) - before == 3
        assert "079 555 11 11" in client.get(led).text
        assert web.home.queries.resolve(NUMBER) == customer


def test_a_new_customer_is_opened_with_the_number(web: Web) -> None:
    strangers(web)
    with web.visitor() as client:
        assert re.search(r'id="e-new">Also assigns the 2 earlier calls\.', client.get("/review").text)  # fmt: skip
        answer(client, "new")
        [customer] = holder(web, NUMBER)
        assert customer is not None
        assert customer == web.home.queries.resolve(NUMBER)
        assert client.get(f"/customers/{customer}").status_code == 200


def test_no_customer_settles_what_waits_and_asks_again_at_the_next_contact(web: Web) -> None:
    strangers(web)
    with web.visitor() as client:
        answer(client, "nobody")
        assert [one.waiting for one in web.home.queries.review()] == [1]
        tell(web, call(30, NUMBER, outcome="missed", duration_s=0), source="phone")
        assert len(web.home.queries.review()) == 2


def test_shared_keeps_the_entry_and_answers_hold_for_one_contact_from_then_on(web: Web) -> None:
    customer = anna(web)
    strangers(web)
    with web.visitor() as client:
        led = answer(client, "shared")
        page = client.get(led).text
        assert "Your answer holds for this contact alone." in page
        at = hidden(page)["handle"]
        answer(client, customer, at)
        assert [one.waiting for one in web.home.queries.review(handle=at)] == [2]


# ---- answers about a number that several use


def test_candidates_are_those_who_share_the_number_with_what_speaks_for_them(web: Web) -> None:
    family(web)
    with web.visitor() as client:
        page = client.get("/review").text
    assert "2 proposals" in page
    assert page.count("Uses 052 203 44 10 too") == 2
    assert re.findall(r'aria-keyshortcuts="(\d)"', page) == ["1", "2"]


def test_a_name_that_fits_speaks_for_one_and_against_the_other(web: Web) -> None:
    both = "home@kunden.example"
    tell(web, order(1, both), order(2, both, name=Name("Beat", "Moser")))
    tell(web, mail(5, both, display="Beat Moser", text="Gruss von Beat Moser, danke"))
    with web.visitor() as client:
        page = client.get("/review").text
    first, second = re.findall(r'<section class="card.*?</section>', page, re.DOTALL)
    assert "Beat Moser</a>" in first
    assert "The name “Beat Moser” fits" in first
    assert "“Beat Moser” stands in the text" in first
    assert "Goes by the name “Beat Moser” here" in second


@pytest.mark.parametrize(("tick", "left"), [({}, [1]), ({"earlier": "1"}, [])])
def test_an_answer_holds_for_the_contact_shown_and_if_ticked_for_the_earlier_ones(
    web: Web, tick: dict[str, str], left: list[int]
) -> None:
    family(web)
    customer = web.home.queries.resolve("anna@kunden.example")
    waits = next(one.waiting for one in web.home.queries.review())
    assert waits > 1
    with web.visitor() as client:
        answer(client, customer, **tick)
    found = [one.waiting for one in web.home.queries.review()]
    assert found == ([waits - 1] if left else [])


# ---- taking back


@pytest.mark.parametrize("said", ["anna", "new", "nobody", "shared"])
def test_taking_back_is_a_decision_that_leaves_the_entry_as_it_was(web: Web, said: str) -> None:
    customer = anna(web)
    strangers(web)
    with web.visitor() as client:
        before = web.home.queries.review()
        start = web.home.log.last_position()
        led = answer(client, customer if said == "anna" else said)
        assert web.home.queries.review() != before
        assert 'aria-keyshortcuts="z"' in client.get(led).text
        middle = web.home.log.last_position()
        undone = post(client, "/review/undo")
        assert undone.status_code == 303
        assert web.home.queries.review() == before
        assert undone.headers["location"].endswith(before[0].handle)
        assert start < middle < web.home.log.last_position()
        assert web.home.check_views() == []
        assert 'aria-keyshortcuts="z"' not in client.get("/review").text


def test_taking_back_of_what_several_use_releases_the_contacts(web: Web) -> None:
    family(web)
    before = web.home.queries.review()
    with web.visitor() as client:
        answer(client, web.home.queries.resolve("carla@kunden.example"), earlier="1")
        post(client, "/review/undo")
    assert web.home.queries.review() == before


def test_what_others_did_is_not_taken_back(web: Web) -> None:
    customer = anna(web)
    strangers(web)
    start = web.home.log.last_position()
    Decisions(web.home.intake, by="Somebody else").link(Identifier("phone", NUMBER), customer)
    end = web.home.log.last_position()
    marks = [f"{start + 1}.{end}.x", f"1.{end}.x", "1.99999999999999999999.x", "-1.2", "x", HOSTILE]
    with web.visitor() as client:
        for mark in marks:
            client.cookies.set("stammkunde-answer", mark.replace(";", ""), path="/review")
            assert post(client, "/review/undo").status_code == 303
    assert web.home.log.last_position() == end


def test_taking_back_what_was_decided_otherwise_since_is_refused_on_the_page(web: Web) -> None:
    customer = anna(web)
    strangers(web)
    with web.visitor() as client:
        answer(client, customer)
        Decisions(web.home.intake).unlink(Identifier("phone", NUMBER), customer)
        web.home.catch_up()
        refused = post(client, "/review/undo")
        assert refused.status_code == 409
        assert re.search(r'role="alert".*No person linked this identifier', refused.text, re.DOTALL)


# ---- refusals


def test_an_answer_to_what_is_no_longer_so_is_refused_on_the_page(web: Web) -> None:
    customer = anna(web)
    strangers(web)
    with web.visitor() as client:
        seen = hidden(client.get("/review").text)
        answer(client, "nobody")
        before = web.home.log.last_position()
        for form in (
            seen,
            seen | {"contact": "0" * 32},
            seen | {"way": OTHER},
            seen | {"handle": ""},
        ):
            refused = post(client, "/review/answer", answer=customer, **form)
            assert refused.status_code == 409
            assert "Somebody answered meanwhile" in refused.text
        assert web.home.log.last_position() == before


def test_a_customer_whom_nobody_knows_is_not_found(web: Web) -> None:
    strangers(web)
    with web.visitor() as client:
        seen = hidden(client.get("/review").text)
        assert post(client, "/review/answer", answer="0" * 32, **seen).status_code == 404


def test_readers_look_and_do_not_answer(web: Web) -> None:
    customer = anna(web)
    strangers(web)
    with web.visitor("clerk") as client:
        seen = hidden(client.get("/review").text)
    with web.visitor("reader") as client:
        page = client.get("/review", params={"q": "anna"}).text
        assert "/review/answer" not in page
        for path in ("/review/answer", "/review/undo"):
            assert post(client, path, answer=customer, **seen).status_code == 403


def test_an_answer_without_the_forms_token_is_refused(web: Web) -> None:
    strangers(web)
    with web.visitor() as client:
        seen = hidden(client.get("/review").text)
        assert client.post("/review/answer", data={"answer": "new", **seen}).status_code == 403


@pytest.mark.parametrize("mark", ["", "1", "x.y.z", "-1.2.h", f"{'1' * 5000}.2.h", f"1.{2**70}.h"])
def test_a_mark_that_is_none_of_ours_takes_nothing_back(web: Web, mark: str) -> None:
    with web.visitor("clerk") as client:
        client.cookies.set("stammkunde-answer", mark)
        assert client.get("/review").status_code == 200


def test_what_a_hidden_source_says_stays_hidden(web: Web) -> None:
    both = "home@kunden.example"
    tell(web, order(1, both), order(2, both, name=Name("Beat", "Moser")))
    tell(web, mail(5, both, display="Beat Moser", text="CANARY"), source="boss")
    hide(web, "boss", "admin")
    with web.visitor("admin") as client:
        assert "CANARY" in client.get("/review").text
    with web.visitor("clerk") as client:
        page = client.get("/review").text
        assert "CANARY" not in page
        assert both not in page
        assert "Its content is not for your role." in page


def test_what_people_wrote_is_shown_as_text(web: Web) -> None:
    long = "x" * 200
    tell(web, mail(1, display=HOSTILE, subject=HOSTILE, text=HOSTILE))
    tell(web, mail(2, "other@kunden.example", display=long, subject=long, text=long))
    with web.visitor() as client:
        for entry in web.home.queries.review():
            page = client.get("/review", params={"at": entry.handle, "q": HOSTILE}).text
            assert "<script>alert" not in page
            assert "<img" not in page


def test_a_search_answers_a_part_where_htmx_asks_for_one(web: Web) -> None:
    anna(web)
    strangers(web)
    with web.visitor() as client:
        part = client.get("/review", params={"q": "anna"}, headers={"hx-request": "true"}).text
        assert "<html" not in part
        assert "Also assigns the 2 earlier calls." in part
