"""A made-up company stands still: what `status` says of its sources is no later than its own now."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.app.calling import Run

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def test_a_made_up_company_was_read_when_it_stands_still(company: Path, run: Run) -> None:
    status = json.loads(run(company, "status", "--json").out)
    times = {datetime.fromisoformat(source["last_success"]) for source in status["sources"]}
    assert times == {NOW}
    assert "20 Nov 2026 17:00" in run(company, "status").out


def test_any_other_company_was_read_when_it_was(home: Path, run: Run) -> None:
    cards = Path(__file__).parents[1] / "data" / "addressbook" / "book.vcf"
    before = datetime.now(UTC)
    assert run(home, "import", str(cards)).status == 0
    (source,) = json.loads(run(home, "status", "--json").out)["sources"]
    assert before <= datetime.fromisoformat(source["last_success"]) <= datetime.now(UTC)


def test_what_was_read_before_a_later_now_keeps_its_time(home: Path, run: Run) -> None:
    cards = Path(__file__).parents[1] / "data" / "addressbook" / "book.vcf"
    assert run(home, "import", str(cards)).status == 0
    real = json.loads(run(home, "status", "--json").out)["sources"]
    file = home / "stammkunde.toml"
    later = datetime.now(UTC) + timedelta(hours=1)
    file.write_text(f"{file.read_text()}[demo]\nnow = {later.isoformat()}\n")
    assert json.loads(run(home, "status", "--json").out)["sources"] == real
