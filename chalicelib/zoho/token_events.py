"""Who hears of what happens to the access token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chalicelib.errors import LeadmatchError, ZohoRefused


@dataclass(frozen=True, slots=True)
class TokenEvents:
    """Who is told of what.

    `warn` gets what is no harm yet, under a static name. `on_failure` is told once of each refresh that failed, unless an
    old token serves and waiting may cure it. `on_revoked` is told of credentials that Zoho refuses, with their digest and the
    incident's name, before all workers know it: a crash in between tells it again, with the same name. A later revocation has another one. `on_tokens_refused` is told the
    digest of credentials that Zoho gives tokens for and refuses those, and the day (UTC): by each worker once a day.
    """

    warn: Callable[[str, LeadmatchError], None]
    on_failure: Callable[[LeadmatchError], None]
    on_revoked: Callable[[ZohoRefused, str, str], None]
    on_tokens_refused: Callable[[str, date], None]
