"""The webhook's keys: the first is the current one, a second is the previous one, live until the switch is over."""

from __future__ import annotations

import base64
import secrets
import string

from chalicelib.webhook.auth import KEY_PREFIX, signing_secret
from ops.errors import OpsError

KEY_ALPHABET = string.ascii_letters + string.digits
KEY_CHARACTERS = 33
"""196 bits, and a key of 50 characters: as many as Zoho takes for a Notification channel's token."""
Keys = tuple[str, ...]


def new_key() -> str:
    """Return a key as Standard Webhooks wants it, whose bytes can be typed: Deluge takes a signing key as text.

    Base64 of such bytes has no `+`, `/` or `=`, so the key needs no encoding in a URL either.
    https://www.zoho.com/deluge/help/encryption/hmac-sha256.html
    """
    text = "".join(secrets.choice(KEY_ALPHABET) for _ in range(KEY_CHARACTERS))
    return KEY_PREFIX + base64.b64encode(text.encode()).decode()


def deluge_key(key: str) -> str:
    """Return the text that signs like this key in a Deluge function; empty for a key whose bytes cannot be typed."""
    secret = (signing_secret(key) or b"").decode("ascii", "replace")
    return secret if secret.isascii() and secret.isprintable() else ""


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
