"""Changes the secrets that people write, and what the functions know of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import app
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.wiring import Wiring
from sandbox.system import Sandbox


def credentials(sandbox: Sandbox, **changes: Any) -> AbstractContextManager[None]:
    """Change the secret `credentials` for the length of a block, with functions of its own."""
    return _changed(sandbox, "CredentialsSecret", changes)


def zoho_client(sandbox: Sandbox, **changes: str) -> AbstractContextManager[None]:
    """Change the secret `zoho-client` in the same way."""
    return _changed(sandbox, "ZohoClientSecret", changes)


@contextmanager
def _changed(sandbox: Sandbox, output: str, changes: Mapping[str, Any]) -> Iterator[None]:
    """Change a secret for the length of a block.

    Functions keep for a minute what they read: those of the block begin with nothing, those of the test do not see it.
    """
    secrets, name = sandbox.aws.client("secretsmanager"), sandbox.outputs[output]
    before = secrets.get_secret_value(SecretId=name)["SecretString"]
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(json.loads(before) | changes))
    running, app.wiring = app.wiring, Wiring(os.environ, give_up_policy=GiveUpPolicy(1, 1))
    try:
        yield
    finally:
        app.wiring = running
        secrets.put_secret_value(SecretId=name, SecretString=before)
