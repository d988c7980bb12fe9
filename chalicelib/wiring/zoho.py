"""Puts the Zoho client together: settings, credentials, the shared token."""

from __future__ import annotations

import random

from aws_lambda_powertools import Logger

from chalicelib.aws.secrets import Credentials, CredentialsSecret, ZohoTokenSecret
from chalicelib.errors import Misconfigured
from chalicelib.settings import Settings
from chalicelib.wiring import clients
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.data_centers import data_center
from chalicelib.zoho.oauth import AccessToken, ZohoClientCredentials, refresh
from chalicelib.zoho.tokens import AccessTokens


def build_zoho(settings: Settings, credentials: CredentialsSecret, log: Logger) -> ZohoClient:
    """Build the client; nothing is asked of Zoho or AWS before its first call."""
    accounts_url = settings.zoho_accounts_url or data_center(settings.zoho_data_center).accounts_url

    def new_token() -> AccessToken:
        own = _client_credentials(credentials.read())
        return refresh(clients.kept_session(), own, accounts_url=accounts_url, now=clients.utc_now)

    tokens = AccessTokens(
        store=ZohoTokenSecret(clients.secretsmanager(), settings.zoho_token),
        refresh=new_token,
        now=clients.utc_now,
        random=random.random,
        warn=lambda error: log.warning("token_not_stored", extra={"reason": error.reason}),
    )
    return ZohoClient(
        tokens=tokens,
        session=clients.kept_session,
        api_version=settings.zoho_api_version,
        api_url=settings.zoho_api_url,
    )


def _client_credentials(credentials: Credentials) -> ZohoClientCredentials:
    names = ("client_id", "client_secret", "refresh_token")
    missing = [f"zoho.{name}" for name in names if not credentials.zoho.get(name)]
    if missing:
        raise Misconfigured(f"The secret credentials lacks {', '.join(missing)}.", reason="zoho_not_connected")
    return ZohoClientCredentials(**{name: credentials.zoho[name] for name in names})
