"""What both kinds of signed calls need: secrets compared in constant time, and timestamps that are not old. Pure."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from chalicelib.digits import is_digits
from chalicelib.timing import SIGNATURE_TOLERANCE_SECONDS

MAX_TIMESTAMP_DIGITS = 12


def same(left: str, right: str) -> bool:
    """Compare two texts so that the time taken tells nothing about where they differ, or how long they are."""
    return hmac.compare_digest(_digest(left), _digest(right))


def is_recent(timestamp: str, now: datetime) -> bool:
    """Return whether an epoch second in digits is at most five minutes away: an older signature may be a replay."""
    if not is_digits(timestamp, most=MAX_TIMESTAMP_DIGITS):
        return False
    return abs(now.timestamp() - int(timestamp)) <= SIGNATURE_TOLERANCE_SECONDS


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
