"""What the program has stands in its documentation, and what the documentation shows is what the program does."""

import dataclasses
import importlib.util
import json
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from stammkunde.app.cli import COMMANDS, COMMON, main, program
from stammkunde.config.settings import Demo, SourceTable, Store, Web
from stammkunde.connectors import registry
from stammkunde.connectors.contract import FileContract
from stammkunde.core.company import Company
from stammkunde.core.events import TOPICS, Content
from stammkunde.projections.figures.definitions import FIGURES

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
DATA = ROOT / "tests" / "data"
EXAMPLE = DOCS / "examples" / "cash_register"
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md")))
LAYERS = ("core", "connectors", "config", "app")
OURS = sorted(
    name for name in registry.names() if registry.load(name).__module__.startswith("stammkunde.")
)


# ---- reading a page


@dataclasses.dataclass
class Section:
    """What stands below a heading: its text, the rows of its tables, and its code blocks by language."""

    title: str
    lines: list[str]

    @property
    def rows(self) -> list[list[str]]:
        tables = [line for line in self.lines if line.startswith("|")]
        rows = [[cell.strip() for cell in _cells(line)] for line in tables]
        heads = {at - 1 for at, row in enumerate(rows) if set("".join(row)) == {"-"}}
        return [
            row for at, row in enumerate(rows) if at not in heads and set("".join(row)) != {"-"}
        ]

    def named(self, column: int = 0) -> dict[str, list[str]]:
        """The rows whose cell begins with a name in backticks, by that name."""
        return {name: row for row in self.rows if (name := _code(row[column]))}


def _cells(line: str) -> list[str]:
    return re.split(r"(?<!\\)\|", line.strip().strip("|"))


def _code(text: str) -> str:
    found = re.match(r"`([^`]+)`", text)
    return found[1] if found else ""


@cache
def sections(page: Path) -> tuple[Section, ...]:
    """The sections of a page in order; headings within code are none."""
    found = [Section("", [])]
    in_code = False
    for line in page.read_text(encoding="utf-8").splitlines():
        in_code ^= line.startswith("```")
        heading = re.match(r"#+ (.+)", line)
        if heading and not in_code:
            found.append(Section(heading[1], []))
        else:
            found[-1].lines.append(line)
    return tuple(found)


def section(page: str, title: str) -> Section:
    """The one section of a page with that heading."""
    found = [each for each in sections(DOCS / page) if each.title == title]
    assert len(found) == 1, f"docs/{page} has {len(found)} headings “{title}”"
    return found[0]


def titles(page: str) -> set[str]:
    """The names in backticks that are a heading by themselves."""
    return {_code(each.title) for each in sections(DOCS / page)} - {""}


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a language."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# ---- events and figures


def fields(struct: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(struct)]


@pytest.mark.parametrize("name", TOPICS)
def test_every_topic_has_a_heading_and_a_row_for_each_field(name: str) -> None:
    topic = TOPICS[name]
    wanted = [("open", f) for f in fields(topic.open)]
    wanted += [("private", f) for f in fields(topic.private)]
    rows = section("events.md", f"`{name}`").rows
    assert [(row[0], _code(row[1])) for row in rows] == wanted


def test_events_page_has_no_topic_that_is_none() -> None:
    assert titles("events.md") == {*TOPICS, "Content"}


def test_every_field_of_the_content_has_a_row() -> None:
    assert list(section("events.md", "`Content`").named()) == fields(Content)


def test_events_page_says_which_topics_have_another_version() -> None:
    versions = "\n".join(section("events.md", "Versions").lines)
    raised = [topic.name for topic in TOPICS.values() if topic.version > 1]
    assert all(name in versions for name in raised)
    assert ("All topics are at version 1." in versions) == (not raised)


@pytest.mark.parametrize("code", FIGURES)
def test_every_figure_has_its_heading_and_definition(code: str) -> None:
    figure = section("figures.md", f"`{code}`")
    assert FIGURES[code].definition in figure.lines
    assert [row[0] for row in figure.rows] == [FIGURES[code].unit]


