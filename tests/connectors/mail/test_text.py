"""Text out of HTML, the best text of several parts, and its language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.mail.html import html_text
from stammkunde.connectors.mail.part import Part
from stammkunde.connectors.mail.text import LONGEST, best_text, language_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Guten Tag</p><p>Danke</p>", "Guten Tag\n\nDanke"),
        ("<div>eins</div><div>zwei</div>", "eins\n\nzwei"),
        ("eins<br>zwei<BR/>drei", "eins\nzwei\ndrei"),
        ("viel    Platz\n\nim   <b>Quelltext</b>", "viel Platz im Quelltext"),
        ("<ul><li>eins<li>zwei</ul>", "eins\nzwei"),
        ("<table><tr><td>Velo</td><td>CHF 900</td></tr><tr><td>Korb</td></tr></table>", "Velo CHF 900\n\nKorb"),
        ("<style>p{}</style><title>x</title><script>y()</script><p>Text</p>", "Text"),
        ("<!-- nichts -->Text", "Text"),
        ("Gr&uuml;ezi&nbsp;&amp; Adieu &euro;", "Grüezi & Adieu €"),
        ("<pre>a\n  b</pre> c\nd", "a\nb\nc d"),
        ("un\u200bsicht\u00adbar", "unsichtbar"),
        ("<p>offen <b>gelassen", "offen gelassen"),
        ("", ""),
        ("<p>&nbsp;</p>", ""),
        ("<", "<"),
    ],
)  # fmt: skip
def test_html_becomes_lines(html: str, text: str) -> None:
    assert html_text(html) == text


def test_html_with_far_too_many_tags_still_gives_its_text() -> None:
    assert html_text("<div>" * 30_000 + "Gr&uuml;ezi") == "Grüezi"


@given(st.text(st.sampled_from("<>/bdivpre!- \n&;#x0a\0\ud7ff")))
def test_no_html_whatever_raises(html: str) -> None:
    html_text(html)


def part(kind: str, content: str, name: str = "", disposition: str = "") -> Part:
    return Part(kind, name, len(content), disposition, content.encode(), "utf-8")


@pytest.mark.parametrize(
    ("parts", "text", "from_html"),
    [
        ([part("text/plain", "a"), part("text/html", "b")], "a", False),
        ([part("text/html", "b"), part("text/plain", "a")], "a", False),
        ([part("text/plain", "\n\n"), part("text/html", "b")], "b", True),
        ([part("text/plain", "a", "log.txt"), part("text/html", "b")], "b", True),
        ([part("text/plain", "a", "log.txt")], "a", False),
        ([part("text/plain", "a", "", "attachment")], "", False),
        ([part("text/plain", "a"), part("text/calendar", "BEGIN"), part("text/plain", "c")], "a\n\nc", False),
        ([part("text/html", "<p>a"), part("text/html", "<p>b")], "a\n\nb", True),
        ([part("text/calendar", "BEGIN")], "", False),
        ([part("image/png", "")], "", False),
        ([], "", False),
    ],
)  # fmt: skip
def test_the_best_text_is_the_plain_one(parts: list[Part], text: str, from_html: bool) -> None:
    assert best_text(parts) == (text, from_html)


def test_a_report_speaks_to_people_in_its_first_part() -> None:
    parts = [part("text/plain", "a"), part("text/plain", "b")]
    assert best_text(parts, report=True) == ("a", False)


def test_endless_text_is_cut() -> None:
    assert len(best_text([part("text/plain", "a" * (LONGEST + 1))])[0]) == LONGEST


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Guten Tag, ich habe eine Frage zu der Offerte und bitte um einen Rückruf. Vielen Dank", "de"),
        ("Grüezi, ist das Velo noch zu haben? Wir kommen auch gerne bei Ihnen vorbei.", "de"),
        ("Bonjour, je vous remercie pour votre offre. Est-ce que le vélo est disponible?", "fr"),
        ("Merci beaucoup, nous avons bien reçu la facture avec les documents.", "fr"),
        ("Buongiorno, non ho ancora ricevuto la bicicletta che abbiamo ordinato con voi. Grazie", "it"),
        ("Hello, is the bike still available? We have a question on your offer. Thank you", "en"),
        ("OK", ""),
        ("Danke", ""),
        ("https://www.example.com/de/velo 4711", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_language_is_told_by_stop_words(text: str, language: str) -> None:
    assert language_of(text) == language
