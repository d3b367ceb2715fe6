"""`/metrics`: how the home fares, in the text format of Prometheus (exposition format 0.0.4); no person is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotAuthorizedException

from stammkunde.app.web.binding import host_name
from stammkunde.core.standing import STATES
from stammkunde.projections.answers import Status

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOCAL = frozenset({"127.0.0.1", "::1"})
_PASSED_ON = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "via")


@get("/metrics", sync_to_thread=True)
def metrics(request: Request[Any, Any, Any]) -> Response[str]:
    """For this computer, and for whoever has a token that may read."""
    if request.scope.get("user") is None and not _is_from_here(request):
        raise NotAuthorizedException
    home = request.app.state.home
    lines = "\n".join(_lines(home.queries.status(home.log)))
    return Response(lines + "\n", media_type=_TYPE)


def _is_from_here(request: Request[Any, Any, Any]) -> bool:
    """A proxy on this computer comes from here too: who asks through one names another host, or the proxy names him."""
    client, host = request.client, request.headers.get("host", "")
    is_passed_on = any(name in request.headers for name in _PASSED_ON)
    return (
        client is not None
        and client.host in _LOCAL
        and host_name(host) in (*_LOCAL, "localhost")
        and not is_passed_on
    )


def _lines(status: Status) -> Iterator[str]:
    yield from _metric(
        "log_events_total", "counter", "Events in the log.", [({}, status.log.events)]
    )
    yield from _metric("contacts", "gauge", "Contacts that stand.", [({}, status.log.contacts)])
    yield from _metric(
        "customers", "gauge", "Living customers and prospects.", [({}, status.log.customers)]
    )
    views = [({"view": each.name}, each.lag) for each in status.projections]
    yield from _metric("view_lag_events", "gauge", "Events that a view is behind the log.", views)
    dead = [({"view": each.name}, each.dead_letters) for each in status.projections]
    yield from _metric("dead_letters", "gauge", "Events that a view could not apply.", dead)
    sources = status.sources
    states = [
        ({"source": each.name, "state": state}, int(each.state == state))
        for each in sources
        for state in STATES
    ]
    yield from _metric("source_state", "gauge", "1 for the state in which a source is.", states)
    last = [
        ({"source": each.name}, round(each.last_success.timestamp()))
        for each in sources
        if each.last_success
    ]
    yield from _metric(
        "source_last_success_seconds", "gauge", "When a source was last read, since 1970.", last
    )
    gaps = [({"source": each.name}, each.gaps) for each in sources]
    yield from _metric("source_gaps", "gauge", "Named gaps between a source and the log.", gaps)
    waiting = [({"source": each.name}, each.rejected) for each in sources]
    yield from _metric("source_quarantined", "gauge", "Items in quarantine.", waiting)


def _metric(
    name: str, kind: str, help_: str, values: list[tuple[dict[str, str], int]]
) -> Iterator[str]:
    yield f"# HELP stammkunde_{name} {help_}"
    yield f"# TYPE stammkunde_{name} {kind}"
    for labels, value in values:
        said = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"stammkunde_{name}{{{said}}} {value}" if said else f"stammkunde_{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
