"""Tells the operator's channel once of a trouble that only a person can cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import ZohoBlocked, ZohoRefused
from chalicelib.events import Occasion
from chalicelib.slack.announcements import Trouble
from chalicelib.steps.voice import Voice
from chalicelib.zoho.token_record import TOKENS_REFUSED

ONLY_WORD = 1


def zoho_refuses(error: ZohoRefused, *, stage: str) -> Trouble:
    """Say what Zoho takes no more, our credentials or tokens that it gives for them, and what to do."""
    replace = f"python -m ops provision --stage {stage} --replace zoho"
    if error.reason == TOKENS_REFUSED:
        return Trouble(
            "Zoho refuses access tokens that it has just given out, for all leads or for some. Those leads wait, up to six hours.",
            (
                f"See whether Zoho lets leadmatch in at all: python -m ops check --stage {stage}",
                "If it does, only some leads wait: see in Zoho whether the user who authorised leadmatch may open them.",
                "If it does not: see in Zoho (Setup, Users) whether that user is active and may use the API. "
                "If so, it may be an incident: https://status.zoho.com. The leads follow by themselves when it is over.",
                f'Where the user is the cause, authorise as another one: docs/zoho.md, "The authorisation", then: {replace}',
            ),
        )
    return Trouble(
        f"Zoho takes our credentials no more, so new leads are told as NOT CHECKED. {error}",
        (
            'Authorise leadmatch in Zoho again: docs/zoho.md, "The authorisation".',
            f"Put the new refresh token into the secret: {replace}",
            f"Bring back the leads that were not checked: python -m ops replay --stage {stage}",
        ),
    )


def zoho_blocks(error: ZohoBlocked, *, stage: str) -> Trouble:
    """Say that Zoho lets nobody in, what it said, and what may be the cause."""
    return Trouble(
        f"{error} Leads wait, up to six hours.",
        (
            "See whether the org allows certain addresses only: Zoho, Setup, Security Control, Allowed IPs (in newer accounts "
            "Setup, Zoho Directory, Security Policies). leadmatch has no fixed address in AWS: "
            'docs/zoho.md, "Allowed IPs", says what to do.',
            "If there is no such restriction, it may be an incident of Zoho's: https://status.zoho.com.",
            f"Try from here: python -m ops check --stage {stage}. This machine's address may be allowed all the same.",
            f"The leads that wait follow by themselves; those told as NOT CHECKED: python -m ops replay --stage {stage}",
        ),
    )


def field_is_not_shown(field: str, *, stage: str) -> Trouble:
    """Say that the field of LEADMATCH_QUALIFIED is none that Zoho shows us."""
    return Trouble(
        f"LEADMATCH_QUALIFIED names the field {field}, and Zoho shows us no such field of a lead, or one whose value leadmatch cannot read. "
        "Until that is mended every Notification is told to sales, whether its lead qualifies or not.",
        (
            "Compare it with the field's API name in Zoho: Setup, Developer Hub, APIs & SDKs, API Names, Leads. "
            "If it is right, the user who authorised leadmatch may not see the field.",
            f"Correct it: python -m ops provision --stage {stage} --qualified Lead_Status=Qualified",
            f"Let the functions know: python -m ops deploy --stage {stage}",
        ),
    )


@dataclass(frozen=True, slots=True)
class Operator:
    """The operator's channel; what is told is shown by notify, once for each subject."""

    voice: Voice
    now: Callable[[], datetime]

    def tell(self, trouble: Trouble, *, subject: str) -> None:
        """Tell of a trouble, named by a subject of its own such as `zoho-authorisation-` and a digest.

        Told again, as after a crash, it is shown no second time.
        """
        occasion = Occasion(subject, subject, self.now())
        self.voice.say(occasion, trouble.to_json(), word=ONLY_WORD)
