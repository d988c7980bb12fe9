"""The webhook's keys are made, rotated and retired."""

from __future__ import annotations

import base64
import hmac
import math
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from standardwebhooks import Webhook

from chalicelib.webhook.auth import let_in, signing_secret
from chalicelib.webhook.request import WebhookCall
from ops.errors import OpsError
from ops.provision.webhook_keys import KEY_ALPHABET, deluge_key, new_key, retired, rotated
from ops.shapes import webhook_key
from tests.deluge import hmacsha256


def test_a_new_key_is_of_standard_webhooks_form_and_can_be_typed() -> None:
    """Its bytes are letters and digits, 192 bits of chance at least; it fits into a channel's token and a URL as it is."""
    keys = [new_key() for _ in range(200)]
    assert len(set(keys)) == len(keys)
    for key in keys:
        secret = base64.b64decode(key.removeprefix("whsec_"), validate=True).decode()
        assert secret.isascii()
        assert secret.isalnum()
        assert len(secret) * math.log2(len(KEY_ALPHABET)) >= 192
        assert deluge_key(key) == secret
        assert webhook_key(key) == ""
        assert len(key) == 50
        assert quote(key, safe="") == key


@pytest.mark.parametrize(
    "key",
    [
        "whsec_" + base64.b64encode(bytes(range(200, 232))).decode(),
        "whsec_" + base64.b64encode(b"with a line\nbreak in the middle").decode(),
        "a key that people made",
        "whsec_",
    ],
    ids=["random bytes", "a line break", "no base64", "empty"],
)
def test_a_key_that_cannot_be_typed_has_no_text(key: str) -> None:
    """It stays good for all other ways to call."""
    assert deluge_key(key) == ""


ZOHO_S_KEY, ZOHO_S_TEXT = "sk_5Ow7B_4eC39H", "{Order ID: 0932, Currency: USD, Amount: 2500}"


def test_deluge_s_own_example_signs_as_ours_would() -> None:
    """The vector that Zoho publishes, with its key as one of ours: https://www.zoho.com/deluge/help/encryption/hmac-sha256.html."""
    secret = signing_secret("whsec_" + base64.b64encode(ZOHO_S_KEY.encode()).decode())
    assert secret == ZOHO_S_KEY.encode()
    signature = base64.b64encode(hmac.digest(secret, ZOHO_S_TEXT.encode(), "sha256")).decode()
    assert signature == hmacsha256(ZOHO_S_KEY, ZOHO_S_TEXT) == "E3IZY+esQ59aLmPCYYVjk2R/P1G0k77r9ZGa9Lw94Zw="


def test_standard_webhooks_own_library_signs_with_it() -> None:
    """And the webhook accepts it."""
    key, now = new_key(), datetime.now(UTC)
    signature = Webhook(key).sign("msg_1", now, '{"lead_id": "1"}')
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    call = WebhookCall(headers=headers, body=b'{"lead_id": "1"}')
    assert let_in(call, {}, [key], now=now)
    assert not let_in(call, {}, [new_key()], now=now)


def test_a_rotation_puts_the_new_key_first_and_keeps_the_current_one() -> None:
    """Then the old one can be retired."""
    new, old = rotated(("old",), stage="dev")
    assert (new.startswith("whsec_"), old) == (True, "old")
    assert retired((new, old)) == (new,)
    assert retired((new,)) == (new,)


def test_a_second_rotation_waits_for_the_first() -> None:
    """It would cut off Zoho, which may still send the key before the last."""
    with pytest.raises(OpsError, match="an earlier rotation is not complete") as caught:
        rotated(("new", "old"), stage="dev")
    assert "--stage dev --retire-key" in caught.value.hint
