"""Conversion options and the lead become a verdict: what to do, how sure we are, and a sentence. Pure."""

from __future__ import annotations

from chalicelib.verdict.decide import decide
from chalicelib.verdict.outcomes import already_converted, lead_not_found, unchecked, wait

__all__ = ["already_converted", "decide", "lead_not_found", "unchecked", "wait"]
