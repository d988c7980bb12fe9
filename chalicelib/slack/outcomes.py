"""What a person is told of a conversion: what happened, and what to do next. Pure.

A refusal is known by a machine word in lower case, which is ours, or by Zoho's code.
https://www.zoho.com/crm/developer/docs/api/v7/convert-lead.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from chalicelib.conversion import Made, MadeRecords, Refusal
from chalicelib.slack.text import link, mrkdwn

NAME_LIMIT, FIELD_LIMIT, TITLE_LIMIT = 100, 80, 150
NOTHING_CHANGED: Final = "Nothing was converted."
ASK_OPERATOR: Final = "Ask the person who runs leadmatch."

WHO: Mapping[str, str] = {
    "not_a_zoho_user": "Zoho has no active, confirmed user with the email address of your Slack account. "
    "Ask your CRM administrator which address your Zoho user has.",
    "several_zoho_users": "Zoho has several users with the email address of your Slack account, so leadmatch cannot tell who you are. "
    "Ask your CRM administrator.",
    "zoho_user_not_active": "Your Zoho user is not active. Ask your CRM administrator.",
    "zoho_user_not_confirmed": "Your Zoho user has not accepted the invitation yet. Open the invitation that Zoho sent you by email.",
    "zoho_user_not_regular": "Your Zoho user is not a regular user of this CRM. Ask your CRM administrator.",
    "zoho_profile_not_named": "Your Zoho profile is not one of those that may convert from Slack. Convert the lead in Zoho, or ask "
    "the person who runs leadmatch to name your profile.",
    "zoho_users_not_read": "leadmatch could not ask Zoho who you are, so it converted nothing. " + ASK_OPERATOR,
}
"""Why a person may not convert; the form does not come back, since nothing in it would help."""
STALE: Mapping[str, str] = {
    "lead_changed": "This lead changed in Zoho since it was checked. It is being checked again: look at its message, then click Convert there.",
    "decided_meanwhile": "This lead was checked again or dismissed after you opened the form. Look at its message, then click Convert there.",
    "lead_not_found": "Zoho shows no such lead any more. It may be deleted or merged: search for it in Zoho.",
    "lead_not_shown": "Zoho shows no such lead any more. It may be deleted or merged: search for it in Zoho.",
    "choice_unknown": "The chosen record is not one of this lead's matches any more. Look at its message, then click Convert there.",
    "blocked": "Zoho does not allow to convert this lead for now: its message says why.",
    "check_missing": "leadmatch no longer has this lead's check. Click Check again in its message first.",
}
"""Why the form is out of date."""
ZOHO: Mapping[str, str] = {
    "zoho_unreachable": "Zoho could not be reached. Click Convert again in a minute.",
    "zoho_no_answer": "Zoho did not answer in time, before anything was asked of it. Click Convert again in a few minutes.",
    "click_too_old": "Your click waited too long, so it was not carried out. Look at the lead's message, then click Convert again.",
    "zoho_ip_restricted": "Zoho refuses calls from leadmatch's address. " + ASK_OPERATOR,
    "record_locked": "The lead is locked in Zoho. Try again when it is unlocked.",
    "not_approved": "The lead awaits an approval in Zoho. Have it approved first.",
    "zoho_scope_missing": "leadmatch's authorisation in Zoho does not include this. " + ASK_OPERATOR,
    "zoho_no_permission": "The Zoho user of leadmatch may not do this. " + ASK_OPERATOR,
    "zoho_token_refused": "Zoho does not accept leadmatch's access token. " + ASK_OPERATOR,
    "broke_off": "leadmatch failed before it asked Zoho. Click Convert again; if it fails again, convert the lead in Zoho.",
    "MAPPING_MISMATCH": "{field} does not fit: a stage must belong to its pipeline. Choose another pipeline and stage.",
    "MANDATORY_NOT_FOUND": "Zoho requires a value for {field}. Fill it in; if this form does not have it, convert the lead in Zoho.",
    "REQUIRED_PARAM_MISSING": "Zoho requires a value for {field}. Fill it in; if this form does not have it, convert the lead in Zoho.",
    "DUPLICATE_DATA": "A record with the same value in {field} exists already, and Zoho allows it only once. Choose that record instead of a new one.",
    "INVALID_DATA": "Zoho does not accept {field}. Correct it, or convert the lead in Zoho.",
    "NO_PERMISSION": "The Zoho user of leadmatch may not convert this lead. " + ASK_OPERATOR,
    "AUTHORIZATION_FAILED": "The Zoho user of leadmatch may not convert this lead. " + ASK_OPERATOR,
    "OAUTH_SCOPE_MISMATCH": "leadmatch's authorisation in Zoho does not include converting. " + ASK_OPERATOR,
    "INVALID_TOKEN": "Zoho did not accept leadmatch's access token. Click Convert again in a minute.",
    "AUTHENTICATION_FAILURE": "Zoho did not accept leadmatch's access token. Click Convert again in a minute.",
    "LIMIT_EXCEEDED": "Zoho has reached a limit of this org or of this owner's records. Try again later, or convert the lead in Zoho.",
    "TOO_MANY_REQUESTS": "Zoho is asked too often just now. Click Convert again in a few minutes.",
    "RATE_LIMIT_EXCEEDED": "Zoho is asked too often just now. Click Convert again in a few minutes.",
    "RECORD_LOCKED": "The lead, or a chosen record, is locked in Zoho. Try again when it is unlocked.",
    "NOT_APPROVED": "The lead, or a chosen record, awaits an approval in Zoho. Have it approved first.",
    "NOT_REVIEWED": "The lead, or a chosen record, awaits a review in Zoho. Have it reviewed first.",
    "CANNOT_PERFORM_ACTION": "Zoho does not allow this conversion. Convert the lead in Zoho, which says why.",
    "NOT_ALLOWED": "Zoho does not allow this conversion. Convert the lead in Zoho, which says why.",
}
SENTENCES: Mapping[str, str] = {**WHO, **STALE, **ZOHO}
OTHERWISE: Final = "Zoho refused the conversion ({code}). Convert the lead in Zoho, which says why."
DIFFERENCES: Mapping[str, str] = {
    "contact_is_another": "the contact is not the chosen one",
    "contact_is_missing": "Zoho names no contact",
    "account_is_another": "the account is not the chosen one",
    "account_is_missing": "Zoho names no account",
    "deal_is_missing": "Zoho names no deal, although one was wanted",
    "deal_is_extra": "Zoho made a deal, although none was wanted",
}


def about_lead(title: str, url: str, text: str) -> str:
    """Return a text that one person reads in the channel, with the lead that it is about before it, linked where its page is known."""
    return f"{link(url, mrkdwn(title, TITLE_LIMIT))}: {text}"


def refusal_sentence(refusal: Refusal) -> str:
    """Return why nothing was converted and what to do, as mrkdwn."""
    said = SENTENCES.get(refusal.code, OTHERWISE)
    named = f"the field {mrkdwn(refusal.field.replace('_', ' '), FIELD_LIMIT)}" if refusal.field else "a value"
    text = said.format(field=named, code=mrkdwn(refusal.code, FIELD_LIMIT))
    return f"{text[0].upper()}{text[1:]}" if said.startswith("{field}") else text


def records_phrase(records: MadeRecords) -> str:
    """Return what a lead was converted into, each record linked, as mrkdwn."""
    named = (("contact", records.contact), ("account", records.account), ("deal", records.deal))
    return ", ".join(f"{kind} {_linked(made)}" for kind, made in named if made) or "no record"


def difference_words(word: str) -> str:
    """Return a difference in words."""
    return DIFFERENCES.get(word, word)


def differences_sentence(differences: Sequence[str]) -> str:
    """Return where Zoho's records are not the chosen ones; an empty text when they are."""
    if not differences:
        return ""
    named = "; ".join(difference_words(word) for word in differences)
    return f"This is not what was chosen: {named}. Open the records in Zoho and check them."


def _linked(made: Made) -> str:
    return link(made.url, mrkdwn(made.name, NAME_LIMIT) or mrkdwn(made.id, NAME_LIMIT))
