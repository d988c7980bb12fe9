"""Runs one probe of the check and gives what it found; what it found never holds a secret."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

from ops.check.probe import Look, Probe, run
from ops.check.stage import open_stage
from ops.findings import Finding, Result
from sandbox.system import BOT_TOKEN, RETIRING_KEY, WEBHOOK_KEY, ZOHO

SECRETS = (*ZOHO.values(), BOT_TOKEN, WEBHOOK_KEY, RETIRING_KEY)


class Silence:
    """Hears and says nothing."""

    def probe_began(self, probe: Probe) -> None:
        """Hear that a probe begins."""

    def progress(self, text: str) -> None:
        """Hear what it is doing."""

    def probe_ended(self, result: Result) -> None:
        """Hear its end."""


def probe(look: Look) -> Result:
    """Run a probe against the sandbox's stage."""
    stage = open_stage("sandbox", profile=None, region=None)
    (result,) = run([Probe("it", "", look)], stage, observer=Silence(), clock=time.monotonic)
    findings = result.findings
    said = json.dumps([findings.facts, findings.values, *map(asdict, findings.warnings + findings.troubles)])
    assert not [secret for secret in SECRETS if secret in said]
    return result


def problem(look: Look) -> Finding:
    """Run a probe that finds exactly one trouble; return it."""
    result = probe(look)
    assert result.status == "failed", result
    (found,) = result.findings.troubles
    return found


def warning(look: Look) -> Finding:
    """Run a probe that is ok and warns of exactly one thing; return it."""
    result = probe(look)
    assert result.status == "ok", result
    (found,) = result.findings.warnings
    return found
