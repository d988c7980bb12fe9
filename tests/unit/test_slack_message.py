"""The message about a lead: golden files, the extremes, the buttons, and Slack's limits whatever Zoho answers."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from chalicelib.errors import ChannelClosed
from chalicelib.match_event import Match
from chalicelib.slack.announcements import closed_line
from chalicelib.slack.candidates import candidate_fields
from chalicelib.slack.message import (
    BLOCKED_ICON,
    ICONS,
    SlackMessage,
    render,
    render_change,
    with_line,
)
from chalicelib.slack.posts import minimal
from chalicelib.slack.text import mrkdwn
from chalicelib.steps.notify import MAY_REPEAT
from chalicelib.verdict import already_converted, unchecked, wait, with_recheck
from chalicelib.verdict.model import Cause, Evidence, Lead, Owner, Record, Reference, VerdictWarning
from tests import strategies
from tests.golden.cases import CASES, SENTENCES
from tests.golden.rewrite import FOLDER, golden
from tests.strategies import (
    ADA,
    COMPANY,
    EMAIL,
    LEAD_ID,
    NAME,
    OLDCO,
    PHONE,
    ZYLKER,
    account,
    contact,
    judged,
    match,
    offer,
    same,
)
from tests.unit.fit_for_slack import is_fit
from tests.unit.test_slack_text import ALIVE

PAGE = "https://crm.zoho.com/crm/org700/tab"
OURS = re.compile(
    r"<https://crm\.zoho\.com/[^|<>]*\|[^<>|]*\|?[^<>]*>|<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>]*>"
)
OWN_SIGNS = re.compile(rf"\*(?:Contact|Account)s?\*|{'|'.join({*ICONS.values(), BLOCKED_ICON, ':warning:'})}")
many = settings(max_examples=80)
any_match = given(given_match=strategies.matches)


def texts(message: SlackMessage, kind: str = "mrkdwn") -> list[str]:
    """Return every text object of a kind, in the order of reading."""
    found: list[str] = []

    def walk(part: object) -> None:
        if isinstance(part, dict) and part.get("type") == kind:
            found.append(part["text"])
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ():
            walk(inner)

    walk(message.blocks)
    return found


def sections(message: SlackMessage) -> list[str]:
    """Return the sentence and, if there are any, the searches and the warnings: the sections without columns."""
    found = [block["text"]["text"] for block in message.blocks if block["type"] == "section" and "text" in block]
    return [text for text in found if not re.match(r"\*(Contact|Account)s?\*", text)]


def buttons(given_match: Match) -> dict[str, str]:
    """Return the message's buttons and where they lead."""
    blocks = [block for block in render(given_match).blocks if block["type"] == "actions"]
    return {button["text"]["text"]: button["url"] for block in blocks for button in block["elements"]}


def styles(given_match: Match) -> list[str]:
    """Return the labels of the buttons that stand out."""
    blocks = [block for block in render(given_match).blocks if block["type"] == "actions"]
    return [button["text"]["text"] for block in blocks for button in block["elements"] if "style" in button]


@pytest.mark.parametrize("name", CASES)
def test_golden_message(name: str) -> None:
    """The message is what stands in its file; `make golden` rewrites it, and the diff is read."""
    assert golden(CASES[name]) == json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_every_golden_file_has_its_case() -> None:
    """No file stays behind when its case is gone."""
    assert {file.stem for file in FOLDER.glob("*.json")} == set(CASES)


def test_every_action_has_its_sentence_among_the_golden_files() -> None:
    """All eight actions can be read there."""
    assert len({given_match.verdict.action for given_match in SENTENCES.values()}) == 8


@many
@any_match
def test_any_message_keeps_slacks_limits(given_match: Match) -> None:
    """The stand-in's table and slack_sdk's models take it, the thread reply and the line below too."""
    message = render(given_match)
    for any_message in (
        message,
        render_change(given_match),
        with_line(message, "This message replaces an earlier message."),
    ):
        is_fit(any_message)


