"""`connectors`: which are installed, and what each can be told."""

from __future__ import annotations

import click

from stammkunde.app.cli import Session
from stammkunde.app.output import json_line
from stammkunde.connectors import registry


@click.command("connectors")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.pass_obj
def connectors_command(session: Session, as_json: bool) -> None:
    """The connectors that are installed, with their settings.

    \b
    stammkunde connectors
    stammkunde connectors --json
    """
    del session
    found = {name: registry.settings_of(name) for name in registry.names()}
    if as_json:
        json_line([{"name": name, "settings": settings} for name, settings in found.items()])
        return
    for name, settings in found.items():
        click.echo(name)
        for setting in settings:
            default = "" if setting.required else f" = {setting.default}"
            click.echo(f"  {setting.name}: {setting.type}{default}")
