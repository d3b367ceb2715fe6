"""Einstellungen: what the settings file says, one's own password and language, and, for admins, users and tokens.

The file is changed on the server; here it is only shown. A secret's value never gets here, only where it comes from.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from stammkunde.app.access.accounts import DEMO, Accounts
from stammkunde.app.access.records import User
from stammkunde.app.access.refusals import AccessError
from stammkunde.app.access.rights import RIGHTS, ROLES, Right, Role
from stammkunde.app.locale import LANGUAGES
from stammkunde.app.web import configured
from stammkunde.app.web.rendering import page
from stammkunde.app.web.signing_in import COOKIE, device, entered
from stammkunde.app.web.visit import Visit, Visiting

Asking = Request[Any, Any, Any]


class Wrong(msgspec.Struct, frozen=True):
    """A form that was refused: which one, at which field, and why; `typed` is what is put back in, never a password."""

    form: str = ""
    field: str = ""
    sentence: str = ""
    typed: str = ""

    def at(self, form: str, field: str) -> str:
        """The sentence if it belongs to this field."""
        return self.sentence if (form, field) == (self.form, self.field) else ""


class Password(msgspec.Struct, frozen=True):
    """A new password, typed twice; `old` is the one it replaces, where one changes one's own."""

    old: str = ""
    new: str = ""
    again: str = ""


class Language(msgspec.Struct, frozen=True):
    """A code; empty for the browser's."""

    language: str = ""


class NewUser(msgspec.Struct, frozen=True):
    """Somebody who may sign in from now on."""

    name: str = ""
    role: str = "reader"
    password: str = ""


class NewRole(msgspec.Struct, frozen=True):
    """Another role."""

    role: str = ""


class NewToken(msgspec.Struct, frozen=True):
    """A token for a program; the scopes are boxes that are ticked or not sent."""

    owner: int = 0
    name: str = ""
    read: str = ""
    write: str = ""
    admin: str = ""

    @property
    def scopes(self) -> list[Right]:
        """The rights that were ticked."""
        return [right for right in RIGHTS if getattr(self, right)]


# ---- everybody


@get("/settings", sync_to_thread=True)
def settings(request: Asking, visit: Visiting) -> Response[str]:
    """The file as it was read at the start, and one's own access; for admins, everybody's."""
    return _page(request, visit)


@post("/settings/language", sync_to_thread=True)
def language(request: Asking, visit: Visiting, data: URLEncodedBody[Language]) -> Redirect:
    """The language of one's pages on every device; a choice on this device no longer stands before it."""
    if data.language in ("", *LANGUAGES):
        _accounts(request).set_language(_me(visit).name, data.language)
    gone = Cookie(key="language", value="", max_age=0, path="/", httponly=True, samesite="lax")
    return Redirect("/settings?done=saved", status_code=303, cookies=[gone])


@post("/settings/password", sync_to_thread=True)
def password(request: Asking, visit: Visiting, data: URLEncodedBody[Password]) -> Response[Any]:
    """Another password for oneself. All other devices are signed out; this one gets a new session."""
    accounts, me = _accounts(request), _me(visit)
    field = "old"
    try:
        accounts.authenticate(me.name, data.old, device(request))
        field = "again"
        _same(data)
        field = "new"
        accounts.set_password(me.name, data.new)
        secret = accounts.sign_in(
            me.name, data.new, request.cookies.get(COOKIE, ""), device(request)
        )
    except AccessError as error:
        return _refused(request, visit, error, "password", field)
    return entered(request, secret, "/settings?done=password")


# ---- admins


@post("/settings/users", sync_to_thread=True)
def add_user(request: Asking, visit: Visiting, data: URLEncodedBody[NewUser]) -> Response[Any]:
    """Let somebody in."""
    try:
        _accounts(request).add_user(data.name, _role(data.role), data.password)
    except AccessError as error:
        field = "name" if error.reason in ("name", "taken") else "password"
        return _refused(request, visit, error, "user", field, data.name)
    return _done("added", "#users")


@get("/settings/users/{number:int}", sync_to_thread=True)
def user_page(request: Asking, visit: Visiting, number: FromPath[int]) -> Response[str]:
    """One user, and what an admin may change of him."""
    return _user_page(request, visit, number)


@post("/settings/users/{number:int}/role", sync_to_thread=True)
def role(
    request: Asking, visit: Visiting, number: FromPath[int], data: URLEncodedBody[NewRole]
) -> Response[Any]:
    """Another role, from his next request on."""
    return _change(
        request, visit, number, "role", lambda a, u: a.set_role(u.name, _role(data.role))
    )