@many
@any_match
def test_nothing_of_the_crm_comes_alive_or_hides(given_match: Match) -> None:
    """No mention or link but our own, no control or bidi character, and the text is escaped like the blocks."""
    message = render(given_match)
    for shown in (*texts(message), message.text, *texts(render_change(given_match))):
        left = OURS.sub("", shown)
        assert "<" not in left
        assert ">" not in left
        assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    for shown in (*texts(message), *texts(message, "plain_text"), message.text):
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown.replace("\n", ""))
        assert not any(unicodedata.bidirectional(c)[:2] in ("LR", "RL", "PD", "FS") for c in shown)
        assert not {"\u200e", "\u200f", "\u061c", "\u200b"} & set(shown)


def formats_alive(given_match: Match) -> list[str]:
    """Return the formats of a match's messages that are none of our own."""
    message, change = render(given_match), render_change(given_match)
    shown = [*texts(message), message.text, *texts(change), change.text, minimal(given_match).text]
    labels = [re.sub(r"<https://[^|<>]*\|([^<>]*)>", r"\1", re.sub(r"<!date[^>]*>", "", text)) for text in shown]
    return [name for text in labels for name, alive in ALIVE.items() if alive.search(OWN_SIGNS.sub("", text))]


@many
@any_match
def test_no_emoji_format_or_quote_of_the_crm_comes_alive(given_match: Match) -> None:
    """Once our own signs, headings and links are taken out, nothing is left that Slack would read: anywhere, by any value."""
    assert formats_alive(given_match) == []


@pytest.mark.parametrize(
    "value", [":skull: Ltd", "*Zylker* Ltd", "_Zylker_ Ltd", "~Zylker~ Ltd", "`Zylker` Ltd", "> Zylker Ltd"]
)
def test_a_format_comes_alive_in_no_place(value: str) -> None:
    """As any value of the lead or its owner, a contact, its account, evidence, or a label of the org."""
    known = dict.fromkeys(("name", "company", "email", "phone", "source", "status"), value)
    lead = replace(ADA, **known, owner=Owner("9001", value, value))  # type: ignore[arg-type]
    found = contact(name=value, at=Reference("2001", value), Email=value, Phone=value, locked=True)
    evidence = (same("Email", value), Evidence("Tax_Id", value, value))
    assert formats_alive(match(judged(offer((found, replace(found, id="1002")), by=evidence), lead), lead)) == []
    assert formats_alive(match(judged(offer((found,), (account(name=value),), evidence), lead), lead)) == []
    assert formats_alive(match(already_converted(replace(lead, converted_deal=value)), lead)) == []


@many
@any_match
def test_the_text_says_it_without_the_blocks(given_match: Match) -> None:
    """A notification, a screen reader or a refused block leaves title and sentence."""
    message = render(given_match)
    title = message.blocks[0]["text"]["text"]
    assert mrkdwn(title, 1000).removesuffix("…")[:100] in message.text
    assert mrkdwn(given_match.verdict.sentence, 2500) in message.text


@many
@any_match
def test_buttons_of_any_message(given_match: Match) -> None:
    """One to the lead, at most three to records; Convert only where converting is possible now, and then no second way to the lead."""
    shown, verdict = buttons(given_match), given_match.verdict
    opened = [label for label in shown if label not in ("Convert in Zoho", "Open lead")]
    assert len(opened) <= 3
    idle = verdict.action in ("wait", "already_converted", "lead_not_found", "unchecked")
    assert ("Convert in Zoho" in shown) == (not idle and not verdict.blocked)
    for kind, target in (("contact", verdict.targets.contact), ("account", verdict.targets.account)):
        assert (f"Open {kind}" in shown) >= (target.kind == "existing")
        assert any(label.startswith(f"Open {kind}") for label in opened) <= (target.kind in ("existing", "choose"))
    assert ("Open lead" in shown) == ("Convert in Zoho" not in shown and verdict.action != "lead_not_found")
    assert set(styles(given_match)) <= {"Convert in Zoho"}


@many
@any_match
def test_at_most_three_of_a_kind(given_match: Match) -> None:
    """A column names three records and counts the others."""
    for column in candidate_fields(given_match):
        heads = [line for line in column.split("\n") if re.match(r"([123]\. )?(also )?<https://crm\.zoho\.com/", line)]
        assert 1 <= len(heads) <= 3


