"""What systemd wants to hear of a service (sd_notify(3)); nothing where it does not ask."""

from __future__ import annotations

import os
import socket


def tell(state: str) -> None:
    """Send `READY=1`, `WATCHDOG=1` or `STOPPING=1` to the socket that systemd named."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    address = "\0" + place[1:] if place.startswith("@") else place
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(state.encode(), address)
        except OSError:  # who does not listen can't be told
            return


def watchdog_s() -> float | None:
    """How often systemd wants a sign of life; None where it does not watch. Half of what it allows, as it advises."""
    allowed = os.environ.get("WATCHDOG_USEC", "")
    return int(allowed) / 2e6 if allowed.isdigit() and int(allowed) else None
