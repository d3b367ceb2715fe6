"""What hand-labelled mails are taken for: accuracies and the confusion table, on the real set and on a cut of it."""

from __future__ import annotations

import csv
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from stammkunde.connectors.mail.interpret import Interpretation, interpret
from stammkunde.connectors.mail.message import Message, parse
from stammkunde.core.company import Company

CUT = Path(__file__).parents[2] / "data" / "mail" / "kinds"

# The owner of the SpamAssassin mailbox, as the README of the labels says.
_TAGS = {
    "yyyy": "use-perl fc fm cv meerkat",
    "zzzz": "use-perl ilug rpm scoop",
    "zzz": "use-perl unspun ntk ryanair",
}
OWNER = Company(
    addresses=(
        *(f"{name}@spamassassin.taint.org" for name in ("yyyy", "zzzz", "zzz", "jm", "zzzz4")),
        *(f"{name}@users.sourceforge.net" for name in ("yyyyason", "jmason")),
        *(f"{name}-{tag}@spamassassin.taint.org" for name, tags in _TAGS.items() for tag in tags.split()),
    ),
    domains=(
        "jmason.org", "zzzzason.org", "netnoteinc.com", "localhost.netnoteinc.com", "labs.netnoteinc.com",
        "localhost.labs.netnoteinc.com", "localhost.spamassassin.taint.org",
    ),
)  # fmt: skip


class Case(msgspec.Struct, frozen=True):
    """One labelled mail and what was made of it."""

    label: dict[str, str]
    message: Message
    found: Interpretation

    @property
    def kind(self) -> str:
        return self.found.contacts[0].kind if self.found.contacts else f"({self.found.ignored})"

    @property
    def accepted(self) -> set[str]:
        return {self.label["kind"], *filter(None, self.label["also"].split(";"))}


def _case(label: dict[str, str], raw: bytes) -> Case:
    message = parse(raw)
    return Case(label, message, interpret(message, company=OWNER))


def _real(folder: Path) -> Iterator[Case]:
    with (folder / "labels-train.csv").open(newline="", encoding="utf-8") as stream:
        labels = list(csv.DictReader(stream))
    for archive in sorted({label["archive"] for label in labels}):
        with tarfile.open(folder / f"{archive}.tar.xz") as tar:
            for label in labels:
                if label["archive"] == archive:
                    member = tar.extractfile(label["file"])
                    assert member is not None, label["file"]
                    yield _case(label, member.read())


@pytest.fixture(scope="module")
def labelled(real_data: Path) -> list[Case]:
    return list(_real(real_data / "mail"))


@pytest.fixture(scope="module")
def cut() -> list[Case]:
    with (CUT / "labels.csv").open(newline="", encoding="utf-8") as stream:
        return [
            _case(label, (CUT / label["file"]).read_bytes()) for label in csv.DictReader(stream)
        ]


def confusion(cases: list[Case]) -> str:
    """A line for each kind by label: how many were taken for what, and how many of them are right."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    right: Counter[str] = Counter()
    for case in cases:
        table[case.label["kind"]][case.kind] += 1
        right[case.label["kind"]] += case.kind in case.accepted
    lines = [
        f"{kind:16} {right[kind]:3} of {taken.total():3} right: "
        + ", ".join(f"{number} {name}" for name, number in taken.most_common())
        for kind, taken in sorted(table.items())
    ]
    return "\n".join(("", *lines, ""))


def wrong(cases: list[Case]) -> list[str]:
    return [
        f"{case.label['file']}: {case.label['kind']}, taken for {case.kind}"
        for case in cases
        if case.kind not in case.accepted
    ]


def severity(case: Case) -> str:
    return "hard" if any(failure.severity == "hard" for failure in case.found.failures) else "soft"


def misread_senders(cases: list[Case]) -> list[str]:
    return [
        case.label["file"]
        for case in cases
        if [word for word in case.label["from"].split(";") if "@" in word]
        != [found.address for found in case.message.addresses("from") if found.address]
    ]


def misread_dates(cases: list[Case]) -> list[str]:
    found = []
    for case in cases:
        label = datetime.fromisoformat(case.label["date"]) if case.label["date"] else None
        date = case.message.date
        if str(label) != str(date):  # equal instants of another offset are not the same
            found.append(case.label["file"])
    return found


def share(bad: int, of: int) -> float:
    return 1 - bad / of


@pytest.mark.data
def test_kinds_of_all_that_is_no_spam(labelled: list[Case]) -> None:
    sys.stdout.write(confusion(labelled))
    cases = [case for case in labelled if case.label["kind"] != "spam"]
    assert share(len(wrong(cases)), len(cases)) >= 0.95, wrong(cases)
    kinds = Counter(case.label["kind"] for case in cases)
    for kind, number in kinds.items():
        bad = wrong([case for case in cases if case.label["kind"] == kind])
        assert number >= 20 or len(bad) <= 1, bad


@pytest.mark.data
def test_no_personal_message_is_spam_or_an_automatic_reply(labelled: list[Case]) -> None:
    personal = [case for case in labelled if case.label["kind"] == "message"]
    assert personal
    assert not [case.label["file"] for case in personal if case.kind in ("spam", "auto_reply")]


@pytest.mark.data
def test_spam_without_a_sign_in_its_header(labelled: list[Case]) -> None:
    """Reported apart: what is missed is a nuisance, what is taken wrongly for spam would be a loss."""
    spam = [case for case in labelled if case.label["kind"] == "spam"]
    kinds = Counter(case.kind for case in spam)
    sys.stdout.write(
        f"\nspam: {dict(kinds)}, kept out of the contacts {len(spam) - kinds['message']} of {len(spam)}\n"
    )
    assert kinds["spam"] >= 0.5 * len(spam)
    assert kinds["message"] <= 0.3 * len(spam)


@pytest.mark.data
def test_direction(labelled: list[Case]) -> None:
    cases = [case for case in labelled if case.label["direction"]]
    bad = [
        case.label["file"]
        for case in cases
        if not case.found.contacts or case.found.contacts[0].direction != case.label["direction"]
    ]
    assert share(len(bad), len(cases)) >= 0.98, bad


@pytest.mark.data
def test_severity_of_bounces(labelled: list[Case]) -> None:
    cases = [
        case
        for case in labelled
        if case.label["kind"] == "bounce" and "also defensible" not in case.label["why"]
    ]
    bad = [case.label["file"] for case in cases if severity(case) != case.label["severity"]]
    assert share(len(bad), len(cases)) >= 0.9, bad


@pytest.mark.data
def test_failed_recipients(labelled: list[Case]) -> None:
    cases = [case for case in labelled if case.label["failed_recipient"]]
    bad = [
        case.label["file"]
        for case in cases
        if not set(case.label["failed_recipient"].split(";"))
        & {found.recipient for found in case.found.failures}
    ]
    assert share(len(bad), len(cases)) >= 0.95, bad


@pytest.mark.data
def test_sender_and_date(labelled: list[Case]) -> None:
    assert share(len(misread_senders(labelled)), len(labelled)) >= 0.98, misread_senders(labelled)
    assert share(len(misread_dates(labelled)), len(labelled)) >= 0.98, misread_dates(labelled)


def test_cut_is_read_without_a_mistake(cut: list[Case]) -> None:
    sys.stdout.write(confusion(cut))
    assert not wrong(cut)
    assert not misread_senders(cut)
    assert not misread_dates(cut)
    for case in cut:
        if case.label["kind"] == "bounce":
            assert severity(case) == case.label["severity"], case.label["file"]
            assert {found.recipient for found in case.found.failures} == set(
                case.label["failed_recipient"].split(";")
            )
