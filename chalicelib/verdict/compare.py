"""When two values mean the same: phones, websites, emails, and which of them is no company. Names: `names`."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from urllib.parse import urlsplit

from chalicelib.verdict.names import name_keys, same_company, same_name

FREE_MAIL_DOMAINS = frozenset(
    """
    gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.co.in yahoo.fr yahoo.de ymail.com outlook.com hotmail.com
    hotmail.co.uk hotmail.fr live.com msn.com icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net web.de mail.com
    mail.ru yandex.ru yandex.com proton.me protonmail.com zoho.com zohomail.com fastmail.com qq.com 163.com 126.com
    naver.com rediffmail.com t-online.de orange.fr free.fr libero.it uol.com.br
    """.split()  # noqa: SIM905 - a list of words reads as words
)


def is_placeholder(company: str, person: str, own: Collection[str] = ()) -> bool:
    """Return whether the company field holds something that is no company; `own` are the org's own placeholders."""
    if not company.strip():
        return False
    keys = name_keys(company)
    if not keys or same_name(company, person):
        return True
    shipped, abbreviations = _placeholders()
    known = shipped if company.strip().isalnum() else shipped | abbreviations
    return bool(keys & known) or any(keys & name_keys(placeholder) for placeholder in own)


@cache
def _placeholders() -> tuple[frozenset[str], frozenset[str]]:
    """Return the shipped words and abbreviations, which only a function that decides has to load."""
    from chalicelib.verdict import placeholders

    tables = (placeholders.WORDS.replace("\n", ";"), placeholders.ABBREVIATIONS)
    words, abbreviations = (frozenset().union(*map(name_keys, table.split(";"))) for table in tables)
    return words, abbreviations


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
    if field == "Account_Name":
        return same_company(left, right)
    return is_name(field) and same_name(left, right)


def is_phone(field: str) -> bool:
    """Tell whether a field holds a phone number."""
    return field in ("Phone", "Mobile", "Home_Phone", "Other_Phone", "Asst_Phone")


def is_email(field: str) -> bool:
    """Tell whether a field holds an email address."""
    return field in ("Email", "Secondary_Email")


def is_name(field: str) -> bool:
    """Tell whether a field holds a name."""
    return field in ("Account_Name", "Full_Name", "First_Name", "Last_Name", "Deal_Name")