def test_buttons_of_a_decided_contact() -> None:
    """Zoho's convert screen, the contact and its account, though only the contact leads to the account."""
    given_match = match(judged(offer((contact(at=ZYLKER),), by=(EMAIL,))))
    assert buttons(given_match) == {
        "Convert in Zoho": f"{PAGE}/Leads/{LEAD_ID}/convert",
        "Open contact": f"{PAGE}/Contacts/1001",
        "Open account": f"{PAGE}/Accounts/2001",
    }
    assert styles(given_match) == ["Convert in Zoho"]


def labels(given_match: Match) -> list[tuple[str, str]]:
    """Return what each button says, and what a screen reader says of it."""
    blocks = [block for block in render(given_match).blocks if block["type"] == "actions"]
    every = [button for block in blocks for button in block["elements"]]
    return [(one["text"]["text"], one.get("accessibility_label", "")) for one in every]


def test_each_record_to_choose_from_has_a_button_with_its_number() -> None:
    """Before Convert, because a person looks first; a screen reader says the name and what tells it apart."""
    two = (account("2003", Billing_City="Vienna"), account("2004", Billing_City="Graz", Account_Type="Partner"))
    found = match(judged(offer((), two, accounts_by=(COMPANY,))))
    assert buttons(found) == {
        "Open account 1": f"{PAGE}/Accounts/2003",
        "Open account 2": f"{PAGE}/Accounts/2004",
        "Convert in Zoho": f"{PAGE}/Leads/{LEAD_ID}/convert",
    }
    assert labels(found)[:2] == [
        ("Open account 1", "Open account 1: Zylker · Vienna"),
        ("Open account 2", "Open account 2: Zylker · Graz · Partner"),
    ]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("contact_same_email", "Convert in Zoho"),
        ("contact_names_only_at_matched_account", "Open contact"),
        ("choose_accounts_of_one_name", "Open account 1"),
        ("create_new", "Convert in Zoho"),
        ("blocked_contact", "Open lead"),
    ],
)
def test_the_first_button_is_what_the_sentence_asks_for(name: str, first: str) -> None:
    """Who is asked to check or to pick opens the record first."""
    assert next(iter(buttons(CASES[name]))) == first


def test_a_column_alone_has_the_whole_width() -> None:
    """Slack gives a field half of it, whatever stands beside it."""
    alone, two = render(CASES["choose_accounts_of_one_name"]), render(CASES["contact_same_email"])
    assert [block for block in alone.blocks if "fields" in block] == []
    assert any(text.startswith("*Accounts* · same name\n1. ") for text in texts(alone))
    assert [len(block["fields"]) for block in two.blocks if "fields" in block] == [2]


def test_of_a_hundred_three_have_a_button() -> None:
    """Those whose names stand in the message."""
    assert list(buttons(CASES["hundred_contacts"])) == [
        *("Open contact 1", "Open contact 2", "Open contact 3"),
        "Convert in Zoho",
    ]


def test_a_weaker_match_has_a_link_and_no_button() -> None:
    """Where one is decided, the others are beside the point."""
    assert list(buttons(CASES["also_weaker"])) == ["Convert in Zoho", "Open contact", "Open account"]


def test_the_record_to_check_first_has_a_button() -> None:
    """One that stands alone needs no number."""
    assert list(buttons(CASES["contact_names_only"])) == ["Open contact", "Convert in Zoho"]


def test_both_sides_of_a_contradiction_have_a_link() -> None:
    """The contact, its own account, and the account that matches the lead."""
    found = CASES["choose_contact_elsewhere"]
    assert list(buttons(found)) == ["Open contact", "Open account", "Convert in Zoho"]
    assert f"<{PAGE}/Accounts/2002|OldCo>" in candidate_fields(found)[0]


SEARCH = "https://crm.zoho.com/crm/org700/search?searchword={}&amp;isRelevance=false"


