"""What the files of a made-up company tell: that they are well formed, and the story in them."""

import email
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise

from stammkunde.app.demo import house, words
from stammkunde.app.demo.world import play
from tests.app.demo.town import FREI, SANDRA, Town, local, when

_PRINT = """
import hashlib, sys
from stammkunde.app.demo.world import play
world = play(int(sys.argv[1]))
print(hashlib.sha256(b"".join(name.encode() + raw for name, raw in world.files.items())).hexdigest())
"""


def test_one_seed_gives_the_same_bytes_whatever_python_does_with_hashes() -> None:
    prints = [
        subprocess.run(
            [sys.executable, "-c", _PRINT, "5"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    files = play(5).files
    here = sha256(b"".join(name.encode() + raw for name, raw in files.items())).hexdigest()
    assert prints == [f"{here}\n".encode()] * 2


def test_another_seed_is_another_town() -> None:
    one, other = play(1).files, play(2).files
    assert {name for name in one if one[name] == other[name]} == {"stammkunde.toml"}


def test_a_larger_town_has_as_many_more_of_everything() -> None:
    small, large = (Counter(truth.source for truth in play(3, size).truth) for size in (1, 6))
    for source, count in small.items():
        assert 0.85 * 6 * count < large[source] < 1.15 * 6 * count


def test_every_mail_reads_without_a_defect(town: Town) -> None:
    for mail in (*town.inbox, *town.sent):
        assert mail.defects == []
        assert all(part.defects == [] for part in mail.walk())
        assert all(mail[name] for name in ("Message-ID", "Date", "From", "To", "Subject"))
        assert not any(mail[name].defects for name in ("Date", "From", "To", "Subject"))
        text = mail.get_body(("plain", "html"))
        assert text is not None
        assert "\N{REPLACEMENT CHARACTER}" not in text.get_content()


def test_an_answer_refers_to_the_mail_that_it_quotes(town: Town) -> None:
    known = {mail["Message-ID"]: mail for mail in (*town.inbox, *town.sent)}
    answers = [
        mail for mail in known.values() if mail["In-Reply-To"] and not mail["Auto-Submitted"]
    ]
    assert len(answers) > 100
    for mail in answers:
        chain = mail["References"].split()
        assert chain[-1] == mail["In-Reply-To"]
        assert all(when(known[one]) < when(mail) for one in chain)
        text = mail.get_body(("plain",))
        assert text is not None
        assert "> " in text.get_content() or "-----" in text.get_content()


def test_call_records_have_21_columns_and_add_up(town: Town) -> None:
    assert [leg[20] for leg in town.legs] == [str(n) for n in range(len(town.legs))]
    for leg in town.legs:
        start, end = datetime.fromisoformat(leg[9]), datetime.fromisoformat(leg[11])
        assert int(leg[12]) == (end - start).seconds
        assert bool(leg[10]) or leg[13] == "0"


def test_one_mail_and_one_row_of_the_calls_are_torn(town: Town) -> None:
    assert [len(town.torn), *map(len, town.torn_rows)] == [1, 4]
    assert all(truth.item for truth in town.world.truth)


def test_orders_add_up_and_carry_unique_numbers(town: Town) -> None:
    numbers = [order["number"] for order in town.orders]
    assert len(set(numbers)) == len(numbers)
    for order in town.orders:
        lines = [
            Decimal(line[key]) for line in order["line_items"] for key in ("total", "total_tax")
        ]
        assert sum(lines) == Decimal(order["total"])
        assert Decimal(order["total_tax"]) == sum(
            Decimal(line["total_tax"]) for line in order["line_items"]
        )


def test_cards_are_version_4_with_a_name_a_number_and_a_hobby(town: Town) -> None:
    for card in town.cards:
        names = {line.partition(":")[0].partition(";")[0] for line in card if line}
        assert names >= {"VERSION", "UID", "FN", "N", "EMAIL", "TEL", "HOBBY", "REV", "END"}
    assert all(len(line) <= 75 for line in town.world.files["addresses.vcf"].split(b"\r\n"))


def test_settings_name_the_files(town: Town) -> None:
    sources = tomllib.loads(town.world.files["stammkunde.toml"].decode())["source"]
    assert [source["name"] for source in sources] == ["info", "phone", "shop", "addresses"]
    assert {path for source in sources for path in source["path"]} < set(town.world.files)


def test_nobody_has_an_address_of_the_real_world(town: Town) -> None:
    for mail in (*town.inbox, *town.sent):
        for name in ("From", "To", "Cc", "Reply-To"):
            for address in mail[name].addresses if mail[name] else ():
                assert address.domain.lower().endswith(".example")


def test_nothing_happens_after_the_end(town: Town) -> None:
    assert max(map(when, (*town.inbox, *town.sent))) <= house.TODAY
    assert max(local(leg[11]) for leg in town.legs) <= house.TODAY
    assert max(local(order["date_modified_gmt"]) for order in town.orders) <= house.TODAY


def test_sandra_bought_six_times_and_waits_for_a_call(town: Town) -> None:
    orders = [
        order
        for order in town.orders
        if order["billing"]["email"] == "sandra.keller@bergpost.example"
    ]
    assert len(orders) == 6
    assert sum(Decimal(order["total"]) for order in orders) == Decimal("4312.50")
    assert min(order["date_created"] for order in orders)[:10] == "2025-03-14"
    assert [o["number"] for o in orders if o["billing"]["phone"] == "052 203 44 10"] == ["1043"]
    (missed,) = [legs for legs in town.calls().values() if legs[0][1] == SANDRA]
    assert f"{local(missed[0][9]):%a %d.%m. %H:%M}" == "Fri 20.11. 11:52"
    assert missed[0][14] == "NO ANSWER"
    assert not any("0522034410" in leg[2] for leg in town.legs)
    (offer,) = [mail for mail in town.sent if mail["Subject"] == "Offerte E-Bike"]
    assert f"{when(offer):%a %H:%M}" == "Thu 14:03"
    assert [part.get_filename() for part in offer.iter_attachments()] == ["Offerte-E-Bike.pdf"]


def test_of_eight_missed_calls_five_are_called_back_and_one_is_answered_by_mail(town: Town) -> None:
    week = [legs for legs in town.calls().values() if local(legs[0][9]) >= house.MONDAY]
    missed = [
        legs[0] for legs in week
        if legs[0][3] == "from-trunk" and {leg[14] for leg in legs} == {"NO ANSWER"}
    ]  # fmt: skip
    assert len(missed) == 8
    back = {
        legs[0][2]: legs[0][9] for legs in week if legs[0][3] == "internal" and len(legs[0][2]) > 2
    }
    dialled = {leg[1]: leg[1].replace("+41", "0").replace("+", "00") for leg in missed}
    called = [leg for leg in missed if leg[9] < back.get(dialled[leg[1]], "")]
    assert len(called) == 5
    withheld = [leg for leg in missed if leg[1] == "anonymous"]
    assert [f"{local(leg[9]):%a %H:%M}" for leg in withheld] == ["Thu 16:20"]
    (other,) = [leg for leg in missed if leg not in called and leg[1] not in ("anonymous", SANDRA)]
    written = {
        order["billing"]["email"].lower() for order in town.orders
        if re.sub(r"\D", "", order["billing"]["phone"]).endswith(other[1][3:])
    }  # fmt: skip
    answers = [mail for mail in town.sent if mail["To"].addresses[0].addr_spec in written]
    assert any(0 < (when(mail) - local(other[9])).total_seconds() < 3600 for mail in answers)


def test_five_mails_are_open_the_oldest_for_eleven_opening_hours(town: Town) -> None:
    answered = {one for mail in town.sent for one in (mail["References"] or "").split()}
    waiting = [
        mail for mail in town.inbox
        if mail["Message-ID"] not in answered
        and not any(mail[name] for name in ("Auto-Submitted", "List-Id", "X-Spam-Flag", "Reply-To"))
        and mail["From"].addresses[0].domain != house.DOMAIN
    ]  # fmt: skip
    assert len(waiting) == 5
    oldest = min(map(when, waiting))
    assert house.after_hours(oldest, 10.98) < house.TODAY <= house.after_hours(oldest, 11.0)


def test_what_does_not_count_is_there_too(town: Town) -> None:
    assert sum(mail["List-Unsubscribe"] is not None for mail in town.inbox) == 41
    assert sum(mail["X-Spam-Flag"] == "YES" for mail in town.inbox) == 8
    bounces = [mail for mail in town.inbox if mail.get_content_type() == "multipart/report"]
    away = [mail for mail in town.inbox if mail["Auto-Submitted"] and mail not in bounces]
    assert (len(away), len(bounces)) == (3, 2)
    sent = {mail["Message-ID"] for mail in town.sent}
    for bounce in bounces:
        status, returned = list(bounce.iter_parts())[1:]
        assert status.get_content_type() == "message/delivery-status"
        assert email.message_from_string(returned.get_content())["Message-ID"] in sent


def test_anna_and_peter_frei_share_a_landline_from_which_three_calls_came(town: Town) -> None:
    buyers = {
        order["billing"]["first_name"] for order in town.orders
        if order["billing"]["phone"] == "052 214 77 31"
    }  # fmt: skip
    assert buyers == {"Anna", "Peter"}
    calls = [legs for legs in town.calls().values() if legs[0][1] == FREI]
    assert len(calls) == 3
    assert all(local(legs[0][9]) >= house.MONDAY for legs in calls)


def test_customers_come_come_back_and_stay_away(town: Town) -> None:
    orders: dict[str, list[datetime]] = {}
    party = {truth.item: truth.party for truth in town.of("shop")}
    for order in town.orders:
        orders.setdefault(party[order["number"]], []).append(local(order["date_created_gmt"]))
    fresh = back = gone = 0
    for times in map(sorted, orders.values()):
        year = [(later - earlier).days >= 365 for earlier, later in pairwise(times)]
        fresh += times[0] >= house.MONDAY
        back += times[-1] >= house.MONDAY and any(year[-1:])
        gone += 0 <= (house.TODAY - times[-1]).days - 365 < 5
    assert (fresh, back) == (7, 2)
    assert gone >= 4


def test_money_is_given_back_this_week(town: Town) -> None:
    refunded = [order for order in town.orders if order["refunds"]]
    assert any(local(order["date_modified_gmt"]) >= house.MONDAY for order in refunded)
    assert all(
        0 < -Decimal(order["refunds"][0]["total"]) <= Decimal(order["total"]) for order in refunded
    )
    assert {order["status"] for order in town.orders} == {
        "processing",
        "completed",
        "cancelled",
        "refunded",
    }


def test_people_write_in_four_languages(town: Town) -> None:
    subjects = [mail["Subject"] for mail in town.inbox]
    for language, topics in words.TOPICS.items():
        known = tuple(topic.subject.partition("{")[0] for topic in topics)
        assert any(subject.startswith(known) for subject in subjects), language


def test_calls_come_in_every_way(town: Town) -> None:
    ways = {(leg[3], leg[7], leg[14]) for leg in town.legs}
    assert ways >= {
        ("from-trunk", "Dial", "ANSWERED"), ("from-trunk", "Dial", "NO ANSWER"), ("from-trunk", "Queue", "ANSWERED"),
        ("from-trunk", "VoiceMail", "ANSWERED"), ("from-trunk", "Busy", "BUSY"), ("internal", "Dial", "ANSWERED"),
        ("internal", "Dial", "NO ANSWER"),
    }  # fmt: skip
    assert any(leg[3] == "from-trunk" and "trunk" in leg[6] for leg in town.legs)
    queues = [{leg[14] for leg in legs} for legs in town.calls().values() if legs[0][7] == "Queue"]
    assert {"NO ANSWER"} in queues


def test_most_calls_are_missed_at_noon_and_some_on_every_weekday(town: Town) -> None:
    missed = [
        local(legs[0][9]) for legs in town.calls().values()
        if legs[0][3] == "from-trunk" and {leg[14] for leg in legs} == {"NO ANSWER"}
    ]  # fmt: skip
    lunch = sum((12, 0) <= (at.hour, at.minute) < (13, 30) for at in missed)
    others = Counter(at.hour for at in missed if not 12 <= at.hour < 14)
    assert lunch > max(others.values())
    assert {at.weekday() for at in missed} >= {0, 1, 2, 3, 4}
    assert len(others) >= 6


def test_the_shop_sells_more_and_more(town: Town) -> None:
    months = Counter(order["date_created"][:7] for order in town.orders)
    first, second = (
        [count for month, count in sorted(months.items()) if (month >= "2026-01") == later]
        for later in (False, True)
    )
    assert len(months) >= 20
    assert sum(second) / len(second) > 1.4 * sum(first) / len(first)


def test_some_order_for_a_firm_some_as_a_gift_some_as_guests(town: Town) -> None:
    assert any(order["billing"]["company"] for order in town.orders)
    assert any(
        order["billing"]["last_name"] != order["shipping"]["last_name"] for order in town.orders
    )
    assert {order["customer_id"] == 0 for order in town.orders} == {True, False}
