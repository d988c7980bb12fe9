"""Changes the secret that people write, and what the functions know of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import app
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.wiring import Wiring
from sandbox.system import Sandbox


@contextmanager
def credentials(sandbox: Sandbox, **changes: Any) -> Iterator[None]:
    """Change the secret `credentials` for the length of a block, with functions of its own.

    Functions keep for a minute what they read: those of the block begin with nothing, those of the test do not see it.
    """
    secrets, name = sandbox.aws.client("secretsmanager"), sandbox.outputs["CredentialsSecret"]
    before = secrets.get_secret_value(SecretId=name)["SecretString"]
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(json.loads(before) | changes))
    running, app.wiring = app.wiring, Wiring(os.environ, give_up_policy=GiveUpPolicy(1, 1))
    try:
        yield
    finally:
        app.wiring = running
        secrets.put_secret_value(SecretId=name, SecretString=before)