def test_the_words_that_tell_to_search_lead_to_zohos_search() -> None:
    """Once for the company; the words around them and the text stay as they are."""
    message = render(CASES["create_new"])
    assert sections(message) == [
        f":mag: No exact match for email, company or name. <{SEARCH.format('Zylker')}|Search Zylker once>, then create."
    ]
    assert "<" not in message.text


def test_a_lead_that_was_not_checked_is_searched_for_by_all_that_is_known_of_it() -> None:
    """The email first, which is the most telling; without any of it, or without a page, the words stay words."""
    sentence, words = sections(render(CASES["unchecked_no_options"]))
    email = SEARCH.format("ada%40zylker.example")
    assert f". <{email}|Search by hand> before converting. " in sentence
    assert words == (
        f"Search Zoho for <{email}|ada@zylker.example> · <{SEARCH.format('Ada%20Park')}|Ada Park>"
        f" · <{SEARCH.format('Zylker')}|Zylker>"
    )
    unlinked = replace(CASES["unchecked_no_options"], searches={})
    for message in (render(CASES["unchecked_no_answer"]), render(unlinked)):
        assert ["<" in section for section in sections(message)] == [False]
        assert " Search by hand before converting. " in message.text


def test_nobody_is_sent_to_search_where_the_sentence_asks_for_no_search() -> None:
    """A person without a company is made as a contact."""
    for name in ("create_contact_only", "placeholder_company", "contact_same_email", "wait_for_approval"):
        assert CASES[name].searches == {}
        assert "searchword" not in str(render(CASES[name]))


@pytest.mark.parametrize("value", [':skull: <!here> & "a|b>"?searchword=x#y', "字" * 200, "\u202e\ud800🦊" * 60])
def test_a_hostile_word_of_a_search_stays_a_word(value: str) -> None:
    """Encoded in the address, whose length is bounded, and harmless as a label."""
    lead = replace(ADA, email=value, name=f"{value} b", company=f"c {value}")
    verdict = with_recheck(unchecked("zoho_http_418", Cause.REFUSED), is_due=False)
    for found in (match(verdict, lead), match(judged(offer(), lead), lead)):
        assert found.searches
        for url in found.searches.values():
            assert re.fullmatch(
                r"https://crm\.zoho\.com/crm/org700/search\?searchword=[A-Za-z0-9%._~-]+&isRelevance=false", url
            )
        is_fit(render(found))
        assert formats_alive(found) == []


@pytest.mark.parametrize("name", ["wait_for_approval", "already_converted", "unchecked_no_answer", "blocked_contact"])
def test_without_converting_the_lead_is_one_click_away(name: str) -> None:
    """While Convert is absent the first button opens the lead."""
    assert next(iter(buttons(CASES[name]).items())) == ("Open lead", f"{PAGE}/Leads/{LEAD_ID}")


@pytest.mark.parametrize("name", ["lead_not_found", "nothing_but_an_id"])
def test_no_button_leads_nowhere(name: str) -> None:
    """A lead that is hidden from us, or pages that are not known, give no buttons and no empty block."""
    assert buttons(CASES[name]) == {}
    assert "actions" not in [block["type"] for block in render(CASES[name]).blocks]


@pytest.mark.parametrize("name", ["contact_names_only", "contact_names_only_at_matched_account", "create_new"])
def test_nothing_pushes_to_convert_before_a_look(name: str) -> None:
    """Where the sentence says to check or search first, there is no tick and no green button."""
    assert styles(CASES[name]) == []
    assert ":white_check_mark:" not in sections(render(CASES[name]))[0]


def test_a_match_without_pages_has_names_without_links() -> None:
    """A record whose page is not known is named all the same."""
    unlinked = replace(CASES["contact_same_email"], urls={})
    assert candidate_fields(unlinked)[1] == "*Account*\nZylker\nsame name"
    assert buttons(unlinked) == {}


def test_columns_name_records_and_evidence() -> None:
    """The target first, with its company; what is only the name again is not repeated."""
    left, right = candidate_fields(CASES["also_weaker"])
    assert left.split("\n") == [
        "*Contacts*",
        f"1. <{PAGE}/Contacts/1001|Ada Park>, <{PAGE}/Accounts/2001|Zylker>",
        "same email: ada@zylker.example",
        "same name",
        f"2. also <{PAGE}/Contacts/1002|Ada Park>, <{PAGE}/Accounts/2002|OldCo>",
        "same name",
    ]
    assert right == f"*Account*\n<{PAGE}/Accounts/2001|Zylker>\nsame name"


