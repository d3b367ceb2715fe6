"""`--help` in the reader's language: English docstrings stay the source, the catalogue holds the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import click

from stammkunde.app.locale import Locale, language

_EXTRA = re.compile(r"(?s)(.*?)(  \[[^\]]*\])?")


class Formatter(click.HelpFormatter):
    """Click's layout with translated words; examples, which begin with a line of `\\b`, are left alone."""

    def __init__(self, locale: Locale, *, width: int | None, max_width: int | None) -> None:
        """The widths are click's."""
        super().__init__(width=width, max_width=max_width)
        self._text = locale.text

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line."""
        text = self._text
        words = args.replace("[OPTIONS]", text("[OPTIONS]")).replace("COMMAND", text("COMMAND"))
        words = words.replace("[ARGS]", text("[ARGS]"))
        super().write_usage(prog, words, prefix or f"{text('Usage:')} ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A titled part."""
        with super().section(self._text(name)):
            yield

    def write_text(self, text: str) -> None:
        """The command's docstring."""
        super().write_text("\n\n".join(self._paragraph(part) for part in text.split("\n\n")))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Options or commands, each with its sentence."""
        super().write_dl(
            [(term, self._sentence(help_)) for term, help_ in rows], col_max, col_spacing
        )

    def _paragraph(self, part: str) -> str:
        return part if part.startswith("\b") else self._text(" ".join(part.split()))

    def _sentence(self, help_: str) -> str:
        """An option's sentence; of what click puts behind it in brackets only whether it is required."""
        found = _EXTRA.fullmatch(help_)
        sentence, extra = found.groups() if found else (help_, "")
        word = self._text("required")
        required = f"  [{word}]" if "required" in (extra or "") or word in (extra or "") else ""
        return self._text(sentence) + required


class Context(click.Context):
    """A call whose help speaks the language of its session."""

    def make_formatter(self) -> click.HelpFormatter:
        """The formatter of this call."""
        locale = getattr(self.obj, "locale", None) or Locale(language(None))
        return Formatter(locale, width=self.terminal_width, max_width=self.max_content_width)


class Group(click.Group):
    """Commands that speak the reader's language and take the options that all commands have in common."""

    context_class = Context
    common: Sequence[click.Parameter] = ()

    def find(self, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        return self.commands.get(cmd_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, as it was found, with the common options."""
        command = self.find(cmd_name)
        if command is not None:
            command.context_class = Context
            first = ctx.find_root().command
            common = first.common if isinstance(first, Group) else ()
            command.params += [option for option in common if option not in command.params]
        return command

    def write_commands(
        self, formatter: click.HelpFormatter, commands: Iterable[tuple[str, str]]
    ) -> None:
        """Names with a sentence each."""
        with formatter.section("Commands"):
            formatter.write_dl(list(commands))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Whole sentences: click would cut them."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        self.write_commands(
            formatter,
            ((name, (command.short_help or command.help or "").split("\n\n")[0]) for name, command in found if command),
        )  # fmt: skip
