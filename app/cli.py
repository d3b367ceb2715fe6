"""The command line: which commands there are, where their code lies, and how an error reaches a person.

Each command's module is loaded when the command is called, so that `--help` stays quick.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from stammkunde.app import failures
from stammkunde.app.help import Context, Group
from stammkunde.app.locale import LANGUAGES, Locale, language

COMPLETE = "_STAMMKUNDE_COMPLETE"
"""`eval "$(_STAMMKUNDE_COMPLETE=bash_source stammkunde)"` completes commands and options."""

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("home", "Make a home: settings, keys and an empty log."),
    "demo": ("demo", "Play a made-up company and show its Monday screen."),
    "import": ("importing", "Read files into the log: mails, calls, orders, addresses."),
    "sync": ("importing", "Read the sources of the settings file."),
    "status": ("home", "What the log holds, and how fresh sources and views are."),
    "customers": ("customers", "List customers and prospects, or search them as you type."),
    "customer": ("customers", "Everything on one customer, by id, mail address or number."),
    "contacts": ("contacts", "List contacts, by customer, channel, kind and time."),
    "figures": ("figures", "Controlling figures, and who is behind each."),
    "todo": ("waiting", "Missed calls not returned and mails not answered."),
    "review": ("waiting", "Contacts that wait for a person to say whose they are."),
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
}


class Lazy(Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's object, from its module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"stammkunde.app.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        command.context_class = Context
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As ever, with the nearest right name for a wrong one."""
        if args and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            ctx.fail(f"There is no command “{args[0]}”.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and one line each, without importing any of them."""
        self.write_commands(formatter, ((name, help_) for name, (_, help_) in COMMANDS.items()))


class Session:
    """What the options before a command say: which home, which language."""

    def __init__(self, home: Path, locale: Locale) -> None:
        """Both are settled; nothing is opened yet."""
        self.home = home
        self.locale = locale


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of log and settings; default: STAMMKUNDE_HOME.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    help="The language of the answers; default: the locale's.",
)
@click.version_option(package_name="stammkunde", message="%(version)s")
@click.pass_context
def program(context: click.Context, home: Path | None, lang: str | None) -> None:
    """Every contact with every customer in one log.

    \b
    stammkunde init
    stammkunde import Inbox.mbox Addresses.vcf
    stammkunde customers keller
    stammkunde customer 052 203 44 10
    """
    from stammkunde.app.bootstrap import default_home

    context.obj = Session(home or default_home(), Locale(language(lang)))


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 done, 1 refused or failed with one clear line, 2 wrong usage. Never a traceback."""
    try:
        return _run(arguments)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return failures.USAGE
    except click.UsageError as error:
        failures.say(failures.usage(error))
        return failures.USAGE
    except (click.Abort, KeyboardInterrupt):
        failures.say("stopped. What was committed stays; run it again to go on.")
    except BrokenPipeError:
        failures.nobody_reads()
    except OSError as error:
        failures.say(failures.system(error))
    except Exception as error:  # the last resort: whatever it is, a person gets one line
        failures.trace(error)
        failures.say(_refusal(error) or failures.defect(error))
    return failures.FAILED


def _run(arguments: list[str] | None) -> int:
    if instruction := os.environ.get(COMPLETE):
        from click.shell_completion import shell_complete

        return shell_complete(program, {}, "stammkunde", COMPLETE, instruction)
    words = sys.argv[1:] if arguments is None else arguments
    with program.make_context("stammkunde", list(words)) as context:
        result: Any = program.invoke(context)
    return result if isinstance(result, int) else failures.DONE


def _refusal(error: Exception) -> str:
    """What was refused on purpose, in its own words; a class that nobody imported was not raised."""
    for module, name in _REFUSALS:
        kind = getattr(sys.modules.get(module), name, None)
        if kind and isinstance(error, kind):
            return " ".join(str(error).split())
    return ""


_REFUSALS = (
    ("stammkunde.core.errors", "StammkundeError"),
    ("stammkunde.config.settings", "SettingsError"),
)
