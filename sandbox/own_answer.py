"""A scene made from a Zoho answer of the reader's own: `make demo ANSWER=file.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sandbox.scenes import Scene, Stage
from sandbox.zoho.answers import Answer

LEAD_FIELDS = {"Email": "Email", "Phone": "Phone", "Full_Name": "Full_Name", "Last_Name": "Last_Name"}


def scene_of_file(path: Path) -> Scene:
    """Give a scene in which Zoho answers with the file; raise `click.ClickException` when it holds no JSON object.

    The lead has the values that the answer says matched. The status is 200, or 400 for an error, unless the file's name
    begins with another.
    """
    try:
        body = json.loads(path.read_text())
    except ValueError:
        raise click.ClickException(f"{path} is not JSON.") from None
    if not isinstance(body, dict):
        raise click.ClickException(f"{path} holds no JSON object; Zoho answers with one.")
    named = re.match(r"\d{3}(?=\D)", path.name)
    status = int(named.group()) if named else (400 if "code" in body else 200)

    def build(stage: Stage) -> str:
        lead_id = stage.crm.add("Leads", **_lead_fields(body))
        stage.zoho.on("options", Answer(status, body), lead_id=lead_id)
        return lead_id

    return Scene("answer", f"Zoho answers with {path.name}", "", build)


def _lead_fields(body: Mapping[str, Any]) -> dict[str, str]:
    """Give the lead what the answer says matched, and a name when it says none."""
    options = body.get("__conversion_options")
    matched = options.get("preference_field_matched_value") if isinstance(options, dict) else None
    fields = {"Full_Name": "A lead of yours", "Company": "A company of yours"}
    for module, pieces in (matched or {}).items():
        for piece in pieces or ():
            name, value = piece["field"]["api_name"], piece["matched_lead_value"]
            target = (
                "Company"
                if name == "Account_Name"
                else LEAD_FIELDS.get(name, "Website" if module == "Accounts" else "")
            )
            fields |= {target: value} if target else {}
    return fields
