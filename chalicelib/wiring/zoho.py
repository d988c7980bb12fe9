"""Puts the Zoho client together: settings, credentials, the shared token."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools import Logger

from chalicelib.aws.secrets import CredentialsSecret
from chalicelib.data_centers import data_center
from chalicelib.metrics import Meter
from chalicelib.settings import Settings
from chalicelib.wiring import clients
from chalicelib.wiring.zoho_tokens import OnBlocked, OnRevoked, build_tokens, token_events
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.token_lease import TokenTiming


def build_zoho(
    settings: Settings,
    credentials: CredentialsSecret,
    log: Logger,
    meter: Meter,
    *,
    on_credits: Callable[[int], None],
    on_api_domain: Callable[[str], None],
    on_revoked: OnRevoked = lambda *_: None,
    on_blocked: OnBlocked = lambda _: None,
    token_timing: TokenTiming | None = None,
) -> ZohoClient:
    """Build the client; nothing is asked of Zoho or AWS before its first call.

    `on_revoked` hears of credentials that Zoho takes no more, by the beginning of their digest and the name of the incident;
    `on_blocked` hears of a token endpoint that lets nobody in.
    """
    return ZohoClient(
        tokens=build_tokens(
            settings,
            credentials,
            token_events(log, meter, on_revoked, on_blocked),
            timing=token_timing,
        ),
        session=clients.kept_session,
        api_version=settings.zoho_api_version,
        api_url=settings.zoho_api_url,
        center_api_url=data_center(settings.zoho_data_center).api_url,
        qualifying_field=settings.qualified.field if settings.qualified else "",
        on_credits=on_credits,
        on_api_domain=on_api_domain,
    )