@post("/settings/users/{number:int}/password", sync_to_thread=True)
def reset(
    request: Asking, visit: Visiting, number: FromPath[int], data: URLEncodedBody[Password]
) -> Response[Any]:
    """Another password for somebody who forgot his; his sessions end."""

    def change(accounts: Accounts, user: User) -> None:
        _same(data)
        accounts.set_password(user.name, data.new)

    return _change(request, visit, number, "password", change)


@post("/settings/users/{number:int}/disable", sync_to_thread=True)
def disable(request: Asking, visit: Visiting, number: FromPath[int]) -> Response[Any]:
    """Keep him out."""
    return _change(request, visit, number, "disable", lambda a, u: a.disable(u.name))


@post("/settings/users/{number:int}/enable", sync_to_thread=True)
def enable(request: Asking, visit: Visiting, number: FromPath[int]) -> Response[Any]:
    """Let him in again."""
    return _change(request, visit, number, "enable", lambda a, u: a.enable(u.name))


@post("/settings/tokens", sync_to_thread=True)
def add_token(request: Asking, visit: Visiting, data: URLEncodedBody[NewToken]) -> Response[Any]:
    """A new token. It is shown in this one answer, since no address may hold it and nothing keeps it."""
    accounts = _accounts(request)
    try:
        owner = _user(accounts, data.owner)
        secret, token = accounts.add_token(owner.name, data.name, data.scopes)
    except AccessError as error:
        field = "scopes" if error.reason == "scopes" else "name"
        return _refused(request, visit, error, "token", field, data.name)
    return page(visit, "token.html", secret=secret, token=token)


@post("/settings/tokens/{number:int}/revoke", sync_to_thread=True)
def revoke(request: Asking, number: FromPath[int]) -> Redirect:
    """End a token for good; one that is over already stays over."""
    try:
        _accounts(request).revoke_token(number)
    except AccessError:
        raise NotFoundException from None
    return _done("revoked", "#tokens")


# ---- within


def _page(
    request: Asking, visit: Visit, wrong: Wrong | None = None, status: int = 200
) -> Response[str]:
    accounts, is_admin = _accounts(request), visit.may("admin")
    return page(
        visit,
        "settings.html",
        status=status,
        company=configured.company(visit),
        tables=configured.tables(visit) if is_admin else (),
        has_password=not _is_demo(visit),
        languages=LANGUAGES,
        users=accounts.users() if is_admin else (),
        tokens=list(reversed(accounts.tokens())) if is_admin else (),
        roles=ROLES,
        rights=RIGHTS,
        wrong=wrong or Wrong(),
    )


def _user_page(
    request: Asking, visit: Visit, number: int, wrong: Wrong | None = None, status: int = 200
) -> Response[str]:
    return page(
        visit,
        "user.html",
        status=status,
        user=_user(_accounts(request), number),
        roles=ROLES,
        wrong=wrong or Wrong(),
    )


def _change(request: Asking, visit: Visit, number: int, form: str, change: Any) -> Response[Any]:
    accounts = _accounts(request)
    user = _user(accounts, number)
    try:
        change(accounts, user)
    except AccessError as error:
        field = "again" if error.reason == "differ" else "new"
        wrong = Wrong(form, field, visit.locale.say(error))
        return _user_page(request, visit, number, wrong, 400)
    return Redirect(f"/settings/users/{number}?done=saved", status_code=303)


def _refused(
    request: Asking, visit: Visit, error: AccessError, form: str, field: str, typed: str = ""
) -> Response[str]:
    return _page(request, visit, Wrong(form, field, visit.locale.say(error), typed), 400)


def _same(data: Password) -> None:
    if data.new != data.again:
        raise AccessError("differ")


def _role(name: str) -> Role:
    found = next((role for role in ROLES if role == name), None)
    if found is None:
        raise NotFoundException
    return found


def _user(accounts: Accounts, number: int) -> User:
    found = next((user for user in accounts.users() if user.number == number), None)
    if found is None:
        raise NotFoundException
    return found


def _me(visit: Visit) -> User:
    if visit.user is None:
        raise NotFoundException
    return visit.user


def _is_demo(visit: Visit) -> bool:
    """The visitor of a made-up company came by a link and has no password."""
    return visit.home.settings.demo.now is not None and _me(visit).name == DEMO


def _accounts(request: Asking) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


def _done(code: str, anchor: str) -> Redirect:
    return Redirect(f"/settings?done={code}{anchor}", status_code=303)


HANDLERS = (settings, language, password)
ADMIN = (add_user, user_page, role, reset, disable, enable, add_token, revoke)
