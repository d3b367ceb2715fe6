"""Which end of a leg is ours, and who is at the other one."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TypeVar

import msgspec

from stammkunde.connectors.asterisk.rows import Leg
from stammkunde.connectors.asterisk.shape import Role
from stammkunde.core.contact import Identifier
from stammkunde.core.phones import DialPlan, Number, number

_K = TypeVar("_K")
_V = TypeVar("_V")
_CACHED = 50_000
_NAME = re.compile(r'^\s*"(.*)"\s*<[^<]*>\s*$|^\s*([^"<]+?)\s*<[^<]*>\s*$', re.DOTALL)
_ESCAPES = re.compile(r'\\+(["\\])')
_LETTER = re.compile(r"[^\W\d_]")
_DIALLED = re.compile(r"(?:^|[/:@])(\+?\d{5,})(?=[@/,&:]|$)")
_LINE = re.compile(r"\bdid[:=]\s*(\+?[\d ]{3,})", re.IGNORECASE)


class Device(msgspec.Struct, frozen=True, gc=False):
    """The device or trunk of a channel; `outside` says whether its name makes it a trunk, None where it does not say."""

    name: str
    outside: bool | None


class Party(msgspec.Struct, frozen=True, gc=False):
    """The counterpart of a call, as a contact holds it; `number` is what stood there where it identifies nobody."""

    identifiers: tuple[Identifier, ...] = ()
    display: str = ""
    number: str = ""
    flags: tuple[str, ...] = ()


class Rules(msgspec.Struct, frozen=True):
    """What the settings say about numbers and channels: `trunks` are globs, `plan.extensions` a regular expression."""

    region: str
    plan: DialPlan
    trunks: tuple[str, ...] = ()
    internal_contexts: tuple[str, ...] = ()


class Sides:
    """Tells ours from theirs by the rules of one telephone system."""

    def __init__(self, rules: Rules) -> None:
        """Raises `re.error` for a bad pattern of extensions."""
        self._region = rules.region
        self._outward = rules.plan
        self._inward = msgspec.structs.replace(rules.plan, outside_prefix="")
        self._contexts = frozenset(rules.internal_contexts)
        self._extension = re.compile(rules.plan.extensions)
        self._trunk = re.compile("|".join(map(translate, rules.trunks))) if rules.trunks else None
        self._devices: dict[str, Device] = {}
        self._roles: dict[tuple[object, ...], Role] = {}
        self._callers: dict[tuple[str, str], Party] = {}
        self._called: dict[tuple[str, str], Party] = {}
        self._lines: dict[tuple[str, str], str] = {}

    # ---- channels

    def role(self, leg: Leg) -> Role:
        """What the leg is by the names of its channels or, where these do not say, by its numbers."""
        names = (
            leg.channel.rpartition("-")[0] or leg.channel,
            leg.dstchannel.rpartition("-")[0] or leg.dstchannel,
            leg.dcontext,
            leg.lastapp,
            leg.disposition,
        )
        return self._roles.get(names) or self._role(leg, names)

    def _role(self, leg: Leg, names: tuple[str, ...]) -> Role:
        begins, ends = self._device(leg.channel), self._device(leg.dstchannel)
        comes_in = False if leg.dcontext in self._contexts else None
        comes_in = comes_in if begins.outside is None else begins.outside
        goes_out = ends.outside if leg.dstchannel or leg.lastapp == "Dial" else False
        said: tuple[object, ...] = names
        if comes_in is None or goes_out is None:
            if comes_in is None:
                comes_in = self._read(leg.src).kind not in ("extension", "service")
            if goes_out is None:
                goes_out = number(leg.dst, self._region, self._outward).kind == "number"
            said = (*names, comes_in, goes_out)
        found = self._roles.get(said)
        if found is None:
            found = Role(
                begins.name,
                ends.name,
                bool(leg.dstchannel),
                comes_in,
                goes_out,
                self._goes_on(leg, begins, ends),
                leg.lastapp,
                leg.disposition,
            )
            keep(self._roles, said, found)
        return found

    def _goes_on(self, leg: Leg, begins: Device, ends: Device) -> bool:
        """Whether a leg of a call from outside goes outside again."""
        if not leg.dstchannel or ends.outside is not None:
            return bool(ends.outside)
        return ends.name == begins.name or self._read(ends.name).kind == "number"

    def _device(self, channel: str) -> Device:
        """`101` of `PJSIP/101-0000001c`, `103` of `Local/103@agents-00000003;1`; nameless where there is no channel."""
        head = channel.rpartition("-")[0] or channel
        found = self._devices.get(head)
        if found is None:
            rest = (head.partition("/")[2] or head).partition("@")[0]
            outside = self._is_trunk(channel, head, rest) if channel else None
            found = Device(rest.rpartition("/")[2], outside)
            keep(self._devices, head, found)
        return found

    def _is_trunk(self, channel: str, head: str, name: str) -> bool | None:
        if self._trunk is not None:
            return any(map(self._trunk.match, (channel, head, name)))
        if "trunk" in name.lower():
            return True
        return False if self._extension.fullmatch(name) else None

    # ---- numbers

    def caller(self, leg: Leg) -> Party:
        """Who called; the name is what the network or our address book says, a hint only."""
        found = self._callers.get((leg.src, leg.clid))
        if found is None:
            found = _party(self._read(leg.src), leg.src, _name(leg.clid))
            keep(self._callers, (leg.src, leg.clid), found)
        return found

    def called(self, leg: Leg) -> Party:
        """Whom we called. Dial's own argument shows it without the prefix for an outside line."""
        found = self._called.get((leg.dst, leg.lastdata))
        if found is None:
            found = self._dialled(leg)
            keep(self._called, (leg.dst, leg.lastdata), found)
        return found

    def _dialled(self, leg: Leg) -> Party:
        sent = self._sent(leg)
        if sent and leg.dst.endswith(sent) and 1 <= len(leg.dst) - len(sent) <= 2:
            found = self._read(sent)
            if found.e164:
                return _party(found, leg.dst)
        found = number(leg.dst, self._region, self._outward)
        return _party(found if found.e164 or not sent else self._read(sent), leg.dst)

    def line(self, leg: Leg) -> str:
        """Our number that was called: as the user field has it (`did:…`), else what was dialled."""
        where = leg.userfield, leg.dst
        found = self._lines.get(where)
        if found is None:
            said = _LINE.search(leg.userfield)
            raw = said[1].strip() if said else leg.dst
            found = self._read(raw).e164 or raw
            keep(self._lines, where, found)
        return found

    def target(self, leg: Leg) -> str:
        """Where a call was sent on to."""
        raw = self._sent(leg) or self._device(leg.dstchannel).name
        return self._read(raw).e164 or raw

    def _sent(self, leg: Leg) -> str:
        found = _DIALLED.search(leg.lastdata)
        return found[1] if found else ""

    def _read(self, raw: str) -> Number:
        return number(raw, self._region, self._inward)


def _party(found: Number, raw: str, display: str = "") -> Party:
    if found.e164:
        return Party((Identifier("phone", found.e164),), display)
    if found.kind == "withheld":
        return Party(display=display, flags=("withheld",))
    return Party(display=display, number=raw)


def _name(clid: str) -> str:
    """The caller's name in `"Name" <number>`, unless it says no more than a number or that it is withheld."""
    found = _NAME.match(clid)
    if not found:
        return ""
    name = _ESCAPES.sub(r"\1", found[1] or found[2] or "").strip()
    return name if _LETTER.search(name) and number(name, "").kind != "withheld" else ""


def keep(cache: dict[_K, _V], key: _K, value: _V) -> None:
    """Cache a value, in bounds."""
    if len(cache) >= _CACHED:
        cache.clear()
    cache[key] = value
