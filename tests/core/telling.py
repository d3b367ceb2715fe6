"""Evidence in a few words: orders, calls and mails of people with addresses and numbers."""

from stammkunde.core.contact import Identifier, Name
from tests.core.world import Told, World

A, B, F = (Identifier("mail", f"{key}@kunden.example") for key in "abf")
X, Y = Identifier("phone", "+41520000001"), Identifier("phone", "+41520000002")
S1 = Identifier("shop", "shop.example:1")
RELAY = Identifier("mail", "x1@marketplace.amazon.de")
ANNA, PETER, PAUL = Name("Anna", "Meier"), Name("Peter", "Huber"), Name("Paul", "Meier")


def order(n: int, name: Name | None, *identifiers: Identifier) -> Told:
    return Told(n, "order", frozenset(identifiers), name)


def call(n: int, number: Identifier) -> Told:
    return Told(n, "call", frozenset({number}))


def mail(n: int, address: Identifier, thread: str | None = None, *, ours: bool = False) -> Told:
    return Told(n, "mail_out" if ours else "mail_in", frozenset({address}), None, thread)


def of(world: World, n: int) -> str:
    customer = world.customer(n)
    assert customer
    return customer
