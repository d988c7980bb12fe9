"""The secret `credentials` as people hand it over: what is in it, what it lacks, what does not belong there."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from chalicelib.aws.secrets import Credentials, read_credentials
from chalicelib.errors import Misconfigured
from ops.failures import OpsError
from ops.provision import shapes
from ops.provision.shapes import Shape

ZOHO: dict[str, Shape] = {
    "client_id": shapes.zoho_token,
    "client_secret": shapes.token,
    "refresh_token": shapes.zoho_token,
}
SLACK_APP: dict[str, Shape] = {"bot_token": shapes.bot_token, "signing_secret": shapes.signing_secret}
SLACK_TRIAL: dict[str, Shape] = {"webhook_url": shapes.webhook_url}
GRANT_CODE = "grant_code"
"""May stand in a file instead of the refresh token, for which it is exchanged; it is never stored."""
KNOWN = {"zoho": {*ZOHO, GRANT_CODE}, "slack": {*SLACK_APP, *SLACK_TRIAL}, "webhook_keys": set[str]()}
EMPTY = Credentials(zoho={}, slack={}, webhook_keys=())
MAX_KEYS = 2


def stored(text: str) -> Credentials:
    """Read what the secret holds; one without a value, or with one that is not ours, holds nothing."""
    try:
        return read_credentials(text)
    except Misconfigured:
        return EMPTY


def to_text(credentials: Credentials) -> str:
    """Write the secret's JSON."""
    return json.dumps(
        {
            "zoho": dict(credentials.zoho),
            "slack": dict(credentials.slack),
            "webhook_keys": list(credentials.webhook_keys),
        }
    )


def good_fields(fields: Mapping[str, str], shapes_of: Mapping[str, Shape]) -> dict[str, str]:
    """Give those of the wanted fields that are there and look right."""
    return {name: fields[name] for name, shape in shapes_of.items() if name in fields and not shape(fields[name])}


def slack_is_whole(slack: Mapping[str, str]) -> bool:
    """Tell whether the app's two values, or the trial's one, are there."""
    return any(len(good_fields(slack, wanted)) == len(wanted) for wanted in (SLACK_APP, SLACK_TRIAL))


def from_file(path: Path) -> Credentials:
    """Read a file in the secret's form; raise `OpsError` that names every key that is wrong, and no value."""
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise OpsError(f"Others on this machine may read {path}.", f"Close it with: chmod 600 {path}")
    found = _object(path)
    wrong = [*_unknown(found), *_misshapen(found)]
    if wrong:
        lines = "".join(f"\n  {one}" for one in wrong) if len(wrong) > 1 else f" {wrong[0]}"
        raise OpsError(f"{path}:{lines}", "The form stands in README.md under the secret `credentials`.")
    return read_credentials(json.dumps(found))


def laid_over(below: Credentials, above: Credentials) -> Credentials:
    """Give what the file says, and where it says nothing what the secret holds."""
    return replace(
        below,
        zoho={**below.zoho, **above.zoho},
        slack=above.slack or below.slack,
        webhook_keys=above.webhook_keys or below.webhook_keys,
    )


def _object(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise OpsError(
            f"{path} is not a JSON object: {error.msg}, line {error.lineno}, column {error.colno}.",
            "The form stands in README.md under the secret `credentials`.",
        ) from None
    except ValueError:  # bytes that are no text
        found = None
    if not isinstance(found, dict):
        raise OpsError(f"{path} is not a JSON object.", "The form stands in README.md under the secret `credentials`.")
    return found


def _unknown(found: Mapping[str, object]) -> Iterator[str]:
    names = [name for name in found if name not in KNOWN]
    for part in ("zoho", "slack"):
        fields = found.get(part, {})
        names += [f"{part}.{name}" for name in (fields if isinstance(fields, dict) else ()) if name not in KNOWN[part]]
    if names:
        yield f"unknown: {', '.join(names)}."


def _misshapen(found: Mapping[str, object]) -> Iterator[str]:
    for part, wanted in (("zoho", ZOHO | {GRANT_CODE: shapes.zoho_token}), ("slack", SLACK_APP | SLACK_TRIAL)):
        fields = found.get(part, {})
        if not isinstance(fields, dict):
            yield f"{part} must be an object."
            continue
        for name in wanted.keys() & fields.keys():
            complaint = wanted[name](fields[name]) if isinstance(fields[name], str) else "It must be a text."
            if complaint:
                yield f"{part}.{name}: {complaint}"
    yield from _misshapen_keys(found.get("webhook_keys", []))


def _misshapen_keys(keys: object) -> Iterator[str]:
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        yield "webhook_keys must be a list of one key, or of the current and the previous one."
        return
    complaints = {shapes.webhook_key(key) if isinstance(key, str) else "It must be a text." for key in keys} - {""}
    yield from (f"webhook_keys: {complaint}" for complaint in sorted(complaints))
