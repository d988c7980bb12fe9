"""The ids of the stand-in's org: nineteen digits, of which the first seven are the org's."""

from __future__ import annotations

import zlib

ORG_PREFIX = "7203914"
ORG_ID = "org700000001"
"""What the org is called in the addresses of its pages."""


def system_id(name: str) -> str:
    """Return the id of a module, a field, a layout or a user, always the same for the same name."""
    return f"{ORG_PREFIX}{zlib.crc32(name.encode()) % 10**6:012d}"
