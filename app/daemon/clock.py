"""The daemon's clock: what is due when. It only pokes; whoever is poked does the work in his own thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger


class Clock(Protocol):
    """What the daemon needs of time; a simulation brings its own. A name stands for one appointment at most."""

    def now(self) -> datetime:
        """The instant, in UTC."""

    def every(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Call again and again, for the first time after so many seconds."""

    def once(self, name: str, at: datetime, call: Callable[[], None]) -> None:
        """Call at an instant; one in the past is now."""

    def forget(self, name: str) -> None:
        """Drop an appointment, if there is one."""


class SystemClock:
    """The real time, kept by APScheduler; used with `with`.

    Everything is in UTC, so that no hour is missed or done twice in March and October. A computer that slept finds each
    appointment due once (`coalesce`), however late it is (`misfire_grace_time=None`).
    """

    def __init__(self) -> None:
        """Stands still until entered."""
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            daemon=True,
        )

    def __enter__(self) -> Self:
        """Begin."""
        self._scheduler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is due any more."""
        self._scheduler.shutdown(wait=False)

    def now(self) -> datetime:
        """The system's time."""
        return datetime.now(UTC)

    def every(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """As `Clock.every`."""
        trigger = IntervalTrigger(seconds=max(1, round(seconds)), timezone=UTC)
        self._scheduler.add_job(call, trigger, id=name, replace_existing=True)

    def once(self, name: str, at: datetime, call: Callable[[], None]) -> None:
        """As `Clock.once`."""
        trigger = DateTrigger(at, timezone=UTC)
        self._scheduler.add_job(call, trigger, id=name, replace_existing=True)

    def forget(self, name: str) -> None:
        """As `Clock.forget`."""
        if self._scheduler.get_job(name):
            self._scheduler.remove_job(name)
