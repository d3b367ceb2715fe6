"""The command line: which commands there are, where their code lies, and how an error reaches a person.

Each command's module is loaded when the command is called, so that `--help` stays quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from stammkunde.app import failures
from stammkunde.app.failures import WrongCall
from stammkunde.app.help import Group
from stammkunde.app.locale import LANGUAGES, Locale, asked, language, libraries_speak

COMPLETE = "_STAMMKUNDE_COMPLETE"
"""`eval "$(_STAMMKUNDE_COMPLETE=bash_source stammkunde)"` completes commands and options."""

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("home", "Make a home: settings, keys and an empty log."),
    "demo": ("demo", "Play a made-up company and show its Monday screen."),
    "run": ("serving", "Serve the pages and the API."),
    "import": ("importing", "Read files into the log: mails, calls, orders, addresses."),
    "sync": ("importing", "Read the sources of the settings file."),
    "status": ("home", "What the log holds, and how fresh sources and views are."),
    "customers": ("customers", "List customers and prospects, or search them as you type."),
    "customer": ("customers", "Everything on one customer, by id, mail address or number."),
    "contacts": ("contacts", "List contacts, by customer, channel, kind and time."),
    "figures": ("figures", "Controlling figures, and who is behind each."),
    "todo": ("waiting", "Missed calls not returned and mails not answered."),
    "review": ("waiting", "Contacts that wait for a person to say whose they are."),
    "ringing": ("ringing", "Calls as they ring, each with the customer."),
    "record": ("deciding", "Record a letter, a visit or a call by hand."),
    "describe": ("deciding", "Write attributes or a role of a customer."),
    "note": ("deciding", "Write a note on a customer."),
    "link": ("deciding", "Give an identifier to a customer."),
    "unlink": ("deciding", "Take an identifier from a customer."),
    "assign": ("deciding", "Give a contact to a customer."),
    "merge": ("deciding", "Say that two customers are one."),
    "unmerge": ("deciding", "Take a merge back."),
    "distinct": ("deciding", "Say that two customers are not one."),
    "classify": ("deciding", "Say that an identifier is exclusive, shared or blocked."),
    "rebuild": ("home", "Build the views anew from the log, or check them."),
    "verify": ("home", "Check that the log is what was recorded."),
    "quarantine": ("quarantine", "What could not be read, and reading it again."),
    "connectors": ("connectors", "The connectors that are installed, with their settings."),
    "connector": ("connectors", "Make a connector of your own, try a source, sign in to one."),
    "user": ("access", "Who may sign in, and as what."),
    "token": ("access", "Tokens by which programs use the API."),
}


class Session:
    """What `--home` and `--lang` say, before the command or after it."""

    def __init__(self, locale: Locale) -> None:
        """Nothing is opened yet."""
        self.locale = locale
        self.named: Path | None = None

    @property
    def home(self) -> Path:
        """The folder that was named, else the default one."""
        from stammkunde.app.bootstrap import default_home

        return self.named or default_home()


def _home(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    session = context.find_object(Session)
    if session and path:
        session.named = path


def _lang(context: click.Context, _: click.Parameter, code: str | None) -> None:
    session = context.find_object(Session)
    if session and code:
        session.locale = Locale(code)


COMMON: tuple[click.Parameter, ...] = (
    click.Option(
        ["--home"],
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        callback=_home,
        help="The folder of log and settings; default: STAMMKUNDE_HOME.",
    ),
    click.Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        is_eager=True,
        expose_value=False,
        callback=_lang,
        help="The language of the answers; default: the locale's.",
    ),
)
"""What stands before a command or after it; said twice, the later one holds."""


class Lazy(Group):
    """A group whose commands are imported when they are called."""

    common = COMMON

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one needs them."""
        return list(COMMANDS)

    def find(self, cmd_name: str) -> click.Command | None:
        """The command's object, from its module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"stammkunde.app.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As ever, with the nearest right name for a wrong one."""
        if args and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            if near:
                raise WrongCall(
                    "There is no command “{name}”. Did you mean “{near}”?",
                    name=args[0],
                    near=near[0],
                )
            raise WrongCall("There is no command “{name}”.", name=args[0])
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and one line each, without importing any of them."""
        self.write_commands(formatter, ((name, help_) for name, (_, help_) in COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]}, params=[*COMMON])
@click.version_option(package_name="stammkunde", message="%(version)s")
def program() -> None:
    """Every contact with every customer in one log.

    \b
    stammkunde init
    stammkunde import Inbox.mbox Addresses.vcf
    stammkunde customers keller
    stammkunde customer 052 203 44 10
    """


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 done, 1 refused or failed with one clear line, 2 wrong usage. Never a traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    locale = Locale(language(asked(words)))
    with libraries_speak(locale.code):
        return _answered(words, locale)


def _answered(words: Sequence[str], locale: Locale) -> int:
    try:
        return _run(words, locale)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return failures.USAGE
    except click.UsageError as error:
        failures.say(failures.usage(error, locale))
        return failures.USAGE
    except (click.Abort, KeyboardInterrupt):
        failures.say(locale.text("stopped. What was committed stays; run it again to go on."))
    except BrokenPipeError:
        failures.nobody_reads()
    except OSError as error:
        failures.say(failures.system(error, locale))
    except Exception as error:  # the last resort: whatever it is, a person gets one line
        failures.trace(error)
        failures.say(_refusal(error, locale) or failures.defect(error, locale))
    return failures.FAILED


def _run(words: Sequence[str], locale: Locale) -> int:
    if instruction := os.environ.get(COMPLETE):
        from click.shell_completion import shell_complete

        return shell_complete(program, {}, "stammkunde", COMPLETE, instruction)
    with program.make_context("stammkunde", list(words), obj=Session(locale)) as context:
        result: Any = program.invoke(context)
    return result if isinstance(result, int) else failures.DONE


def _refusal(error: Exception, locale: Locale) -> str:
    """What was refused on purpose; a class that nobody imported was not raised."""
    for module, name in _REFUSALS:
        kind = getattr(sys.modules.get(module), name, None)
        if kind and isinstance(error, kind):
            return locale.say(error)
    return ""


_REFUSALS = (
    ("stammkunde.core.errors", "StammkundeError"),
    ("stammkunde.config.settings", "SettingsError"),
)
