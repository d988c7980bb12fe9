"""What a value that an operator gives must look like.

Each function gives a complaint, which never repeats the value, or an empty text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from chalicelib.aws.stage_lists import complaints
from chalicelib.data_centers import pages_base
from chalicelib.errors import Misconfigured
from chalicelib.qualification import read_qualification
from chalicelib.routing import CHANNEL_ID
from ops.functions import API, FUNCTIONS

Shape = Callable[[str], str]
Pairs = list[tuple[str, object]]

SHORTEST_KEY = 16
OTHER_SECRETS = ("xox", "xapp-", "1000.", "https://", "http://")
"""How the tokens of Slack and Zoho begin, and addresses: what is easily pasted in the place of a webhook key."""
SUFFIXES = tuple(f"-{key}" for key in FUNCTIONS if key != API)


def stage_name(text: str) -> str:
    """Ask for a name that every resource of AWS can bear."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", text):
        return "A stage's name has up to 20 lower-case letters, digits and hyphens, and begins with a letter."
    if text.endswith(SUFFIXES):
        return f"A stage's name cannot end in {' or '.join(SUFFIXES)}: its API would be another stage's function."
    return ""


def channel_of(text: str) -> str:
    """Take the channel's id out of a link that Slack copied, such as https://acme.slack.com/archives/C0123456789."""
    found = re.match(r"https://\S+?/(?:archives|client/\w+)/([CG][A-Z0-9]+)", text.strip())
    return found.group(1) if found else text.strip()


def channel(text: str) -> str:
    """Ask for Slack's channel id, or a link that holds it: names change, ids do not."""
    if CHANNEL_ID.fullmatch(channel_of(text)):
        return ""
    return "A channel id begins with C or G, such as C0123456789; Slack shows it at the end of the channel's About."


def org_id_of(text: str) -> str:
    """Take the org id out of an address of the CRM, such as https://crm.zoho.eu/crm/org12345/tab/Leads."""
    found = re.match(r"https://crm\.\S+?/crm/(org[0-9]+)", text.strip())
    return found.group(1) if found else text.strip()


def org_id(text: str) -> str:
    """Ask for Zoho's org id, with or without the letters that its addresses put before it."""
    return (
        ""
        if re.fullmatch(r"(org)?[0-9]{3,20}", text)
        else "An org id is org and digits, as in crm.zoho.com/crm/org…. For a sandbox's address use --zoho-pages-url."
    )


def pages_url_of(text: str) -> str:
    """Take the org's own part out of any address of its pages; what is none stays as it is, for the complaint."""
    try:
        return pages_base(text.strip())
    except Misconfigured:
        return text


def pages_url(text: str) -> str:
    """Ask for an address of Zoho CRM's pages."""
    try:
        pages_base(text)
    except Misconfigured as error:
        return str(error)
    return ""


def qualification(text: str) -> str:
    """Ask for a field of a lead and the values that count, as the functions read them."""
    try:
        read_qualification(text)
    except Misconfigured as error:
        return str(error)
    return ""


def email(text: str) -> str:
    """Catch a slip; AWS asks the address itself to confirm."""
    return "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) else "This is not an email address."


def token(text: str) -> str:
    """Ask for something that was copied whole: not empty, no white space, ASCII only."""
    good = text.isascii() and text.isprintable() and " " not in text
    return "" if text and good else "It is empty, or contains white space or unexpected characters: copy it again."


def zoho_token(text: str) -> str:
    """Ask for one of Zoho's: client ids, grant codes and refresh tokens all begin alike."""
    return token(text) or ("" if text.startswith("1000.") else "Zoho's values begin with 1000. - copy it again.")


def bot_token(text: str) -> str:
    """Ask for a bot's token that lasts; a person's (xoxp-) would post in that person's name.

    Tokens of an app with token rotation begin with xoxe: https://docs.slack.dev/authentication/using-token-rotation
    """
    if text.lower().startswith("xoxe"):
        return (
            "This token is from an app with token rotation (xoxe): it lasts twelve hours, and leadmatch does not renew it. "
            "Slack never switches rotation off again: make a new app from docs/slack-manifest.json, and give its bot token."
        )
    return token(text) or (
        "" if text.startswith("xoxb-") else "A bot token begins with xoxb-. See Slack, OAuth & Permissions."
    )


def signing_secret(text: str) -> str:
    """Ask for the app's signing secret, whose neighbours on Slack's page are easily taken for it."""
    if re.fullmatch(r"[0-9a-f]{32}", text):
        return ""
    return "A signing secret has 32 digits and letters from a to f. See Slack, Basic Information, App Credentials."


def webhook_url(text: str) -> str:
    """Ask for an incoming webhook of Slack's own host."""
    if re.fullmatch(r"https://hooks\.slack(-gov)?\.com/\S+", text):
        return ""
    return "An incoming webhook begins with https://hooks.slack.com/."


def webhook_key(text: str) -> str:
    """Ask for a key that is long enough not to be guessed, and for no other secret: Zoho's form shows a key to admins."""
    if text.startswith(OTHER_SECRETS):
        return "This is another secret or an address, not a webhook key. Without webhook_keys provision creates a key."
    return token(text) or (
        "" if len(text) >= SHORTEST_KEY else f"A webhook key has at least {SHORTEST_KEY} characters."
    )


def members_once(doubled: list[str]) -> Callable[[Pairs], dict[str, object]]:
    """Return what `json.loads` takes as `object_pairs_hook`: it adds a complaint about each repeated name to `doubled`.

    JSON readers take the last of the values of one name without a word.
    https://www.rfc-editor.org/rfc/rfc8259#section-4
    """

    def members(pairs: Pairs) -> dict[str, object]:
        counts = Counter(name for name, _ in pairs)
        doubled.extend(f"{name} is there {n} times: keep one." for name, n in counts.items() if n > 1)
        return dict(pairs)

    return members


def profiles_of(text: str) -> list[str]:
    """Return the names or ids of Zoho's profiles that stand in a text, one after the other with a bar between them."""
    return [one.strip() for one in text.split("|") if one.strip()]


def profiles(text: str) -> str:
    """Ask for at least one of Zoho's profiles, by name or id."""
    if not (found := profiles_of(text)):
        return "Name at least one profile, such as Standard, as Zoho shows it under Setup, Security Control, Profiles."
    return " ".join(complaints({"converters": {"profiles": found}}))
