"""What a call comes to by the roles of its legs alone: direction, outcome, and which leg tells what.

Calls differ in their numbers and times; what is concluded from the roles is the same for thousands of them.

"ANSWERED" alone does not say that people talked: a voicemail's leg has it too, and the legs of a queue have talk seconds
although the caller gave up.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from stammkunde.connectors.asterisk.rows import ANSWERED, BUSY, FAILED
from stammkunde.core.contact import Direction, Outcome

_TALKING = frozenset({"Dial", "Queue", "AppDial", "Pickup", "Bridge"})
_VOICEMAIL = frozenset({"VoiceMail", "Voicemail", "MinivmRecord"})


class Role(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What a leg is, apart from its numbers and times; there is one of each, so that identity compares them.

    `begins` and `ends` name the devices (or trunks) of its channels; `reaches` says that it has a second one. `comes_in`:
    its first channel comes from outside. `goes_out`: should it begin with us, it goes outside, or would have gone had
    the trunk taken it. `goes_on`: should it come from outside, it goes outside again.
    """

    begins: str
    ends: str
    reaches: bool
    comes_in: bool
    goes_out: bool
    goes_on: bool
    app: str
    disposition: str

    @property
    def talks(self) -> bool:
        """Whether people talk in it."""
        return self.disposition == ANSWERED and self.reaches and self.app in _TALKING


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """A call, with legs by their place in the order of time.

    `party`: whose numbers name the counterpart. `heard`: those in which the counterpart talked. `ours`: who of us, in
    order; of a call from outside without the line that was called. `away`: where it was sent on to. `queue`: the first
    in a queue. `taken`: whose talk ended the ringing; `voicemail`: whose recording did.
    """

    direction: Direction
    outcome: Outcome
    party: int = 0
    heard: tuple[int, ...] = ()
    ours: tuple[str, ...] = ()
    away: int | None = None
    queue: int | None = None
    taken: int | None = None
    voicemail: int | None = None
    flags: tuple[str, ...] = ()


def shape_of(roles: Sequence[Role]) -> Shape | None:
    """The shape of a call by its legs in order of time, or None where both ends are ours.

    The first channel gives the direction: a call from outside stays one that came in, also when it is sent on to a
    mobile. Only legs that the counterpart hears count as talk, not one in which a colleague is asked first.
    """
    talking = [at for at, role in enumerate(roles) if role.talks]
    outcome = _outcome(roles, talking=bool(talking))
    voicemail = [at for at, role in enumerate(roles) if role.app in _VOICEMAIL]
    shape = Shape(
        direction="in",
        outcome=outcome,
        queue=next((at for at, role in enumerate(roles) if role.app == "Queue"), None),
        taken=talking[0] if talking else None,
        voicemail=voicemail[0] if outcome == "voicemail" else None,
    )
    return _inward(shape, roles, talking) if roles[0].comes_in else _outward(shape, roles, talking)


def _inward(shape: Shape, roles: Sequence[Role], talking: Sequence[int]) -> Shape:
    away = [at for at in talking or range(len(roles)) if roles[at].goes_on]
    return msgspec.structs.replace(
        shape,
        heard=tuple(at for at in talking if at == 0 or roles[at].comes_in),
        ours=tuple(dict.fromkeys(roles[at].ends for at in talking if at not in away)),
        away=away[0] if away else None,
        flags=("answered_external",) if away and talking else (),
    )


def _outward(shape: Shape, roles: Sequence[Role], talking: Sequence[int]) -> Shape | None:
    outward = [at for at, role in enumerate(roles) if role.goes_out]
    if not outward:
        return None
    return msgspec.structs.replace(
        shape,
        direction="out",
        party=outward[0],
        heard=tuple(at for at in outward if at in talking),
        ours=(roles[0].begins,),
    )


def _outcome(roles: Sequence[Role], *, talking: bool) -> Outcome:
    if talking:
        return "answered"
    apps = {role.app for role in roles}
    dispositions = {role.disposition for role in roles}
    if not apps.isdisjoint(_VOICEMAIL):
        return "voicemail"
    if BUSY in dispositions:
        return "busy"
    if FAILED in dispositions:
        return "failed"
    return "abandoned" if "Queue" in apps else "missed"
