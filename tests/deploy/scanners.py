"""Runs cfn-lint, checkov, parliament and bandit as programs, without a network, and gives what they found.

The functions take any template or policy, so that what `chalice package` writes is held to the same.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(sys.prefix) / "bin"
SCANNERS = Path(sys.prefix) / "scanners" / "bin"
NOWHERE = "http://127.0.0.1:9"
"""A proxy that nobody serves: a scanner that would ask the world fails."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What a scanner says: its name for the trouble, where it is, and why it is one."""

    check: str
    where: str
    text: str = ""


def lint(template: Path, *, regions: Sequence[str]) -> set[Finding]:
    """Ask cfn-lint whether CloudFormation takes the template in every one of these regions."""
    command = [f"{HERE / 'cfn-lint'}", "--format", "json", "--template", f"{template}", "--regions", *regions]
    return {
        Finding(one["Rule"]["Id"], f"{template.name}:{one['Location']['Start']['LineNumber']}", one["Message"])
        for one in json.loads(_run(command))
    }


def checkov(*templates: Path) -> dict[Path, set[Finding]]:
    """Ask checkov whether each template is safe, all in one call: its start takes most of the time."""
    options = ["--framework", "cloudformation", "--skip-download", "--compact", "--output", "json"]
    answer = json.loads(_run([_scanner("checkov"), "--file", *map(str, templates), *options]))
    assert answer["summary"]["parsing_errors"] == 0
    looked_at = {Path(one["file_abs_path"]) for one in answer["results"]["passed_checks"]}
    assert looked_at == {*templates}, f"checkov found nothing to check in { ({*templates} - looked_at) }."
    found: dict[Path, set[Finding]] = {template: set() for template in templates}
    for one in answer["results"]["failed_checks"]:
        finding = Finding(one["check_id"], one["resource"], one["check_name"])
        found[Path(one["file_abs_path"])].add(finding)
    return found


def parliament(policies: Mapping[str, Mapping[str, Any]], *, folder: Path) -> set[Finding]:
    """Ask parliament about policy documents, of roles or of resources; `folder` is an empty one to write them to."""
    assert policies
    for name, document in policies.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    lines = _run([_scanner("parliament"), "--directory", f"{folder}", "--json"]).splitlines()
    found = [json.loads(line) for line in lines]
    return {Finding(one["issue"], Path(one["location"]["filepath"]).stem, f"{one['detail']}") for one in found}


def bandit(*paths: str) -> set[Finding]:
    """Ask bandit about Python code; `where` is the file."""
    answer = json.loads(_run([_scanner("bandit"), "--quiet", "--recursive", "--format", "json", *paths]))
    assert not answer["errors"]
    assert answer["metrics"]["_totals"]["loc"], f"bandit found no code in {paths}."
    return {Finding(one["test_id"], one["filename"].removeprefix("./"), one["issue_text"]) for one in answer["results"]}


def policies_of(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return every policy document of a resolved template: of roles, queues and topics."""
    found = {}
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if "PolicyDocument" in properties:
            found[name] = properties["PolicyDocument"]
        for policy in properties.get("Policies", ()):
            found[f"{name}-{policy['PolicyName']}"] = policy["PolicyDocument"]
    return found


def without_accepted(findings: Iterable[Finding], accepted: Mapping[str, str]) -> list[Finding]:
    """Leave out what is accepted, by the check's id."""
    return sorted(finding for finding in findings if finding.check not in accepted)


def _scanner(name: str) -> str:
    path = SCANNERS / name
    assert path.exists(), f"{name} is not installed in {SCANNERS.parent}. Install the scanners: make scanners"
    return f"{path}"


def _run(command: list[str]) -> str:
    """Run a scanner and give what it writes; all of them end with 0 or, having found something, with a small number."""
    environment = os.environ | {"HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE, "LOG_LEVEL": "ERROR"}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ended.stdout.strip() or ended.returncode == 0, f"{command[0]} failed: {ended.stderr[-2000:]}"
    return ended.stdout
