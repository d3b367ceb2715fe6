"""Who waits for us, on any channel."""

import pytest

from stammkunde.projections.figures.service import Touch, waits

MINUTE = 60_000


def touch(name: str, minute: int, what: str) -> Touch:
    """`in missed`, `out message` and the like."""
    direction, kind = what.split()
    outcome = kind if kind in ("missed", "answered", "voicemail", "busy") else ""
    channel = "phone" if outcome else "mail"
    return Touch(name, minute * MINUTE, "call" if outcome else kind, channel, direction, outcome)


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ([("a", 0, "in missed")], [("a", "missed_call", None, "")]),
        ([("a", 0, "in missed"), ("b", 9, "out answered")], [("a", "missed_call", 9, "phone")]),
        ([("a", 0, "in missed"), ("b", 9, "out missed")], [("a", "missed_call", 9, "phone")]),
        ([("a", 0, "in missed"), ("b", 9, "out message")], [("a", "missed_call", 9, "mail")]),
        ([("a", 0, "in missed"), ("b", 9, "in answered")], [("a", "missed_call", 9, "phone")]),
        ([("a", 0, "in missed"), ("b", 20, "in missed"), ("c", 45, "in missed")], [("a", "missed_call", None, "")]),
        ([("a", 0, "in missed"), ("b", 31, "in missed")],
         [("a", "missed_call", None, ""), ("b", "missed_call", None, "")]),
        ([("a", 0, "in message"), ("b", 5, "in message"), ("c", 60, "out message")], [("a", "message", 60, "mail")]),
        ([("a", 0, "in message"), ("c", 60, "out answered")], [("a", "message", 60, "phone")]),
        ([("a", 0, "in message"), ("c", 60, "out auto_reply")], [("a", "message", None, "")]),
        ([("a", 0, "in newsletter")], []),
        ([("a", 0, "in answered")], []),
        ([("a", 0, "out message"), ("b", 9, "in message"), ("c", 12, "out message"), ("d", 30, "in message")],
         [("b", "message", 12, "mail"), ("d", "message", None, "")]),
    ],
)  # fmt: skip
def test_stories(
    story: list[tuple[str, int, str]], expected: list[tuple[str, str, int | None, str]]
) -> None:
    found = [
        (
            wait.contact,
            wait.what,
            None if wait.until is None else wait.until // MINUTE,
            wait.answer_channel,
        )
        for wait in waits(touch(*step) for step in story)
    ]
    assert sorted(found) == sorted(expected)
