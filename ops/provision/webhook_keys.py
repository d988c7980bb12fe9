"""The webhook's keys: the first is the current one, a second is the previous one, live until the switch is over.

A key is changed without a gap: a new one beside the old, Zoho is switched, the old one is retired.
"""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Callable
from dataclasses import replace

from chalicelib.aws.secrets import Credentials
from chalicelib.timing import SECRET_AGE_SECONDS
from chalicelib.webhook.auth import KEY_PREFIX, signing_secret
from ops.errors import OpsError
from ops.provision import credentials as known
from ops.stage import Stage

Keys = tuple[str, ...]

KEY_ALPHABET = string.ascii_letters + string.digits
KEY_CHARACTERS = 33
"""196 bits, and a key of 50 characters: as many as Zoho takes for a Notification channel's token."""


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


def rotate(stage: Stage) -> Keys:
    """Put a new key first; return those that are live then."""
    found = stored(stage)
    keys = rotated(found.webhook_keys, stage=stage.name)
    stage.credentials.write(known.credentials_text(replace(found, webhook_keys=keys)))
    stage.console.good("a new webhook key is stored; the previous key stays live")
    stage.console.line(f"1. Wait {SECRET_AGE_SECONDS} s: until then a function may not accept the new key.")
    stage.console.line(
        "2. Put the new key into Zoho's webhook, save, open it again and compare the key with --show-key."
    )
    stage.console.line("   A lead that arrives proves nothing: both keys are live.")
    stage.console.line(f"3. python -m ops provision --stage {stage.name} --retire-key")
    stage.console.line("If the old key has leaked, do all three steps now: until step 3 its calls are accepted.")
    stage.console.line(f"To undo the rotation instead: python -m ops provision --stage {stage.name} --undo-rotation")
    return keys


def retire(stage: Stage) -> Keys:
    """Keep the current key alone; return it."""
    leaked = f"If it has leaked, create a new one first: python -m ops provision --stage {stage.name} --rotate-key"
    return _keep_one(stage, retired, "the previous webhook key is retired", otherwise=f"nothing was retired. {leaked}")


def undo(stage: Stage) -> Keys:
    """Keep the previous key alone, as it was before the rotation; return it."""
    done = "the new webhook key is removed, the previous key stays"
    return _keep_one(stage, undone, done, otherwise="no rotation was in progress.")


def is_under_way(stage: Stage) -> bool:
    """Return whether two keys are live."""
    return len(stored(stage).webhook_keys) > 1


def stored(stage: Stage) -> Credentials:
    """Read the secret; raise `OpsError` when it has no webhook key."""
    found = known.stored_credentials(stage.credentials.read())
    if not found.webhook_keys:
        raise OpsError(
            f"The secret {stage.credentials.name} has no webhook key.",
            f"Provision the stage first: python -m ops provision --stage {stage.name}",
        )
    return found


def _keep_one(stage: Stage, keep: Callable[[Keys], Keys], done: str, *, otherwise: str) -> Keys:
    found = stored(stage)
    keys = keep(found.webhook_keys)
    if keys == found.webhook_keys:
        stage.console.warn(f"Only one webhook key is live, and it stays; {otherwise}")
        return keys
    stage.credentials.write(known.credentials_text(replace(found, webhook_keys=keys)))
    stage.console.good(f"{done}; the removed key stops working after {SECRET_AGE_SECONDS} s")
    return keys


def rotated(keys: Keys, *, stage: str) -> Keys:
    """Put a new key before the current one; raise `OpsError` while an earlier rotation is not over."""
    if len(keys) > 1:
        raise OpsError(
            "Two webhook keys are already live: an earlier rotation is not complete.",
            f"Put the new key into Zoho's webhook (--show-key shows it), then: python -m ops provision --stage {stage} --retire-key\n"
            f"Or undo the rotation: python -m ops provision --stage {stage} --undo-rotation",
        )
    return (new_key(), *keys)


def retired(keys: Keys) -> Keys:
    """Keep the current key alone."""
    return keys[:1]


def undone(keys: Keys) -> Keys:
    """Keep the key of before the rotation alone; of one key, that."""
    return keys[-1:]
