"""Conversion options and the lead become a verdict: what to do, how sure we are, and a sentence. Pure."""

from __future__ import annotations

from chalicelib.verdict.rules import already_converted, decide, lead_not_found, unchecked, wait, with_recheck

__all__ = ["already_converted", "decide", "lead_not_found", "unchecked", "wait", "with_recheck"]
