"""The made-up company as files: a mailbox, a call log, a shop's orders, an address book, settings, and the truth."""

from __future__ import annotations

from pathlib import Path
from random import Random

import msgspec

from stammkunde.app.demo import house
from stammkunde.app.demo.calls import master_csv
from stammkunde.app.demo.cards import addresses_vcf
from stammkunde.app.demo.diary import Diary
from stammkunde.app.demo.mails import inbox, sent
from stammkunde.app.demo.orders import orders_json
from stammkunde.app.demo.people import SANDRAS_LANDLINE
from stammkunde.app.demo.remarks import Remark, remarks
from stammkunde.app.demo.story import Story
from stammkunde.app.demo.truth import Truth, truth_csv, truths
from stammkunde.app.demo.week import Week

SETTINGS = f"""\
# The settings of {house.NAME}, which does not exist.

[company]
name = "{house.NAME}"
country = "CH"
canton = "ZH"
timezone = "Europe/Zurich"
currency = "CHF"
languages = ["de", "fr", "it", "en"]
addresses = ["{house.INFO}"]
domains = ["{house.DOMAIN}"]
numbers = ["{house.LINE}", "079 555 00 01"]
hours = {{ mo-fr = "{house.HOURS["mo-fr"]}", sa = "{house.HOURS["sa"]}" }}

[[source]]
name = "info"
connector = "mailbox"
path = ["info.mbox", "Sent.mbox"]

[[source]]
name = "phone"
connector = "asterisk"
path = ["Master.csv"]
timezone = "UTC"

[[source]]
name = "shop"
connector = "woocommerce"
path = ["orders.json"]

[[source]]
name = "addresses"
connector = "addressbook"
path = ["addresses.vcf"]

[demo] # the day on which it stands still
now = {house.TODAY.isoformat()}
"""
_ORDER_OF_THE_SCREEN = 1043


class World(msgspec.Struct, frozen=True):
    """The files by name, who each contact in them truly is, and what people write down once the files are read."""

    files: dict[str, bytes]
    truth: tuple[Truth, ...]
    remarks: tuple[Remark, ...]

    def write(self, folder: Path) -> None:
        """All files, `truth.csv` among them; the folder is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def play(seed: int, size: int = 1) -> World:
    """The company of a seed, the same bytes each time; `size` 1 has some 1400 contacts, `size` 10 ten times as many.

    Its numbers of telephone last up to a size of 100.
    """
    story = Story(Random(seed), size)  # noqa: S311 (a story, no secret)
    diary = story.play()
    Week(story).play()
    _settle(diary)
    truth = truths(diary, story.register.people)
    files = {
        "info.mbox": inbox(diary.mails),
        "Sent.mbox": sent(diary.mails),
        "Master.csv": master_csv(diary.calls),
        "orders.json": orders_json(diary.orders),
        "addresses.vcf": addresses_vcf(diary.cards),
        "stammkunde.toml": SETTINGS.encode(),
        "truth.csv": truth_csv(truth),
    }
    return World(files, truth, remarks(story))


def _settle(diary: Diary) -> None:
    """Bring all into the order of time, and number the orders so that Sandra's landline stands on 1043."""
    diary.mails.sort(key=lambda mail: (mail.at, mail.number))
    diary.calls.sort(key=lambda call: call.at)
    diary.orders.sort(key=lambda order: order.at)
    of_the_screen = next(
        at for at, order in enumerate(diary.orders) if order.phone == SANDRAS_LANDLINE
    )
    first = max(_ORDER_OF_THE_SCREEN - of_the_screen, 1)
    for at, order in enumerate(diary.orders):
        order.number = first + at
