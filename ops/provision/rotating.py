"""The webhook's key is changed without a gap: a new one beside the old, Zoho is switched, the old one is retired."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.aws.secrets import MAX_AGE_SECONDS, Credentials
from ops.failures import OpsError
from ops.provision import credentials as known
from ops.provision.keys import Keys, retired, rotated
from ops.provision.stage import Stage


def rotate(stage: Stage) -> Keys:
    """Put a new key first; give those that are live then."""
    found = _stored(stage)
    keys = rotated(found.webhook_keys, stage=stage.name)
    stage.credentials.write(known.to_text(replace(found, webhook_keys=keys)))
    stage.console.good("a new webhook key is stored; the one before stays live")
    stage.console.line(f"1. Wait {MAX_AGE_SECONDS} s: until then a function may not know the new key.")
    stage.console.line("2. Put the new key into Zoho's webhook, and see a lead arrive.")
    stage.console.line(f"3. python -m ops provision --stage {stage.name} --retire-key")
    return keys


def retire(stage: Stage) -> Keys:
    """Keep the current key alone; give it."""
    found = _stored(stage)
    keys = retired(found.webhook_keys)
    if keys == found.webhook_keys:
        stage.console.good("there is one webhook key; nothing to retire")
        return keys
    stage.credentials.write(known.to_text(replace(found, webhook_keys=keys)))
    stage.console.good(f"the previous webhook key is retired; it opens nothing after {MAX_AGE_SECONDS} s")
    return keys


def _stored(stage: Stage) -> Credentials:
    found = known.stored(stage.credentials.read())
    if not found.webhook_keys:
        raise OpsError(
            f"The secret {stage.credentials.name} holds no webhook key.",
            f"Provision the stage first: python -m ops provision --stage {stage.name}",
        )
    return found