def test_figures_page_has_no_figure_that_is_none() -> None:
    assert titles("figures.md") == set(FIGURES)


# ---- settings and connectors


def settings_in(page: str, title: str) -> dict[str, str]:
    """Documented keys with their defaults."""
    return {name: row[1].strip("`") for name, row in section(page, title).named().items()}


def defaults(struct: type[msgspec.Struct], *leave_out: str) -> dict[str, str]:
    """Keys with their defaults as the documentation writes them: as JSON."""
    return {
        field.encode_name: _default(field)
        for field in msgspec.structs.fields(struct)
        if field.encode_name not in leave_out
    }


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    made = field.default
    if made is msgspec.NODEFAULT:
        assert callable(field.default_factory)
        made = field.default_factory()
    if isinstance(made, msgspec.Struct):
        made = {k: v for k, v in msgspec.structs.asdict(made).items() if v}
    return "none" if made is None else json.dumps(made)


@pytest.mark.parametrize(
    ("title", "struct", "leave_out"),
    [
        ("`[company]`", Company, ()),
        ("`[store]`", Store, ()),
        ("`[[source]]`", SourceTable, ("own",)),
        ("`[web]`", Web, ()),
        ("`[demo]`", Demo, ()),
    ],
)
def test_every_key_of_the_settings_file_has_a_row_with_its_default(
    title: str, struct: type[msgspec.Struct], leave_out: tuple[str, ...]
) -> None:
    assert settings_in("operating.md", title) == defaults(struct, *leave_out)


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_a_connector_has_a_row_with_its_default(name: str) -> None:
    assert settings_in("connectors.md", f"`{name}`") == defaults(registry.load(name).Settings)


def test_every_connector_has_its_heading_and_stands_in_the_readme() -> None:
    assert titles("connectors.md") == set(OURS)
    readme = {name for each in sections(ROOT / "README.md") for name in each.named()}
    assert set(OURS) <= readme


# ---- commands


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command, those of groups under both names."""
    context = click.Context(program)
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", each) for sub, each in command.commands.items())
        else:
            yield name, command


def options(command: click.Command) -> set[str]:
    return {
        option for each in command.params if isinstance(each, click.Option) for option in each.opts
    }


def test_every_command_has_a_row_with_all_its_options() -> None:
    rows = section("operating.md", "Commands").named()
    documented = {name: set(re.findall(r"`(--[a-z-]+)`", row[2])) for name, row in rows.items()}
    common = {option for each in COMMON for option in each.opts}
    assert documented == {name: options(command) - common for name, command in commands()}
    text = "\n".join(section("operating.md", "Commands").lines)
    assert all(f"`{option} " in text for option in common)


def spoken() -> Iterator[tuple[str, list[str]]]:
    """Every command line that a page shows in a block of shell."""
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                if words[:1] in (["stammkunde"], ["./run"]):
                    yield f"{page.name}: {line}", words[1:]


@pytest.mark.parametrize(("line", "words"), list(spoken()))
def test_every_command_line_shown_is_one(line: str, words: list[str]) -> None:
    """Parsed, not run."""
    context = click.Context(program)
    while words[0] in ("--home", "--lang"):
        words = words[2:]
    _, command, arguments = program.resolve_command(context, words)
    if isinstance(command, click.Group):
        _, command, arguments = command.resolve_command(context, arguments)
    assert command is not None, line
    command.make_context("stammkunde", arguments, parent=context)


def test_every_complaint_explained_is_one_that_the_program_makes() -> None:
    """The words between the dots stand in the code, in one string or in two that follow each other."""
    files = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
    code = re.sub(r'"\s+f?"', "", "\n".join(path.read_text(encoding="utf-8") for path in files))
    rows = section("operating.md", "When something is wrong").rows
    said = [part.strip(" “”") for row in rows for part in re.split(r"…|, ", row[0])]
    assert len(rows) > 10
    assert [part for part in said if part not in code] == []


def test_the_readme_begins_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its first commands, run one after the other in an empty folder with the files that they name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAMMKUNDE_HOME", str(tmp_path / "home"))
    copied = {
        "Inbox.mbox": "mail/mailbox/Post.mbox",
        "Master.csv": "telephony/Master_newcdrcolumns_gmt.csv",
    }
    for name, sample in copied.items():
        Path(name).write_bytes((DATA / sample).read_bytes())
    Path("Addresses.vcf").write_text(
        "BEGIN:VCARD\nVERSION:3.0\nFN:Sandra Keller\nN:Keller;Sandra;;;\nTEL:052 203 44 10\nEND:VCARD\n"
    )
    (block,) = blocks(ROOT / "README.md", "sh")
    lines = [shlex.split(line, comments=True)[1:] for line in block.splitlines()]
    assert ["demo"] in lines
    for words in lines:
        if words != ["demo"]:  # it has tests of its own
            assert main(words) == 0, (words, capsys.readouterr())
    assert "Sandra Keller" in capsys.readouterr().out


def test_links_lead_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target, _, anchor in re.findall(
            r"\]\((?!http)([^)#]*)(#([^)]*))?\)", page.read_text(encoding="utf-8")
        ):
            file = page.parent / target if target else page
            if not file.exists() or (anchor and anchor not in _anchors(file)):
                broken.append(f"{page.name}: {target}#{anchor}")
    assert broken == []


def _anchors(page: Path) -> set[str]:
    """The anchors that a Markdown page's headings give."""
    bare = (re.sub(r"[^\w\s-]", "", each.title.lower()) for each in sections(page))
    return {title.strip().replace(" ", "-") for title in bare}


