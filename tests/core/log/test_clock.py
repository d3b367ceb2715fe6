"""What is recorded gets a time that can be right; a wrong clock is named before it stands in the log for ever."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from stammkunde.core.errors import HomeError
from stammkunde.core.keys import KeyStore
from stammkunde.core.log.clock import refuse_wrong_clock
from stammkunde.core.log.store import Log
from tests.core.log.samples import MASTER, contact

LAST = datetime(2026, 11, 20, 16, tzinfo=UTC)


def micro(at: datetime) -> int:
    return round(at.timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("days", "what"),
    [
        (0, "a moment later"),
        (3, "a weekend"),
        (21, "works holidays"),
        (220, "a season"),
        (366, "a year"),
        (-0.9, "a clock that is set back a little"),
    ],
)
def test_a_company_that_was_closed_is_not_stopped(days: float, what: str) -> None:
    refuse_wrong_clock(micro(LAST + timedelta(days=days)), micro(LAST))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2081, 3, 4, tzinfo=UTC), "2081-03-04"),
        (datetime(2027, 12, 20, tzinfo=UTC), "2027-12-20"),
        (datetime(2026, 11, 19, 15, tzinfo=UTC), "2026-11-19"),
        (datetime(1970, 1, 1, tzinfo=UTC), "1970-01-01"),
    ],
)
def test_a_clock_that_can_hardly_be_right_is_named_with_the_log_s_last_day(
    now: datetime, said: str
) -> None:
    words = f"says {said}, but .* last written on 2026-11-20.* STAMMKUNDE_LAST_DAY=2026-11-20"
    with pytest.raises(HomeError, match=words):
        refuse_wrong_clock(micro(now), micro(LAST))
    with pytest.raises(HomeError, match=words):
        refuse_wrong_clock(micro(now), micro(LAST), date(2026, 11, 21))
    refuse_wrong_clock(micro(now), micro(LAST), date(2026, 11, 20))


@pytest.mark.parametrize("year", [1970, 2000, 2025, 2081])
def test_a_log_does_not_begin_at_a_time_that_cannot_be(year: int) -> None:
    with pytest.raises(HomeError, match=f"says {year}-05-01, .*set the date right"):
        refuse_wrong_clock(micro(datetime(year, 5, 1, tzinfo=UTC)), None)


@pytest.mark.parametrize("year", [2026, 2030, 2045])
def test_a_log_may_begin_in_any_year_in_which_this_program_is_used(year: int) -> None:
    refuse_wrong_clock(micro(datetime(year, 5, 1, tzinfo=UTC)), None)


def test_a_wrong_clock_records_nothing_until_a_person_vouches(tmp_path: Path) -> None:
    def opened(vouched: date | None = None) -> Log:
        return Log(tmp_path / "log.db", KeyStore(tmp_path / "keys.db", MASTER), vouched=vouched)

    later = LAST + timedelta(days=500)
    log = opened()
    with log.transaction(lambda: micro(LAST)) as transaction:
        transaction.append([contact(log, 1)])
    with pytest.raises(HomeError), log.transaction(lambda: micro(later)) as transaction:
        transaction.append([contact(log, 2)])
    log.close()
    log = opened(LAST.date())
    for n in (2, 3):
        with log.transaction(lambda: micro(later)) as transaction:
            transaction.append([contact(log, n)])
    times = [event.recorded_at for event in log.read(0, 9)]
    assert times == [micro(LAST), micro(later), micro(later) + 1]
    log.close()
