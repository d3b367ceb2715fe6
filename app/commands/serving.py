"""`run`: reads the sources, keeps the views up to date, serves the pages and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stammkunde.app.bootstrap import opened
from stammkunde.app.cli import Session

if TYPE_CHECKING:
    from stammkunde.app.logs import Form
    from stammkunde.app.running import Part


@click.command("run")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="The port; 0 takes a free one; default: that of the settings, else 8765.",
)
@click.option(
    "--only",
    type=click.Choice(["sources", "web", "projections"]),
    help="One part alone, the others in processes of their own.",
)
@click.option(
    "--log",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How lines of the log are written to stderr.",
)
@click.pass_obj
def run_command(session: Session, port: int | None, only: Part | None, form: Form) -> None:
    """Read all sources, and serve the pages and the API, until Ctrl-C.

    \b
    stammkunde run
    stammkunde run --port 9000
    stammkunde run --only sources --log json
    """
    from stammkunde.app.logs import write_logs
    from stammkunde.app.running import run

    write_logs(form)
    with opened(session.home) as home:
        run(home, port, only, lambda line: click.echo(session.locale.say(line)))
