"""When two values mean the same: names, companies, phones, websites, emails."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

FREE_MAIL_DOMAINS = frozenset(
    """
    gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.co.in yahoo.fr yahoo.de ymail.com outlook.com hotmail.com
    hotmail.co.uk hotmail.fr live.com msn.com icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net web.de mail.com
    mail.ru yandex.ru yandex.com proton.me protonmail.com zoho.com zohomail.com fastmail.com qq.com 163.com 126.com
    naver.com rediffmail.com t-online.de orange.fr free.fr libero.it uol.com.br
    """.split()  # noqa: SIM905 - a list of words reads as words
)
LEGAL_FORMS = frozenset(
    """
    inc incorporated corp corporation co company llc llp lp ltd limited plc gmbh ag kg se sa sas sarl srl spa bv nv
    ab as oy aps pty pvt private pte kk
    """.split()  # noqa: SIM905 - same
)
PLACEHOLDERS = frozenset(
    {
        *("na", "none", "null", "individual", "self", "self employed", "selfemployed", "no company", "unknown"),
        *("private individual", "private person", "not applicable", "not available", "not provided"),
    }
)


def words(text: str) -> str:
    """Fold case, accents' forms, punctuation and spacing away."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded.replace("'", "").replace("\u2019", "")).split())


def company_key(name: str) -> str:
    """Fold a company's name down to what tells it from others, its legal form left out: "S.A." is "SA"."""
    parts = re.sub(r"\b(\w) (?=\w\b)", r"\1", words(name)).split()
    while len(parts) > 1 and parts[-1] in LEGAL_FORMS:
        parts.pop()
    return " ".join(parts)


def is_placeholder(company: str, person: str, own: Collection[str] = ()) -> bool:
    """Return whether the company field holds something that is no company; `own` are the org's own placeholders."""
    stripped = company.strip()
    if not stripped:
        return False
    folded = words(stripped)
    if folded.replace(" ", "") in ("", "na") or folded in PLACEHOLDERS or folded == words(person):
        return True
    return folded in {words(placeholder) for placeholder in own}


def digits(phone: str) -> str:
    """Give a phone number's digits."""
    return "".join(character for character in phone if character.isdigit())


def domain(website_or_email: str) -> str:
    """Give the host of a website, or the part behind an email's @, without www; empty when there is none."""
    text = website_or_email.strip().lower()
    if "@" in text and "/" not in text:
        return text.rpartition("@")[2].strip(". ")
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").strip(".") if "." in host else ""


def company_domain(email: str) -> str:
    """Give an email's domain unless it is one of the free-mail domains."""
    found = domain(email) if "@" in email else ""
    return "" if found in FREE_MAIL_DOMAINS else found


def same_value(field: str, left: str, right: str) -> bool:
    """Tell whether two values of `field` (a Zoho API name) mean the same."""
    if not left.strip() or not right.strip():
        return False
    if left.strip().casefold() == right.strip().casefold():
        return True
    if is_phone(field):
        return bool(digits(left)) and digits(left) == digits(right)
    if field == "Website":
        return bool(domain(left)) and domain(left) == domain(right)
    return bool(words(left)) and words(left) == words(right) and is_name(field)


def is_phone(field: str) -> bool:
    """Tell whether a field holds a phone number."""
    return field in ("Phone", "Mobile", "Home_Phone", "Other_Phone", "Asst_Phone")


def is_email(field: str) -> bool:
    """Tell whether a field holds an email address."""
    return field in ("Email", "Secondary_Email")


def is_name(field: str) -> bool:
    """Tell whether a field holds a name."""
    return field in ("Account_Name", "Full_Name", "First_Name", "Last_Name", "Deal_Name")
