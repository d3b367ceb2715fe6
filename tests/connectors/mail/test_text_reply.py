"""What somebody wrote in an answer, as the mail programs of four languages quote and sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.mail.text import visible_reply

ANSWER = "Guten Tag\n\nDas passt, danke."


@pytest.mark.parametrize(
    "rest",
    [
        "Am 20.11.2026 um 11:52 schrieb Info <info@muster-velo.example>:\n> Passt das?\n> Ihr Team",
        "Am Fr., 20. Nov. 2026 um 11:52 Uhr schrieb Muster Velo AG <\ninfo@muster-velo.example>:\n\n> Passt das?",
        "Am 20.11.2026 11:52, schrieb Info:\n>> alt\n> Passt das?",
        "Info <info@muster-velo.example> schrieb am 20.11.2026 11:52:\nPasst das?\nIhr Team",
        "On Fri, 20 Nov 2026 at 11:52, Info <info@muster-velo.example> wrote:\n> Does it?",
        "On Nov 20, 2026, at 11:52 AM, Info <info@muster-velo.example>\nwrote:\n\nDoes it?",
        "Le ven. 20 nov. 2026 à 11:52, Info <info@muster-velo.example> a écrit :\n> Ça va?",
        "Le 20/11/2026 à 11:52, Info a écrit :\nÇa va?",
        "Il giorno ven 20 nov 2026 alle ore 11:52 Info <info@muster-velo.example> ha scritto:\n> Va bene?",
        "Il 20/11/2026 11:52, Info ha scritto:\nVa bene?",
        "-----Ursprüngliche Nachricht-----\nVon: Info\nGesendet: Freitag\nPasst das?",
        "-----Original Message-----\nFrom: Info\nDoes it?",
        "-------- Weitergeleitete Nachricht --------\nBetreff: x",
        "---------- Forwarded message ---------\nFrom: Info",
        "-----Message d'origine-----\nDe : Info",
        "-----Messaggio originale-----\nDa: Info",
        "Von: Info <info@muster-velo.example>\nGesendet: Freitag, 20. November 2026 11:52\nAn: Anna\nBetreff: Velo\n\nx",
        "*Von:* Info\n*Datum:* 20.11.2026\n*An:* Anna\n*Betreff:* Velo\n\nPasst das?",
        "From: Info\nSent: Friday\nTo: Anna\nSubject: Bike\n\nDoes it?",
        "De : Info\nEnvoyé : vendredi\nÀ : Anna\nObjet : Vélo\n\nÇa va?",
        "Da: Info\nInviato: venerdì\nA: Anna\nOggetto: Bici\n\nVa bene?",
        "> Passt das?\n> Ihr Team",
        "-- \nAnna Meier\nBau AG\n052 203 44 10",
        "--\nAnna Meier",
        "Freundliche Grüsse\nAnna Meier\nBau AG",
        "Mit freundlichen Grüßen\n\nAnna Meier",
        "Liebe Grüsse, Anna",
        "Herzliche Grüsse\nAnna",
        "Gruss Anna",
        "LG Anna",
        "Cordialement,\nAnna Meier",
        "Meilleures salutations\nAnna Meier",
        "Cordiali saluti\nAnna Meier",
        "Best regards,\nAnna",
        "Kind regards\nAnna",
        "Gesendet von meinem iPhone",
        "Von meinem iPhone gesendet",
        "Sent from my iPhone",
        "Envoyé de mon iPhone",
        "Inviato da iPhone",
        "Get Outlook for iOS<https://aka.example/x>",
        "Diese E-Mail enthält vertrauliche Informationen.\nBitte löschen Sie sie.",
        "This e-mail and any attachments are confidential.",
        "Ce message est confidentiel.",
        "Freundliche Grüsse\nAnna\n\nAm 20.11.2026 um 11:52 schrieb Info:\n> Passt das?",
        "________________________________\nVon: Info\nGesendet: Freitag\nAn: Anna\nBetreff: Velo\nPasst das?",
        "_______________________________________________\nvelo mailing list\nvelo@lists.example.com",
    ],
)
def test_quotes_signatures_and_disclaimers_go(rest: str) -> None:
    assert visible_reply(f"{ANSWER}\n\n{rest}\n") == ANSWER
    assert visible_reply(f"{ANSWER}\n{rest}".replace("\n", "\r\n")) == ANSWER


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("On 20.11.2026 Info wrote:\n> Passt das?\n\nJa, das passt.", "Ja, das passt."),
        ("> Farbe?\nRot.\n> Grösse?\n54.", "Rot.\n54."),
        ("Ich brauche:\n- Korb\n- Licht\n\nDanke", "Ich brauche:\n- Korb\n- Licht\n\nDanke"),
        (
            "Grüsse aus dem Tessin, wo wir mit dem neuen Velo unterwegs sind und viel Freude haben.",
            None,
        ),
        ("Von: der Idee her gut.\nAber zu teuer.", None),
        ("Der Chef schrieb folgendes:\nDas geht nicht.", None),
        ("Am Montag kommen wir.\nDas schrieb ich schon.", None),
        ("Sie wrote mir:\neinfach so", None),
        ("Mit freundlichen Grüssen", None),
        ("-----Original Message-----\nFrom: Info\nWeitergeleitet ohne Worte", None),
        ("> nur ein Zitat", None),
        ("", ""),
        ("  \n ", ""),
    ],
)
def test_what_somebody_wrote_stays(text: str, reply: str | None) -> None:
    assert visible_reply(text) == (text if reply is None else reply)


def test_the_wording_of_other_languages_can_be_left_out() -> None:
    text = "Va bene\n\nCordiali saluti\nAnna"
    assert visible_reply(text, ["de"]) == text
    assert visible_reply(text, ["it"]) == "Va bene"


@given(st.text(st.sampled_from("Onwrote:>Am schrieb1\n-_.@ VGr")))
def test_a_reply_is_never_longer_and_never_lost(text: str) -> None:
    reply = visible_reply(text)
    assert len(reply) <= len(text)
    assert bool(reply) == bool(text.strip())
