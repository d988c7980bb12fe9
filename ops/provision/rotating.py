"""The webhook's key is changed without a gap: a new one beside the old, Zoho is switched, the old one is retired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.aws.secrets import MAX_AGE_SECONDS, Credentials
from ops.errors import OpsError
from ops.provision import credentials as known
from ops.provision.keys import Keys, retired, rotated, undone
from ops.provision.stage import Stage


def rotate(stage: Stage) -> Keys:
    """Put a new key first; give those that are live then."""
    found = stored(stage)
    keys = rotated(found.webhook_keys, stage=stage.name)
    stage.credentials.write(known.to_text(replace(found, webhook_keys=keys)))
    stage.console.good("a new webhook key is stored; the one before stays live")
    stage.console.line(f"1. Wait {MAX_AGE_SECONDS} s: until then a function may not know the new key.")
    stage.console.line("2. Put the new key into Zoho's webhook, save, open it again and compare it with --show-key.")
    stage.console.line("   A lead that arrives proves nothing: both keys are live.")
    stage.console.line(f"3. python -m ops provision --stage {stage.name} --retire-key")
    stage.console.line("If the old key has leaked, do all three at once: until the third, it lets calls in.")
    stage.console.line(f"To take it back instead: python -m ops provision --stage {stage.name} --undo-rotation")
    return keys


def retire(stage: Stage) -> Keys:
    """Keep the current key alone; give it."""
    leaked = f"Has it leaked? Make a new one first: python -m ops provision --stage {stage.name} --rotate-key"
    return _keep_one(stage, retired, "the previous webhook key is retired", otherwise=f"nothing was retired. {leaked}")


def undo(stage: Stage) -> Keys:
    """Keep the previous key alone, as it was before the rotation; give it."""
    done = "the new webhook key is forgotten, the one before stays"
    return _keep_one(stage, undone, done, otherwise="no rotation was under way.")


def is_under_way(stage: Stage) -> bool:
    """Tell whether two keys are live."""
    return len(stored(stage).webhook_keys) > 1


def _keep_one(stage: Stage, keep: Callable[[Keys], Keys], done: str, *, otherwise: str) -> Keys:
    found = stored(stage)
    keys = keep(found.webhook_keys)
    if keys == found.webhook_keys:
        stage.console.warn(f"Only one webhook key is live, and it stays; {otherwise}")
        return keys
    stage.credentials.write(known.to_text(replace(found, webhook_keys=keys)))
    stage.console.good(f"{done}; what is gone opens nothing after {MAX_AGE_SECONDS} s")
    return keys


def stored(stage: Stage) -> Credentials:
    """Read the secret; raise `OpsError` when it holds no webhook key."""
    found = known.stored(stage.credentials.read())
    if not found.webhook_keys:
        raise OpsError(
            f"The secret {stage.credentials.name} holds no webhook key.",
            f"Provision the stage first: python -m ops provision --stage {stage.name}",
        )
    return found
