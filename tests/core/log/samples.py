"""Made-up events for tests of the log, and a log to put them in."""

from pathlib import Path

from stammkunde.core.events import ContactPrivate, Content, Facts, NewEvent
from stammkunde.core.keys import KeyStore
from stammkunde.core.log.store import Log

MASTER = b"k" * 32


def contact(log: Log, n: int, text: str = "Grüezi", version: int = 1) -> NewEvent:
    """A mail of made-up contact `n`."""
    topic = "contact.recorded" if version == 1 else "contact.amended"
    facts = Facts(item=f"{n:032x}", kind="message", channel="mail", at=1_700_000_000_000 + n)
    private = ContactPrivate(source="info", content=Content(text=text))
    return log.codec.new(f"{n:032x}", version, topic, facts, private)


def open_log(folder: Path) -> Log:
    return Log(folder / "log.db", KeyStore(folder / "keys.db", MASTER))
