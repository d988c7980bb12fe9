"""The webhook's keys: the first is the current one, a second is the previous one, live until the switch is over."""

from __future__ import annotations

import base64
import secrets

from chalicelib.intake.keys import KEY_PREFIX
from ops.failures import OpsError

KEY_BYTES = 32
Keys = tuple[str, ...]


def new_key() -> str:
    """Make a key as Standard Webhooks wants it; in the header any text would do."""
    return KEY_PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def rotated(keys: Keys, *, stage: str) -> Keys:
    """Put a new key before the current one; raise `OpsError` while an earlier rotation is not over."""
    if len(keys) > 1:
        raise OpsError(
            "Two webhook keys are live already: a rotation has begun and is not over.",
            f"Switch Zoho to the new key (--show-key tells it), then: python -m ops provision --stage {stage} --retire-key\n"
            f"Or take it back: python -m ops provision --stage {stage} --undo-rotation",
        )
    return (new_key(), *keys)


def retired(keys: Keys) -> Keys:
    """Keep the current key alone."""
    return keys[:1]


def undone(keys: Keys) -> Keys:
    """Keep the key of before the rotation alone; of one key, that."""
    return keys[-1:]