def column_of(*accounts: Record, by: tuple[Evidence, ...] = (COMPANY,)) -> list[str]:
    """Return the lines of the column of accounts, without links."""
    (column,) = candidate_fields(match(judged(offer((), accounts, accounts_by=by))))
    return re.sub(r"<[^|<>]*\|([^<>]*)>", r"\1", column).split("\n")


def test_rivals_show_what_tells_them_apart() -> None:
    """By city, type and phone; what both share stands in the heading, and a value that both have tells nothing."""
    pair = (
        account("2003", Billing_City="Vienna", Account_Type="Customer", Website="zylker.example"),
        account("2004", Billing_City="Graz", Account_Type="Partner", Website="zylker.example", Phone="+43 316 0199"),
    )
    assert column_of(*pair) == [
        "*Accounts* · same name",
        "1. Zylker",
        "Vienna · Customer",
        "2. Zylker",
        "Graz · Partner · +43 316 0199",
    ]


def test_rivals_name_their_owners_where_zoho_does() -> None:
    """A name alone would not say whose it is."""
    two = (account("2003", Phone="+1 555 0100", Owner="Rosa Quill"), account("2004", Owner="Sam Reyes"))
    assert column_of(*two)[1:] == ["1. Zylker", "+1 555 0100 · owner Rosa Quill", "2. Zylker", "owner Sam Reyes"]


def test_evidence_of_one_rival_alone_stays_beside_it() -> None:
    """Below what tells it apart; the heading says what all have."""
    two = (account("2003", Phone="+1 555 0100"), account("2004", Website="https://www.zylker.example"))
    by = (COMPANY, PHONE, same("Website", "https://www.zylker.example"))
    assert column_of(*two, by=by) == [
        "*Accounts* · same name",
        "1. Zylker",
        "same website: https://www.zylker.example",
        "2. Zylker",
        "same phone: +1 555 0100",
    ]


def test_rivals_without_a_difference_are_numbered_all_the_same() -> None:
    """The names are links; nothing is said that helps nobody."""
    assert column_of(account("2003", Phone="1"), account("2004", Phone="1")) == [
        "*Accounts* · same name",
        "1. Zylker",
        "2. Zylker",
    ]


def test_a_lone_record_that_only_a_name_speaks_for_shows_what_helps_to_check_it() -> None:
    """The sentence says "Check first"; where an email or phone is the same there is nothing to check."""
    assert column_of(account(Billing_City="Graz", Website="https://oldco.example")) == [
        "*Account*",
        "Zylker",
        "Graz · oldco.example",
        "same name",
    ]
    assert column_of(account(Billing_City="Graz", Phone="+1 555 0100"), by=(PHONE,)) == [
        "*Account*",
        "Zylker",
        "same phone: +1 555 0100",
    ]


@pytest.mark.parametrize("value", ["x" * 255, "&" * 255, "字" * 255])
def test_the_longest_columns_fit(value: str) -> None:
    """Four rivals with long names, addresses, values and evidence of their own, in an org whose pages have a long address."""
    fields = {"Billing_City": value, "Account_Type": value, "Owner": value}
    four = tuple(
        contact(str(n), value, Reference(str(2000 + n), value), Email=f"{n}{value}", Phone=value, **fields)
        for n in range(1001, 1005)
    )
    by = (same("Phone", value), *(same("Email", f"{n}{value}") for n in range(1001, 1005)))
    found = match(judged(offer(four, four, by, by)))
    page = "https://crmsandbox.zoho.com.au/crm/a-sandbox-of-a-long-name/tab/"
    longer = replace(found, urls={name: url.replace(f"{PAGE}/", page) for name, url in found.urls.items()})
    assert page in str(render(longer))
    is_fit(render(longer))


