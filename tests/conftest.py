"""What every test stands on: no network beyond this machine, and the same examples in every run."""

from __future__ import annotations

import sys
from typing import Any

from hypothesis import HealthCheck, settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _refuse_strangers(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise when anything in this process connects to another machine."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in LOOPBACK:
        raise AssertionError(f"A test tried to reach {address[0]}.")


sys.addaudithook(_refuse_strangers)
settings.register_profile(
    "leadmatch",
    deadline=None,  # the machine may be busy
    suppress_health_check=[HealthCheck.too_slow],  # same
    derandomize=True,
    print_blob=True,
)
settings.load_profile("leadmatch")
