"""A scene made from a Zoho answer of the reader's own: `make demo ANSWER=file.json`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import click

from chalicelib.zoho.answers import read_options
from sandbox.scenes import Scene, Stage
from sandbox.view.shown import on_one_line
from sandbox.zoho.faults import Answer

LEAD_FIELD = {"Account_Name": "Company"}
"""Where a lead keeps what matched, if not under the same name."""
NO_CONTENT, STATUSES = 204, range(200, 600)
WITHOUT_BODY = (NO_CONTENT, 205, 304)
"""The statuses whose answers have no body: https://datatracker.ietf.org/doc/html/rfc9110#section-6.4.1 and 15.3.6."""


@dataclass(frozen=True, slots=True)
class _Body:
    """What a file holds: its JSON, None where it holds none, and its text as Zoho would send it."""

    text: str
    json: object = None
    complaint: str = ""


def scene_of_file(path: Path) -> Scene:
    """Return a scene in which Zoho answers with the file, whatever it holds.

    The lead has the values that the answer says matched. The status is what the file's name begins with; else 204 for an
    empty file, 400 for an error and 200 for everything else. Raises `click.ClickException` for a file that cannot be
    read or is named by no status.
    """
    name = on_one_line(path.name)
    try:
        body = _read(path.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{on_one_line(str(path))} cannot be read: {error.strerror}.") from None
    status = _status(name, body)
    content = body.json if isinstance(body.json, dict) else body.text or None
    answer = Answer(status, None if status in WITHOUT_BODY else content)

    def build(stage: Stage) -> str:
        lead_id = stage.crm.add("Leads", **_lead_fields(body.json))
        stage.zoho.on("options", answer, lead_id=lead_id)
        return lead_id

    return Scene("answer", f"Zoho answers HTTP {status}, {_said(status, body, name)}", "", build)


def _read(raw: bytes) -> _Body:
    """Read the JSON in any encoding that JSON has, behind a byte-order mark too; what is none is kept as text.

    https://datatracker.ietf.org/doc/html/rfc8259#section-8.1
    """
    text = raw.decode(json.detect_encoding(raw), errors="replace").strip()
    try:
        return _Body(text, json.loads(text) if text else None)
    except (ValueError, RecursionError) as error:
        where = f": {error}" if isinstance(error, ValueError) and text[:1] in "{[" else ""
        return _Body(text, complaint=f", which is not JSON{where}")


def _status(name: str, body: _Body) -> int:
    named = re.match(r"\d{3}(?=\D)", name)
    if not named:
        is_error = isinstance(body.json, dict) and "code" in body.json
        return 400 if is_error else 200 if body.text else NO_CONTENT
    if (status := int(named.group())) not in STATUSES:
        raise click.ClickException(f"{name} begins with {status}, which is no HTTP status of an answer: 200 to 599.")
    return status


def _said(status: int, body: _Body, name: str) -> str:
    if not body.text:
        return f"without a body, as the empty {name}"
    if status in WITHOUT_BODY:
        return f"without the body in {name}: HTTP has none with this status"
    return f"with {name}{body.complaint}"


def _lead_fields(body: object) -> dict[str, str]:
    """Return what the answer says matched as the lead's fields, and names of its own where it says nothing."""
    pieces = [piece for found in read_options(body).matched.values() for piece in found]
    matched = {LEAD_FIELD.get(piece.field, piece.field): piece.value for piece in pieces}
    return {"Full_Name": "A lead of yours", "Company": "A company of yours"} | matched
