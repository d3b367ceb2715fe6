"""What a figure is narrowed to, and by how much of an id somebody is named, at the command line."""

import json
from pathlib import Path

import pytest

from stammkunde.projections.figures.definitions import FIGURES
from tests.app.calling import Run

KNOWING = {"contacts", "not_counted", "unassigned_rate", "callback_rate"}


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("figures new --segment channel:mail", "“new” knows no segment"),
        ("figures contacts new --segment channel:mail", "“new” knows no segment"),
        ("figures new --who --segment channel:mail", "“new” knows no segment"),
        ("figures callback_rate --segment direction:in", "knows as segments channel alone"),
        ("figures contacts --segment currency:CHF", "channel, direction, kind alone"),
        ("figures net_revenue --segment channel:shop", "currency alone"),
        ("figures --segment channel:mail,currency:CHF", "No figure knows channel, currency"),
        ("figures contacts --segment channel:fax", "channel is one of mail, phone"),
        ("figures contacts --segment channel:", "A segment is like channel:mail"),
        ("figures contacts --segment channel:mail,channel:phone", "once, not twice"),
        ("figures contacts --who --grain month", "leave out --grain"),
    ],
)
def test_what_would_be_ignored_is_refused(words: str, part: str, company: Path, run: Run) -> None:
    result = run(company, *words.split())
    assert (result.status, result.out) == (2, "")
    assert part in result.err
    assert result.err.count("\n") == 1


def test_of_all_figures_those_are_shown_that_know_the_segment(company: Path, run: Run) -> None:
    words = ("figures", "--segment", "channel:mail")
    answers = json.loads(run(company, *words, "--json").out)
    assert {answer["code"] for answer in answers} == KNOWING
    shown = run(company, *words)
    assert (shown.status, shown.err) == (0, "")
    said = " ".join(shown.out.partition("Left out")[2].split())
    assert {
        code for code in FIGURES if code in said.replace(",", "").split()
    } == FIGURES.keys() - KNOWING
    assert "Left out" not in run(company, "figures").out
    assert "Left out" not in run(company, *words, "contacts").out


def test_a_segment_of_money_is_one_currency(company: Path, run: Run) -> None:
    since = ("--from", "2025-01-01", "--json")
    answers = json.loads(run(company, "figures", "net_revenue", *since).out)
    for answer in answers:
        words = ("figures", "net_revenue", "--segment", f"currency:{answer['unit']}")
        assert json.loads(run(company, *words, *since).out) == [answer]
        behind = json.loads(run(company, *words, "--who", *since).out)
        assert len(behind) == answer["numerator"]
    everything = json.loads(run(company, "figures", "net_revenue", "--who", *since).out)
    assert len(everything) == sum(answer["numerator"] for answer in answers) > 0
    assert {entry["currency"] for entry in everything} == {answer["unit"] for answer in answers}


@pytest.mark.parametrize("grain", [(), ("--grain", "month")])
def test_completeness_says_that_it_is_as_of_now(
    grain: tuple[str, ...], company: Path, run: Run
) -> None:
    words = ("figures", "completeness", "--from", "2025-01-01", *grain)
    (answer,) = json.loads(run(company, *words, "--json").out)
    assert (answer["from"], answer["to"], answer["note"]) == (None, None, "as of now")
    (line,) = [line for line in run(company, *words).lines if line.startswith("Completeness")]
    assert line.endswith("as of now")
    assert "Stand jetzt" in run(company, "--lang", "de", *words).out


def test_review_prints_references_that_every_command_takes(own_company: Path, run: Run) -> None:
    reviews = json.loads(run(own_company, "review", "--json").out)
    lines = [line.split()[2:4] for line in run(own_company, "review").lines if "assign" in line]
    contacts = {review["contact"] for review in reviews}
    customers = {c["id"] for review in reviews for c in review["candidates"]}
    assert lines
    for contact, customer in lines:
        assert 8 <= len(contact) < 32
        assert sum(id_.startswith(contact) for id_ in contacts) == 1
        assert customer == "CUSTOMER|nobody" or any(id_.startswith(customer) for id_ in customers)
    contact, customer = next(line for line in lines if len(line[1]) < 12)
    assert run(own_company, "customer", customer).status == 0
    assert run(own_company, "note", customer, "nice").status == 0
    for whose in (customer, "nobody"):
        result = run(own_company, "assign", contact, whose)
        assert (result.status, result.err) == (0, "")


def test_a_merge_is_taken_back_by_the_short_ids_that_lists_show(
    own_company: Path, run: Run
) -> None:
    found = json.loads(run(own_company, "customers", "--limit", "4", "--json").out)
    one, other = found[1]["id"][:8], found[3]["id"][:8]
    for words in (("merge", one, other, "--reason", "x"), ("unmerge", one, other)):
        result = run(own_company, *words)
        assert (result.status, result.err) == (0, "")


def test_a_beginning_of_several_ids_is_refused_with_their_number(company: Path, run: Run) -> None:
    contacts = [json.loads(line)["id"] for line in run(company, "contacts", "--json").lines]
    alike = [id_ for id_ in contacts if id_[:6] == contacts[0][:6]]
    assert len(alike) > 1
    result = run(company, "assign", contacts[0][:6], "nobody")
    assert (result.status, result.out) == (1, "")
    assert f"{len(alike)} ids begin with {contacts[0][:6]}: write more of it." in result.err


@pytest.mark.parametrize("text", ["-", "%", "___", "'", "x" * 10_000, "an " * 4000, "\udcff"])
def test_a_hostile_search_finds_nobody_and_says_so(text: str, company: Path, run: Run) -> None:
    result = run(company, "customers", text)
    assert (result.status, result.err) == (0, "")
    assert result.lines == ["Nobody is found."] or text.startswith("an")
