"""What every test stands on: no network beyond this machine."""

from __future__ import annotations

import sys
from typing import Any

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _refuse_strangers(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise when anything in this process connects to another machine."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in LOOPBACK:
        raise AssertionError(f"A test tried to reach {address[0]}.")


sys.addaudithook(_refuse_strangers)
