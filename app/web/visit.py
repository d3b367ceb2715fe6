"""What one request knows: whose it is, in which language, of which home, and at what time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec
from litestar.di import NamedDependency

from stammkunde.app import readers, writing
from stammkunde.app.access.records import User
from stammkunde.app.access.rights import Right
from stammkunde.app.bootstrap import Home
from stammkunde.app.locale import Locale
from stammkunde.core.errors import N_
from stammkunde.projections.answers import Contact, Review, SourceStatus, Status
from stammkunde.projections.queries import Queries
from stammkunde.projections.todo import Due

COUNTED_REVIEWS = 100
"""Beyond so many open reviews the number beside the page's name is only “100+”."""

UNNAMED = N_("Not for your role")
"""Of whom only hidden sources know; a name that is not known at all is something else."""

STALE = timedelta(days=2)
"""A source that was read once and not for so long is said to be silent."""


class Visit:
    """One request of one person. What several parts of a page need is asked once."""

    def __init__(
        self,
        home: Home,
        locale: Locale,
        user: User | None = None,
        *,
        csrf: str = "",
        theme: str = "",
        keys: str = "",
        said: str = "",
        is_program: bool = False,
    ) -> None:
        """`user` is None before sign-in; each form gives `csrf` back; `said` is what the last action has to say.

        `is_program`: a program asks, which is told no words for people.
        """
        self.home = home
        self.locale = locale
        self.user = user
        self.csrf = csrf
        self.theme = theme
        self.keys = keys
        self.said = said
        self.is_program = is_program
        self.now: datetime = home.now()

    @cached_property
    def queries(self) -> Queries:
        """The views' answers, without what only sources say that are not for this visitor: the one door to them."""
        return self.home.discreet(self.hidden, "" if self.is_program else self.text(UNNAMED))

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.home.company.timezone)

    @property
    def text(self) -> Callable[..., str]:
        """A text in the visitor's language."""
        return self.locale.text

    @property
    def today(self) -> str:
        """The day in words."""
        return writing.long_day(self.now.date(), self.locale.code)

    def may(self, right: Right) -> bool:
        """Whether the visitor's role allows this."""
        return self.user is not None and self.user.may(right)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Sources whose contacts this visitor sees by their facts alone."""
        role = self.user.role if self.user else ""
        found = readers.restricted(self.home)
        return frozenset(source for source, roles in found.items() if role not in roles)

    def may_see(self, contact: Contact) -> bool:
        """Whether what a contact says is for this visitor; if not, neither is a decision on it."""
        return contact.source not in self.hidden

    def shown(self, contact: Contact) -> Contact:
        """A contact as this visitor may see it."""
        if self.may_see(contact):
            return contact
        return msgspec.structs.replace(
            contact,
            item="",
            party="",
            counterpart="",
            subject="",
            text="",
            ours=(),
            attachments=(),
            lines=(),
            order="",
            assignment=contact.assignment
            and msgspec.structs.replace(contact.assignment, evidence=()),
        )

    @cached_property
    def due(self) -> dict[str, Due]:
        """How many wait for us: `missed_call`, `message`."""
        return self.queries.due(self.now)

    @cached_property
    def reviews(self) -> list[Review]:
        """Counterparts of whom somebody must say whose they are, as far as `to_review` counts them."""
        return self.queries.review(limit=COUNTED_REVIEWS)

    @cached_property
    def to_review(self) -> int:
        """How many these are."""
        return self.queries.to_review(COUNTED_REVIEWS)

    @cached_property
    def status(self) -> Status:
        """The state of log, sources and views."""
        return self.queries.status(self.home.log)

    @cached_property
    def position(self) -> int:
        """How far the views follow the log."""
        return self.queries.position()

    @cached_property
    def stale(self) -> list[SourceStatus]:
        """Sources of the settings file that were not read for long; files that were imported once are not expected again."""
        expected = {source.name for source in self.home.settings.sources}
        return [
            source
            for source in self.queries.sources(self.home.log)
            if source.name in expected
            and source.last_success is not None
            and self.now - source.last_success > STALE
        ]


Visiting: TypeAlias = NamedDependency[Visit]
"""The type of a handler's argument `visit`."""