# ---- the worked example of a connector


def _example() -> Any:
    spec = importlib.util.spec_from_file_location("cash_register", EXAMPLE / "cash_register.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CashRegister: Any = _example().CashRegister


class TestCashRegister(FileContract):
    kind = CashRegister
    sample = EXAMPLE / "sample.csv"
    broken = EXAMPLE / "broken.csv"
    foreign = (
        DATA / "addressbook" / "book.vcf",
        DATA / "addressbook" / "bexio.csv",
        DATA / "shop" / "orders.csv",
        DATA / "telephony" / "stammkunde.csv",
        DATA / "mail" / "mailbox" / "Post.mbox",
    )


@pytest.mark.parametrize(
    ("language", "file"),
    [
        ("python", "cash_register.py"),
        ("python", "test_cash_register.py"),
        ("toml", "pyproject.toml"),
        ("csv", "sample.csv"),
    ],
)
def test_the_guide_shows_the_example_as_it_is(language: str, file: str) -> None:
    shown = blocks(DOCS / "plugins.md", language)
    assert (EXAMPLE / file).read_text(encoding="utf-8") in shown


def test_the_example_is_found_by_its_entry_point_and_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As if it were installed: its folder on the path, and beside it what an installation notes."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ((name, target),) = project["entry-points"][registry.GROUP].items()
    noted = tmp_path / "cash_register-1.0.dist-info"
    noted.mkdir()
    (noted / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    (noted / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{name} = {target}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(EXAMPLE)
    monkeypatch.delitem(sys.modules, "cash_register", raising=False)
    home = ("--home", str(tmp_path / "home"), "--lang", "en")
    assert main([*home, "init", "--defaults"]) == 0
    capsys.readouterr()
    assert main([*home, "import", str(EXAMPLE / "sample.csv"), "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert (read["source"], read["items"], read["recorded"]) == (name, 5, 4)
    assert read["ignored"] == {"drawer opened": 1}
    assert main([*home, "figures", "net_revenue", "--from", "2026-11-01", "--json"]) == 0
    (revenue,) = json.loads(capsys.readouterr().out)
    assert (revenue["value"], revenue["unit"]) == ("1302.5", "CHF")
    monkeypatch.delitem(sys.modules, "cash_register", raising=False)
