"""`user` and `token`: who may sign in, as what, and which programs may ask."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import click

from stammkunde.app import writing
from stammkunde.app.access.records import Token, User
from stammkunde.app.access.refusals import AccessError
from stammkunde.app.access.rights import RIGHTS, ROLES, Right, Role
from stammkunde.app.bootstrap import opened
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import CSV, JSON
from stammkunde.app.failures import WrongCall
from stammkunde.app.help import Group
from stammkunde.app.locale import LANGUAGES, Locale
from stammkunde.app.output import Column, csv_rows, json_line, table

ROLE = click.argument("role", type=click.Choice(ROLES))
PASSWORD_FILE = click.option(
    "--password-file",
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Take the password from the first line of this file.",
)
_USER = ("number", "name", "role", "language", "disabled", "created_at")
_TOKEN = ("number", "name", "scopes", "owner", "created_at", "last_used_at", "revoked_at")


@click.group("user", cls=Group)
def user_command() -> None:
    """Who may sign in, and as what. A reader reads, a clerk also records and assigns, an admin also manages.

    \b
    stammkunde user add "Anna Frei" admin
    stammkunde user list
    """


@user_command.command("add")
@click.argument("name")
@ROLE
@PASSWORD_FILE
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="Of the pages; default: the browser's."
)
@click.pass_obj
def add_user_command(
    session: Session, name: str, role: Role, password_file: str | None, language: str | None
) -> None:
    """Let somebody sign in. The password is asked for twice, or is the first line of a file or of standard input.

    \b
    stammkunde user add "Anna Frei" admin
    stammkunde user add "Beat Moser" clerk --password-file password.txt
    """
    with opened(session.home) as home:
        accounts = home.accounts
        password = _password(session.locale, password_file)
        user = accounts.add_user(name, role, password, language or "")
    click.echo(session.locale.text("{name} may sign in.", name=user.name))


@user_command.command("role")
@click.argument("name")
@ROLE
@click.pass_obj
def role_command(session: Session, name: str, role: Role) -> None:
    """Give a user another role. It holds at once."""
    with opened(session.home) as home:
        user = home.accounts.set_role(name, role)
    word = session.locale.word(user.role)
    click.echo(session.locale.text("{name} has the role: {role}.", name=user.name, role=word))


@user_command.command("password")
@click.argument("name")
@PASSWORD_FILE
@click.pass_obj
def password_command(session: Session, name: str, password_file: str | None) -> None:
    """Give a user another password. All sessions of the user end, and so does waiting after failures."""
    with opened(session.home) as home:
        user = home.accounts.user(name)
        home.accounts.set_password(name, _password(session.locale, password_file))
    click.echo(session.locale.text("{name} has a new password.", name=user.name))


@user_command.command("disable")
@click.argument("name")
@click.pass_obj
def disable_command(session: Session, name: str) -> None:
    """Keep a user out, with all the tokens of the user. What the user recorded stays."""
    with opened(session.home) as home:
        user = home.accounts.disable(name)
    click.echo(session.locale.text("{name} may not sign in any more.", name=user.name))


@user_command.command("enable")
@click.argument("name")
@click.pass_obj
def enable_command(session: Session, name: str) -> None:
    """Let a disabled user in again, with all the tokens of the user."""
    with opened(session.home) as home:
        user = home.accounts.enable(name)
    click.echo(session.locale.text("{name} may sign in.", name=user.name))


@user_command.command("list")
@JSON
@CSV
@click.pass_obj
def list_users_command(session: Session, as_json: bool, as_csv: bool) -> None:
    """Who may sign in, and who may not any more."""
    with opened(session.home) as home:
        users = home.accounts.users()
        zone = ZoneInfo(home.company.timezone)
    text = session.locale.text
    if as_json:
        json_line(users)
    elif as_csv:
        csv_rows(_USER, ([getattr(user, field) for field in _USER] for user in users))
    elif not users:
        click.echo(f"{text('There is no user yet:')} stammkunde user add NAME admin")
    else:
        columns = (
            Column(text("Name")),
            Column(text("Role"), 12),
            Column(text("Since"), 11),
            Column(text("State"), 12),
        )
        table(columns, (_user_line(user, zone, session.locale) for user in users))


def _user_line(user: User, zone: ZoneInfo, locale: Locale) -> Sequence[str]:
    state = locale.text("disabled") if user.disabled else ""
    since = writing.day(user.created_at.astimezone(zone).date(), locale.code)
    return user.name, locale.word(user.role), since, state


def _password(locale: Locale, file: str | None) -> str:
    """Asked for twice at a terminal, else the first line of the file or of standard input; never an argument."""
    if file is None and sys.stdin.isatty():
        first: str = click.prompt(locale.text("Password"), hide_input=True)
        if first != click.prompt(locale.text("Once more"), hide_input=True):
            raise AccessError("differ")
        return first
    try:
        with click.open_file(file or "-", encoding="utf-8-sig") as stream:
            line: str = stream.readline()
    except UnicodeDecodeError:
        raise WrongCall("The password is no text in UTF-8.") from None
    return line.rstrip("\r\n")


@click.group("token", cls=Group)
def token_command() -> None:
    """Tokens by which programs use the API, each within its scopes and its owner's role.

    \b
    stammkunde token add "Anna Frei" "web shop" --scope write
    stammkunde token list
    stammkunde token revoke 3
    """


@token_command.command("add")
@click.argument("owner")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(RIGHTS),
    multiple=True,
    default=("read",),
    help="What it may do; several times for several.",
)
@click.pass_obj
def add_token_command(session: Session, owner: str, name: str, scopes: tuple[Right, ...]) -> None:
    """Make a token of a user's. It is shown this once; only a digest is kept.

    \b
    stammkunde token add "Anna Frei" report
    stammkunde token add "Anna Frei" "web shop" --scope read --scope write
    """
    with opened(session.home) as home:
        secret, token = home.accounts.add_token(owner, name, scopes)
    said = session.locale.text("Token no. {number}. It is not shown again:", number=token.number)
    click.echo(said, err=True)
    click.echo(secret)


@token_command.command("revoke")
@click.argument("number", type=int)
@click.pass_obj
def revoke_command(session: Session, number: int) -> None:
    """End a token for good, by its number in the list."""
    with opened(session.home) as home:
        home.accounts.revoke_token(number)
    click.echo(session.locale.text("Token no. {number} is good no longer.", number=number))


@token_command.command("list")
@JSON
@CSV
@click.pass_obj
def list_tokens_command(session: Session, as_json: bool, as_csv: bool) -> None:
    """All tokens, the revoked too. The tokens themselves can't be shown again."""
    with opened(session.home) as home:
        tokens = home.accounts.tokens()
        zone = ZoneInfo(home.company.timezone)
    if as_json:
        json_line(tokens)
    elif as_csv:
        csv_rows(_TOKEN, (_token_cells(token) for token in tokens))
    elif not tokens:
        click.echo(
            f"{session.locale.text('There is no token yet:')} stammkunde token add OWNER NAME"
        )
    else:
        _show_tokens(tokens, zone, session.locale)


def _token_cells(token: Token) -> Sequence[object]:
    times = token.created_at, token.last_used_at, token.revoked_at
    return token.number, token.name, " ".join(token.scopes), token.user.name, *times


def _show_tokens(tokens: Iterable[Token], zone: ZoneInfo, locale: Locale) -> None:
    text = locale.text
    columns = (
        Column(text("No."), 5, is_number=True),
        Column(text("Name")),
        Column(text("Owner")),
        Column(text("Scopes"), 16),
        Column(text("Last used"), 17),
        Column(text("State"), 12),
    )
    table(columns, (_token_line(token, zone, locale) for token in tokens))


def _token_line(token: Token, zone: ZoneInfo, locale: Locale) -> Sequence[str]:
    at = token.last_used_at
    used = writing.full_moment(at, zone, locale.code) if at else "–"
    return (
        str(token.number),
        token.name,
        token.user.name,
        " ".join(token.scopes),
        used,
        _state(token, locale),
    )


def _state(token: Token, locale: Locale) -> str:
    if token.revoked_at:
        return locale.text("revoked")
    return locale.text("disabled") if token.user.disabled else ""