def test_a_column_counts_what_it_does_not_show() -> None:
    """Three of a hundred are shown; with three there is nothing to count."""
    assert candidate_fields(CASES["hundred_contacts"])[0].endswith("\nand 97 more")
    three = tuple(contact(str(number)) for number in (1001, 1002, 1003))
    assert "more" not in candidate_fields(match(judged(offer(three, by=(NAME,)))))[0]


def test_the_account_that_wins_by_email_domain_stands_first() -> None:
    """Equal evidence, and yet the target is on top; the others are equals, not "also"."""
    firms = (account(), account("2003", Website="zylker.example"))
    column = candidate_fields(match(judged(offer((), firms, accounts_by=(COMPANY,)))))[0]
    assert column.index("2003") < column.index("2001")
    assert "also" not in column


def test_a_record_that_blocks_is_marked_among_its_namesakes() -> None:
    """Of two contacts of one name a person sees which one waits for approval."""
    marked = [line for line in candidate_fields(CASES["one_of_two_blocked"])[0].split("\n") if ":no_entry:" in line]
    assert marked == [f"2. <{PAGE}/Contacts/1002|Ada Park> :no_entry:"]


def test_a_void_account_is_not_shown() -> None:
    """Rule 7: the account that is called N/A like the lead's company is no match to look at."""
    assert candidate_fields(CASES["placeholder_company"]) == []


def test_the_contacts_account_is_shown_although_its_name_is_void() -> None:
    """It is the target, so it is no match by chance."""
    options = offer((contact(at=ZYLKER),), (account(), account("2003")), (EMAIL,), (COMPANY,))
    columns = candidate_fields(match(judged(options, replace(ADA, company=""))))
    assert columns[1] == f"*Account*\n<{PAGE}/Accounts/2001|Zylker>"


def test_what_cannot_be_seen_has_a_name() -> None:
    """A name of invisible characters is no name, an account's neither, and a value that is empty adds no colon."""
    unseen = contact(name="\u200b\u202e", at=Reference("2001", "\x00"))
    columns = candidate_fields(match(judged(offer((unseen,), by=(replace(EMAIL, value=""),)))))
    assert columns[0] == f"*Contact*\n<{PAGE}/Contacts/1001|(no name)>\nsame email"
    assert columns[1] == f"*Account*\n<{PAGE}/Accounts/2001|(no name)>\nthe contact's account"


def test_two_pieces_of_evidence_are_enough() -> None:
    """A column shows the first two and stays short."""
    column = candidate_fields(match(judged(offer((contact(),), by=(EMAIL, PHONE, same("Tax_Id", "T1"))))))[0]
    assert column.split("\n")[2:] == ["same email: ada@zylker.example", "same phone: +1 555 0100"]


def test_a_label_of_the_org_is_hostile_too() -> None:
    """The name of an org's own field is cut and escaped like any value."""
    piece = Evidence("Tax_Id", "<!here> " + "x" * 300, "T1", unique=True)
    line = candidate_fields(match(judged(offer((contact(),), by=(piece,)))))[0].split("\n")[2]
    assert line.startswith("same &lt;!here&gt; xxx")
    assert line.endswith("…: T1")


def _title(given_match: Match) -> Any:
    return render(given_match).blocks[0]["text"]["text"]


def test_the_title_is_person_and_company() -> None:
    """What is missing or cannot be seen is left out; without both the lead's id stands there."""
    new = judged(offer())
    assert _title(match(new)) == "Ada Park · Zylker"
    assert _title(match(new, replace(ADA, name="\u200b"))) == "Zylker"
    assert _title(match(new, replace(ADA, name="\u202e", company="\x00"))) == f"Lead {LEAD_ID}"
    assert _title(match(new, None)) == f"Lead {LEAD_ID}"


def test_notes_stand_below_the_sentence() -> None:
    """A warning that the sentence does not say has its own line, and stands in the text."""
    message = render(match(judged(offer((contact(editable=False),), by=(EMAIL,)))))
    assert sections(message)[1] == ":warning: Ada Park cannot be edited by our Zoho user."
    assert message.text.endswith(" Ada Park cannot be edited by our Zoho user. Owner: Sam Reyes.")


