"""`run`: the pages and the API, and the thread that keeps the views up to date."""

from __future__ import annotations

import click

from stammkunde.app.bootstrap import opened
from stammkunde.app.cli import Session


@click.command("run")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="The port; 0 takes a free one; default: that of the settings, else 8765.",
)
@click.pass_obj
def run_command(session: Session, port: int | None) -> None:
    """Serve the pages and the API until Ctrl-C.

    \b
    stammkunde run
    stammkunde run --port 9000
    """
    from stammkunde.app.web.server import serve

    with opened(session.home) as home:
        serve(home, port, lambda line: click.echo(session.locale.say(line)))
