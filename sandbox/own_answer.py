"""A scene made from a Zoho answer of the reader's own: `make demo ANSWER=file.json`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

from chalicelib.zoho.answers import read_options
from sandbox.scenes import Scene, Stage
from sandbox.zoho.answers import Answer

LEAD_FIELD = {"Account_Name": "Company"}
"""Where a lead keeps what matched, if not under the same name."""


def scene_of_file(path: Path) -> Scene:
    """Give a scene in which Zoho answers with the file; raise `click.ClickException` when it holds no JSON object.

    The lead has the values that the answer says matched. The status is 200, or 400 for an error, unless the file's name
    begins with another.
    """
    try:
        text = path.read_text().strip()
        body = json.loads(text) if text else {}
    except (ValueError, OSError) as error:
        raise click.ClickException(f"{path} is not JSON: {error}. Zoho answers with a JSON object.") from None
    if not isinstance(body, dict):
        raise click.ClickException(f"{path} holds no JSON object; Zoho answers with one.")
    if not text:
        return Scene("answer", f"Zoho answers 204, as the empty {path.name} says", "", _nothing_matches)
    named = re.match(r"\d{3}(?=\D)", path.name)
    status = int(named.group()) if named else (400 if "code" in body else 200)
    if status not in range(200, 600):
        raise click.ClickException(
            f"{path.name} begins with {status}, which is no HTTP status of an answer: 200 to 599."
        )

    def build(stage: Stage) -> str:
        lead_id = stage.crm.add("Leads", **_lead_fields(body))
        stage.zoho.on("options", Answer(status, body), lead_id=lead_id)
        return lead_id

    return Scene("answer", f"Zoho answers with {path.name}", "", build)


def _nothing_matches(stage: Stage) -> str:
    return stage.crm.add("Leads", **_lead_fields({}))


def _lead_fields(body: dict[str, Any]) -> dict[str, str]:
    """Give the lead what the answer says matched, and names of its own where it says nothing."""
    pieces = [piece for found in read_options(body).matched.values() for piece in found]
    matched = {LEAD_FIELD.get(piece.field, piece.field): piece.value for piece in pieces}
    return {"Full_Name": "A lead of yours", "Company": "A company of yours"} | matched
