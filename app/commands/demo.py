"""`demo`: a made-up company, from its mails and calls to its Monday screen."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.progress import bar
from stammkunde.app.reading import read

SEED = 1


@click.command("demo")
@click.option("--once", is_flag=True, help="End after the screen.")
@click.option("--seed", default=SEED, show_default=True, help="Another seed, another company.")
@click.option(
    "--size", type=click.IntRange(1, 100), default=1, show_default=True, help="How large it is."
)
@click.pass_obj
def demo_command(session: Session, once: bool, seed: int, size: int) -> None:
    """Play a small bicycle shop: its mails, calls, orders and addresses through the real connectors.

    \b
    stammkunde demo --once
    stammkunde demo --once --lang de
    """
    from stammkunde.app.demo.screen import Screen
    from stammkunde.app.demo.world import play

    del once  # the page that follows the screen is still to come
    folder = Path(tempfile.gettempdir()) / f"stammkunde-demo-{_user()}"
    shutil.rmtree(folder, ignore_errors=True)
    world = play(seed, size)
    world.write(folder)
    home = Home(folder)
    home.create("")
    with opened(folder) as made:
        for table in made.configured():
            with bar(table.name) as progress:
                read(made, table, progress, advance=True)
        made.catch_up()
        for line in Screen(made, session.locale).lines():
            click.echo(line)
    click.echo("")
    click.echo(session.locale.text("This company lies in {folder}:", folder=folder))
    click.echo(f"  ./run --home {folder} todo")


def _user() -> str:
    import os

    return str(os.getuid())
