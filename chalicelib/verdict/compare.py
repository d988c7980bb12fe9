"""When two values mean the same: phones, websites, emails, and which of them is no company. Names: `names`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from itertools import product
from typing import NamedTuple
from urllib.parse import urlsplit

from chalicelib.verdict.names import name_keys, same_company, same_name, same_words

FREE_MAIL_DOMAINS = frozenset(
    """
    gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.co.in yahoo.fr yahoo.de ymail.com outlook.com hotmail.com
    hotmail.co.uk hotmail.fr live.com msn.com icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net web.de mail.com
    mail.ru yandex.ru yandex.com proton.me protonmail.com zoho.com zohomail.com fastmail.com qq.com 163.com 126.com
    naver.com rediffmail.com t-online.de orange.fr free.fr libero.it uol.com.br
    """.split()  # noqa: SIM905 - a list of words reads as words
)
BETWEEN_PARTS = re.compile(r"[/|()\[\],;:\s\u2013\u2014-]+")
"""What stands between the parts of a placeholder."""
MOST_PARTS = 8
"""A company's name of more parts than this is no placeholder."""


def is_placeholder(company: str, person: str, own: Collection[str] = ()) -> bool:
    """Return whether the company field holds nothing that is a company; `own` are the org's own placeholders.

    A value of several parts is one when each of its parts is: "N/A (private)", "Ada Park / none".
    """
    if not company.strip():
        return False
    shipped = _placeholders()
    known = shipped.words.union(*map(name_keys, own))

    def is_one(text: str) -> bool:
        keys = name_keys(text)
        short = not text.strip().isalnum() and bool(keys & shipped.abbreviations)
        return not keys or short or bool(keys & known) or same_words(text, person, without=shipped.titles)

    return is_one(company) or _has_only_parts(company, is_one)


def _has_only_parts(text: str, fits: Callable[[str], bool]) -> bool:
    """Return whether a text can be cut into parts that all fit."""
    cuts = [(0, 0), *(cut.span() for cut in BETWEEN_PARTS.finditer(text)), (len(text), len(text))]
    if len(cuts) > MOST_PARTS + 1:
        return False
    reached = {0}
    for at in range(1, len(cuts)):
        if any(fits(text[cuts[start][1] : cuts[at][0]]) for start in reached):
            reached.add(at)
    return len(cuts) - 1 in reached


class _Placeholders(NamedTuple):
    words: frozenset[str]
    abbreviations: frozenset[str]
    titles: str


@cache
def _placeholders() -> _Placeholders:
    """Return the shipped words and abbreviations, which only a function that decides has to load."""
    from chalicelib.verdict import placeholders

    entries = placeholders.WORDS.replace("\n", ";").split(";")
    phrases = (" ".join(words) for entry in entries for words in product(*(word.split("|") for word in entry.split())))
    return _Placeholders(
        words=frozenset().union(*map(name_keys, phrases)),
        abbreviations=frozenset().union(*map(name_keys, placeholders.ABBREVIATIONS.split(";"))),
        titles=placeholders.TITLES,
    )


def digits(phone: str) -> str:
    """Return a phone number's digits."""
    return "".join(character for character in phone if character.isdigit())


def domain(website_or_email: str) -> str:
    """Return the host of a website, or the part behind an email's @, without www; empty when there is none."""
    text = website_or_email.strip().lower()
    if "@" in text and "/" not in text:
        return text.rpartition("@")[2].strip(". ")
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").strip(".") if "." in host else ""


def company_domain(email: str) -> str:
    """Return an email's domain unless it is one of the free-mail domains."""
    found = domain(email) if "@" in email else ""
    return "" if found in FREE_MAIL_DOMAINS else found


def same_value(field: str, left: str, right: str) -> bool:
    """Return whether two values of `field` (a Zoho API name) mean the same."""
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
    """Return whether a field holds a phone number."""
    return field in ("Phone", "Mobile", "Home_Phone", "Other_Phone", "Asst_Phone")


def is_email(field: str) -> bool:
    """Return whether a field holds an email address."""
    return field in ("Email", "Secondary_Email")


def is_name(field: str) -> bool:
    """Return whether a field holds a name."""
    return field in ("Account_Name", "Full_Name", "First_Name", "Last_Name", "Deal_Name")