def test_what_the_sentence_says_is_not_said_again() -> None:
    """The first blocking warning and a contradiction are in the sentence already."""
    locked = render(match(judged(offer((contact(locked=True),), by=(EMAIL,)))))
    differs = render(CASES["choose_contact_elsewhere"])
    assert not [text for text in (*texts(locked), *texts(differs)) if text.startswith(":warning:")]
    assert sections(locked)[0].startswith(":no_entry: Ada Park is locked in Zoho. Do not convert yet. ")


def test_three_warnings_are_enough() -> None:
    """Many locked records are not all told."""
    many_locked = tuple(contact(str(number), f"Ada {number}", locked=True) for number in range(1001, 1011))
    line = sections(render(match(judged(offer(many_locked, by=(NAME,))))))[1]
    assert line.count("is locked in Zoho.") == 3


def test_the_longest_text_can_be_an_edit_with_lines_of_our_own_below() -> None:
    """Else Slack refuses the edit as too long, and what stands there keeps the old verdict."""
    warnings = tuple(VerdictWarning("locked", "block", f"{number} " + "&" * 900, "1") for number in range(3))
    verdict = replace(judged(offer()), sentence="& " * 2_000, warnings=warnings)
    lead = replace(ADA, name="&" * 200, company="&" * 200, owner=Owner("9001", "&" * 200, ""))
    error = ChannelClosed("", reason="slack_channel_is_limited_access")
    is_fit(with_line(render(match(verdict, lead)), f"{closed_line('C0123456789', error)} {MAY_REPEAT}"))


FOOT = "<!date^1772443805^{date_short_pretty} {time}|2026-03-02 09:30 UTC>"
LAYOUTS = ("Contacts", "Accounts", "Deals", "Leads")


def _footer(given_match: Match) -> str:
    return texts(render(given_match))[-1]


def _about(given_match: Match, mention: str = "") -> list[str]:
    """Return the small lines above the sentence."""
    blocks = render(given_match, mention=mention).blocks
    above = blocks[: next(place for place, block in enumerate(blocks) if block["type"] == "section")]
    return [block["elements"][0]["text"] for block in above if block["type"] == "context"]


def test_below_the_title_stands_what_is_known_of_the_lead() -> None:
    """Its owner, email, phone, source and status; what is empty or cannot be seen leaves no separator behind."""
    new = judged(offer())
    assert _about(CASES["create_new"]) == ["Owner: Sam Reyes · ada@zylker.example · +1 555 0100 · Web form · Qualified"]
    assert _about(match(new, replace(ADA, source="\u200b", phone="", owner=None))) == ["ada@zylker.example · Qualified"]
    assert _about(match(new, replace(ADA, owner=Owner("9001", "\u202e", "")))) == [
        "ada@zylker.example · +1 555 0100 · Web form · Qualified"
    ]
    assert _about(match(new, Lead(LEAD_ID, name="Ada Park"))) == []
    assert _about(CASES["unchecked_no_answer"]) == []


def test_the_owner_is_mentioned_instead_of_named() -> None:
    """Also of a lead that was not read; in the text too, because that is what a notification shows."""
    for name in ("create_new", "already_converted", "unchecked_no_answer"):
        message = render(CASES[name], mention="U0ROSA")
        assert _about(CASES[name], "U0ROSA")[0].startswith("Owner: <@U0ROSA>")
        assert message.text.endswith(" Owner: <@U0ROSA>.")
        assert "Sam Reyes" not in str(message)
        assert "<@" not in str(render(CASES[name]))


def test_the_text_names_the_owner() -> None:
    """With one full stop behind a name that brings its own; a hostile one mentions nobody."""
    named = replace(ADA, owner=Owner("9001", "Rui <@U1> Jr.", ""))
    assert render(CASES["create_new"]).text.endswith(" Owner: Sam Reyes.")
    assert render(match(judged(offer()), named)).text.endswith(" Owner: Rui &lt;@U1&gt; Jr.")
    assert "Owner" not in render(CASES["unchecked_no_answer"]).text


def test_the_footer_tells_when_the_lead_was_checked() -> None:
    """In the reader's own zone, which Slack knows."""
    assert _footer(CASES["create_new"]) == _footer(CASES["unchecked_no_answer"]) == FOOT


