"""The webhook's keys are made, rotated and retired."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from chalicelib.intake.call import WebhookCall
from chalicelib.intake.keys import is_signed
from ops.failures import OpsError
from ops.provision.keys import new_key, retired, rotated
from ops.provision.shapes import webhook_key


def test_a_new_key_is_32_random_bytes_in_standard_webhooks_form() -> None:
    """No two are alike."""
    key = new_key()
    assert len(base64.b64decode(key.removeprefix("whsec_"), validate=True)) == 32
    assert webhook_key(key) == ""
    assert new_key() != key


def test_standard_webhooks_own_library_signs_with_it() -> None:
    """And the intake lets that in."""
    key, now = new_key(), datetime.now(UTC)
    signature = Webhook(key).sign("msg_1", now, '{"lead_id": "1"}')
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    call = WebhookCall(headers=headers, body=b'{"lead_id": "1"}')
    assert is_signed(call, [key], now=now)
    assert not is_signed(call, [new_key()], now=now)


def test_a_rotation_puts_the_new_key_first_and_keeps_the_current_one() -> None:
    """Then the old one can be retired."""
    new, old = rotated(("old",), stage="dev")
    assert (new.startswith("whsec_"), old) == (True, "old")
    assert retired((new, old)) == (new,)
    assert retired((new,)) == (new,)


def test_a_second_rotation_waits_for_the_first() -> None:
    """It would cut off Zoho, which may still send the key before the last."""
    with pytest.raises(OpsError, match="a rotation has begun") as caught:
        rotated(("new", "old"), stage="dev")
    assert "--stage dev --retire-key" in caught.value.hint
