"""`demo`: a made-up company, from its mails and calls to its Monday screen."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from stammkunde.app.bootstrap import Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.progress import bar
from stammkunde.app.reading import read

SEED = 1


@click.command("demo")
@click.option("--once", is_flag=True, help="End after the screen, without serving the pages.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The port of the pages; default: a free one.",
)
@click.option("--seed", default=SEED, show_default=True, help="Another seed, another company.")
@click.option(
    "--size", type=click.IntRange(1, 100), default=1, show_default=True, help="How large it is."
)
@click.pass_obj
def demo_command(session: Session, once: bool, port: int, seed: int, size: int) -> None:
    """Play a small bicycle shop: its mails, calls, orders and addresses through the real connectors.

    Its Monday screen is shown, then its pages are served until Ctrl-C.

    \b
    stammkunde demo
    stammkunde demo --once
    stammkunde demo --once --lang de
    """
    from stammkunde.app.demo.screen import Screen

    with _new_folder() as folder:
        _make(folder, seed, size)
        with opened(folder) as home:
            for line in Screen(home, session.locale).lines():
                click.echo(line)
    if not once:
        _serve(session, folder, port)
    click.echo("")
    click.echo(
        session.locale.text("Look around in this company, and delete it when you have seen enough:")
    )
    click.echo(f"  ./run --home {folder} {'status' if once else 'run'}")
    click.echo(f"  rm -r {folder}")


def _serve(session: Session, folder: Path, port: int) -> None:
    from stammkunde.app.running import run

    click.echo("")
    with opened(folder) as home:
        run(home, port, None, lambda line: click.echo(session.locale.say(line)))


@contextmanager
def _new_folder() -> Iterator[Path]:
    """A folder that nobody else may enter or guess (0700); it stays unless making the company fails."""
    folder = Path(tempfile.mkdtemp(prefix="stammkunde-demo-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _make(folder: Path, seed: int, size: int) -> None:
    """A home of the company of this seed: its files, read by the connectors, and what its people write down."""
    from stammkunde.app.demo.remarks import write_down
    from stammkunde.app.demo.world import play

    world = play(seed, size)
    world.write(folder)
    Home(folder).create("")
    with opened(folder) as home:
        for table in home.configured():
            with bar(table.name) as progress:
                read(home, table, progress, advance=True)
        home.catch_up()
        write_down(world.remarks, home)
        home.catch_up()