def test_footer_names_layouts_only_where_a_record_would_be_made() -> None:
    """A contact that exists needs no layout, and who must not convert needs none."""
    existing = offer((contact(at=ZYLKER),), by=(EMAIL,), modules_with_multiple_layouts=LAYOUTS)
    assert "Pick a layout for Deals ·" in _footer(match(judged(existing)))
    assert "Pick a layout for Contacts, Accounts, Deals ·" in _footer(CASES["several_layouts"])
    waiting = replace(wait("not_approved", Cause.NOT_APPROVED), modules_with_multiple_layouts=LAYOUTS)
    assert "layout" not in _footer(match(waiting))


def test_the_thread_reply_says_what_changed() -> None:
    """One sentence, escaped like the message."""
    reply = render_change(match(judged(offer((contact(at=OLDCO),), by=(EMAIL,)), replace(ADA, company="A & <B>"))))
    assert reply.text == "Changed: Ada Park is a contact at OldCo; this lead says A &amp; &lt;B&gt;. Ask which."
    assert texts(reply) == [reply.text]


def test_a_line_is_added_below_and_to_the_text() -> None:
    """The message itself stays as it is."""
    message = render(match(already_converted(ADA)))
    more = with_line(message, "<https://chat.example/p1|Earlier message>")
    assert more.blocks[:-1] == message.blocks
    assert texts(more)[-1] == "<https://chat.example/p1|Earlier message>"
    assert more.text == f"{message.text} <https://chat.example/p1|Earlier message>"


def test_another_name_takes_the_tick_away() -> None:
    """The message asks, and the button to convert is not the green one."""
    given_match = match(judged(offer((contact(name="Bob Other", Email="ada@zylker.example"),), by=(EMAIL,))))
    sentence, warning = sections(render(given_match))
    assert sentence.startswith(":question:")
    assert "The contact is Bob Other; this lead is Ada Park." in warning
    assert styles(given_match) == []


BY_NAME = offer((), (account(),), accounts_by=(COMPANY,))


def test_an_account_by_name_alone_is_doubted_like_a_contact() -> None:
    """The same evidence gets the same sign and no button that stands out; a name is nobody's alone."""
    by_name = match(judged(BY_NAME))
    assert sections(render(by_name))[0] == ":question: Probably Zylker is already an account (names only). Check first."
    assert styles(by_name) == []


@pytest.mark.parametrize(
    ("fields", "lead", "icon"),
    [
        ({"Website": "https://www.zylker.example/"}, ADA, ":white_check_mark:"),
        ({"Website": "oldco.example"}, ADA, ":question:"),
        ({"Website": "gmail.com"}, replace(ADA, email="ada@gmail.com"), ":question:"),
        ({}, ADA, ":question:"),
    ],
)
def test_a_website_that_fits_the_email_takes_the_doubt_away(fields: dict[str, str], lead: Lead, icon: str) -> None:
    """Name and domain together are more than a name; free mail says nothing."""
    found = match(judged(offer((), (account(**fields),), accounts_by=(COMPANY,)), lead), lead)
    assert sections(render(found))[0].startswith(icon)


def test_another_legal_form_takes_the_tick_away() -> None:
    """Both forms are named below the sentence, and no button stands out."""
    lead = replace(ADA, company="Zylker GmbH")
    found = match(judged(offer((contact(at=Reference("2001", "Zylker AG")),), by=(EMAIL,)), lead), lead)
    shown = sections(render(found))
    assert shown[0].startswith(":question: ")
    assert shown[1] == ":warning: The account is Zylker AG; this lead says Zylker GmbH: the legal forms differ."
    assert styles(found) == []


def test_an_account_that_wins_by_its_website_says_so() -> None:
    """Two accounts of one name, and the lead's email fits one of them: that is the reason, not the name."""
    pair = (account("2001"), account("2003", Website="https://www.zylker.example"))
    message = render(match(judged(offer((), pair, accounts_by=(COMPANY,)))))
    assert "Zylker is already an account (its website fits the email)." in message.text
    assert "www.zylker.example" in str(message.blocks)
