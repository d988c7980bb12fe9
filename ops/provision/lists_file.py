"""The file of `provision --lists`: the lists that people keep for a stage, checked before anything is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.aws.stage_lists import complaints
from ops.errors import OpsError
from ops.shapes import members_once

EXAMPLE = 'Write it like this: {"placeholders": ["Acme Bot GmbH", "Unknown Company"]}'


def from_file(path: Path) -> Mapping[str, list[Any]]:
    """Return the lists by their names; raise `OpsError` that names what is wrong with each."""
    doubled: list[str] = []
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=members_once(doubled))
    except UnicodeDecodeError:
        raise OpsError(f"{path} is not UTF-8 text.", "Save it as UTF-8, then run this again.") from None
    except (ValueError, RecursionError) as error:
        raise OpsError(f"{path} is not JSON: {error}.", EXAMPLE) from None
    if not isinstance(found, dict):
        raise OpsError(f"{path} holds no JSON object.", EXAMPLE)
    if not found:
        raise OpsError(
            f"{path} names no list.", f'{EXAMPLE} To take a list away, give it empty: {{"placeholders": []}}'
        )
    if wrong := [*doubled, *complaints(found)]:
        said = f" {wrong[0]}" if len(wrong) == 1 else "".join(f"\n  {one}" for one in wrong)
        raise OpsError(f"{path}:{said}", "Correct it, then run this again. Nothing was changed.")
    return found
