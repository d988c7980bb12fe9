"""What people put into the stage's secrets, as they hand it over: what is in it, what it lacks, what does not belong there.

A secrets file holds all of it. Zoho's part goes into the secret `zoho-client`, the rest into `credentials`.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from chalicelib.aws.secrets import Credentials, read_credentials, read_zoho_client
from chalicelib.errors import Misconfigured
from ops import shapes
from ops.errors import OpsError
from ops.shapes import Shape, members_once

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
FORM = "README.md shows the form of a secrets file."
MAX_KEYS = 2


@dataclass(frozen=True, slots=True, repr=False)
class Secrets(Credentials):
    """What people put into both secrets: `credentials`, and Zoho's part for `zoho-client`."""

    zoho: Mapping[str, str]


EMPTY = Secrets(slack={}, webhook_keys=(), zoho={})


def stored(credentials: str, zoho_client: str) -> Secrets:
    """Read what the secrets hold; one without a value, or with one that is not ours, holds nothing."""
    found = stored_credentials(credentials)
    return Secrets(slack=found.slack, webhook_keys=found.webhook_keys, zoho=read_zoho_client(zoho_client))


def stored_credentials(text: str) -> Credentials:
    """Read what the secret `credentials` holds, in the same way."""
    try:
        return read_credentials(text)
    except Misconfigured:
        return Credentials(slack={}, webhook_keys=())


def credentials_text(credentials: Credentials) -> str:
    """Write the JSON of the secret `credentials`."""
    return json.dumps({"slack": dict(credentials.slack), "webhook_keys": list(credentials.webhook_keys)})


def zoho_client_text(secrets: Secrets) -> str:
    """Write the JSON of the secret `zoho-client`."""
    return json.dumps(dict(secrets.zoho))


def good_fields(fields: Mapping[str, str], shapes_of: Mapping[str, Shape]) -> dict[str, str]:
    """Return those of the wanted fields that are there and look right."""
    return {name: fields[name] for name, shape in shapes_of.items() if name in fields and not shape(fields[name])}


def slack_is_whole(slack: Mapping[str, str]) -> bool:
    """Return whether the app's two values, or the trial's one, are there."""
    return any(len(good_fields(slack, wanted)) == len(wanted) for wanted in (SLACK_APP, SLACK_TRIAL))


def from_file(path: Path) -> Secrets:
    """Return what a secrets file holds; raise `OpsError` that names every key that is wrong, and no value."""
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise OpsError(f"Other users of this machine may read {path}.", f"Protect the file with: chmod 600 {path}")
    found, doubled = _object(path)
    wrong = [*doubled, *_unknown(found), *_misshapen(found), *_contradictions(found)]
    if wrong:
        lines = "".join(f"\n  {one}" for one in wrong) if len(wrong) > 1 else f" {wrong[0]}"
        raise OpsError(f"{path}:{lines}", f"Nothing was stored. {FORM}")
    return stored(json.dumps(found), json.dumps(found.get("zoho", {})))


def laid_over(below: Secrets, above: Secrets) -> Secrets:
    """Return what the file says, and where it says nothing what the secrets hold."""
    return replace(
        below,
        zoho={**below.zoho, **above.zoho},
        slack=above.slack or below.slack,
        webhook_keys=above.webhook_keys or below.webhook_keys,
    )


def _object(path: Path) -> tuple[dict[str, object], list[str]]:
    """Return the file's object, and a complaint about each name that stands in an object more than once."""
    doubled: list[str] = []
    try:
        # As bytes: Windows' editors write other encodings.
        found = json.loads(path.read_bytes(), object_pairs_hook=members_once(doubled))
    except json.JSONDecodeError as error:
        raise OpsError(
            f"{path} is not a JSON object: {error.msg}, line {error.lineno}, column {error.colno}.", FORM
        ) from None
    except (ValueError, RecursionError):  # bytes that are no text; brackets without end
        found = None
    if not isinstance(found, dict):
        raise OpsError(f"{path} is not a JSON object.", FORM)
    return found, doubled


def _unknown(found: Mapping[str, object]) -> Iterator[str]:
    """Name what nobody reads, and the names that it comes near to."""
    known = {*KNOWN, *(f"{part}.{name}" for part, names in KNOWN.items() for name in names)}
    given = [*found, *(f"{part}.{name}" for part in ("zoho", "slack") for name in _names(found, part))]
    if names := [name for name in given if name not in known]:
        alike = (get_close_matches(name.lower().replace("-", "_"), known, n=1, cutoff=0.85) for name in names)
        meant = ", ".join(dict.fromkeys(name for near in alike for name in near))
        yield f"unknown: {', '.join(names)}." + (f" Did you mean {meant}?" if meant else "")


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
    if len(keys) == MAX_KEYS and keys[0] == keys[1]:
        yield "webhook_keys: Both keys are the same: remove one."


def _contradictions(found: Mapping[str, object]) -> Iterator[str]:
    """Say which of two values must go: either would be taken without a word, and perhaps the other was meant."""
    zoho, slack = set(_names(found, "zoho")), set(_names(found, "slack"))
    if {GRANT_CODE, "refresh_token"} <= zoho:
        yield (
            "zoho has both grant_code and refresh_token: remove grant_code to use the token, "
            "or remove refresh_token to have the code exchanged for a new token."
        )
    app = sorted(slack & SLACK_APP.keys())
    if app and slack & SLACK_TRIAL.keys():
        yield (
            f"slack has both an app's {' and '.join(app)} and the trial's webhook_url: "
            f"remove webhook_url, or remove {' and '.join(app)}."
        )
    elif len(app) == 1:
        (lacking,) = SLACK_APP.keys() - slack
        yield f"slack has {app[0]} without {lacking}: add it; an app has both."


def _names(found: Mapping[str, object], part: str) -> list[str]:
    fields = found.get(part)
    return list(fields) if isinstance(fields, dict) else []
