"""The Slack stand-in against Slack's pages: each row of tests/vendor_pages/slack.toml is done over HTTP."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import requests

from chalicelib.slack.error_codes import METHODS as PAGES
from chalicelib.slack.error_codes import WEBHOOK as WEBHOOK_PAGE
from sandbox.slack.faults import Answer
from sandbox.slack.methods import ACTING, METHODS
from sandbox.slack.methods import GRANTED as WITHOUT_ACTING
from sandbox.slack.response_urls import RESPONSE_URL
from sandbox.slack.server import WEBHOOK, SlackStandIn
from tests.stand_in_clock import Clock
from tests.vendor_pages import slack_people
from tests.vendor_pages.slack_case import ADA, GROUP, OF_PEOPLE, TOKEN, Case, changed, good_arguments, good_for_people
from tests.vendor_pages.table import ON_DEMAND, Row, calls, rows
from tests.view_parts import VIEW_PARTS

EVERY, BLOCKS, MEASURED, TOO_FAST = "every method", "message blocks", "so many at most", 429
VIEW_BLOCKS, MEASURED_VIEW, INTERACTIONS = "view blocks", "so many in a view", "interactions"
GRANTED = {*WITHOUT_ACTING, *ACTING}
TEXT = {"type": "plain_text", "text": "x"}
METADATA = {"event_type": "lead_checked", "event_payload": {"event_id": "e-1"}}
WEBHOOK_STATUSES = {"action_prohibited": 403, "channel_not_found": 404, "rollup_error": 500}
FORM = "application/x-www-form-urlencoded"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def slack(clock: Clock) -> Iterator[SlackStandIn]:
    with SlackStandIn(bot_token=TOKEN, channels=["C0HOOK"], clock=clock, scopes=tuple(GRANTED)) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def case_of(slack: SlackStandIn, clock: Clock, http: requests.Session) -> Iterator[Callable[[str], Case]]:
    """Return what makes a new case of a call; the workspace is left as it was found."""
    scopes, window = set(slack.scopes), slack.workspace.edit_window_minutes

    def make(call: str) -> Case:
        channel = "C0HOOK" if call == WEBHOOK else f"C0ROW{next(NUMBERS)}"
        slack.workspace.keep_channel(replace(slack.workspace.channel("C0HOOK"), id=channel, name=channel.lower()))
        ts = slack.workspace.post(channel, text="first", metadata=METADATA).ts
        slack.workspace.people.add(ADA, "Ada Park", "ada.park@quillworks.example")
        slack.workspace.people.keep_group(GROUP, [ADA])
        case = Case(slack, clock, http, call, channel, ts, good_arguments(call, channel, ts))
        if call in OF_PEOPLE:
            case.arguments = good_for_people(call, case)
        return case

    yield make
    slack.clear()
    slack.workspace.reopen("C0HOOK")
    slack.workspace.edit_window_minutes = window
    slack.workspace.people.has_user_groups = True
    slack.workspace.people.absent.clear()
    slack.workspace.views.clear()
    slack.scopes.update(scopes)


def archived(case: Case) -> None:
    case.slack.workspace.archive(case.channel)


def left(case: Case) -> None:
    case.slack.workspace.leave(case.channel)


def no_such_message(case: Case) -> None:
    case.arguments |= {name: "1.0" for name in ("ts", "message_ts") if name in case.arguments}


def foreign_message(case: Case) -> None:
    case.arguments["ts"] = case.post(bot_id="B0OTHER")


def edit_window_closed(case: Case) -> None:
    case.slack.workspace.edit_window_minutes = 1
    case.clock.now += 61


def no_scope(case: Case) -> None:
    case.slack.scopes.clear()


def body(content: str, content_type: str | None) -> Callable[[Case], None]:
    """Return a cause: the call's body and content type as they are not to be."""

    def cause(case: Case) -> None:
        case.body = content
        case.headers |= {"Content-Type": content_type} if content_type else {}

    return cause


def authorized(header: str) -> Callable[[Case], None]:
    """Return a cause: a header that lets nobody in."""

    def cause(case: Case) -> None:
        case.headers["Authorization"] = header

    return cause


CAUSES: Mapping[str, Callable[[Case], None]] = {
    **slack_people.CAUSES,
    "archived": archived,
    "left": left,
    "no such channel": changed(channel="C0NONE"),
    "no such message": no_such_message,
    "no such thread": changed(thread_ts="1.0"),
    "foreign message": foreign_message,
    "edit window closed": edit_window_closed,
    "long edit": changed(text="x" * 4001),
    "no text": changed(text=""),
    "wrong block": changed(blocks=[{"type": "section"}]),
    "broken blocks": changed(blocks="{"),
    "wrong metadata": changed(metadata={"a": 1}),
    "markdown beside text": changed(markdown_text="**x**"),
    "wrong cursor": changed(cursor="?"),
    "wrong latest": changed(latest="tomorrow"),
    "wrong oldest": changed(oldest="yesterday"),
    "odd argument name": changed(**{"a-b": "1"}),
    "no token": authorized(""),
    "wrong token": authorized("Bearer xoxb-wrong"),
    "no scope": no_scope,
    "odd charset": body("", f"{FORM}; charset=koi8-r"),
    "odd content type": body("<x/>", "text/xml"),
    "no content type": body("channel=x", None),
    "broken body": body("{", "application/json"),
}
"""What makes the stand-in say the error's code by itself."""
WITHOUT_SCOPE = ("auth.test", "chat.getPermalink", "views.open", "views.update")
NEED_A_SCOPE = [method for method in METHODS if method not in WITHOUT_SCOPE]


def check_error(row: Row, case: Case) -> None:
    """Let the stand-in say the row's code, for its cause or because the test has planned that answer."""
    status = WEBHOOK_STATUSES.get(row.name, 400) if case.call == WEBHOOK else 200
    if row.does == ON_DEMAND:
        said = row.name if case.call == WEBHOOK else {"ok": False, "error": row.name}
        case.slack.on(case.call, Answer(status, said))
    else:
        CAUSES[row.does](case)
        status = 410 if case.call == WEBHOOK and row.does == "archived" else status
    answer = case.send()
    code = answer.text if case.call == WEBHOOK else answer.json().get("error")
    assert (answer.status_code, code) == (status, row.name)
    case.slack.scopes.update(GRANTED)


def token_as_argument(case: Case) -> None:
    case.body, case.headers = f"token={TOKEN}", {"Content-Type": FORM}
    assert case.send().json()["ok"]


def refused_with_200(case: Case) -> None:
    assert replace(case, call="chat.update").refused() == "channel_not_found"


def names_scopes(case: Case) -> None:
    assert set(case.send().headers["x-oauth-scopes"].split(",")) == case.slack.scopes


def said(code: str, content: str | None = None) -> Callable[[Case], None]:
    """Return a check of a code that no page lists."""

    def check(case: Case) -> None:
        if content is None:
            assert replace(case, call="chat.shout").refused() == code
        else:
            body(content, "application/json")(case)
            assert case.refused() == code

    return check


def by_id_or_name(case: Case) -> None:
    channel = case.slack.workspace.channel(case.channel)
    for name in (channel.id, channel.name, f"#{channel.name}"):
        assert case.good(channel=name)["channel"] == channel.id
    del case.arguments["channel"]
    assert case.refused()


def by_id_alone(case: Case) -> None:
    channel = case.slack.workspace.channel(case.channel)
    case.slack.workspace.keep_channel(replace(channel, name="leads"))
    assert case.refused(channel="leads") == "channel_not_found"
    assert case.refused(channel=None) == "channel_not_found"
    case.good()
    case.slack.workspace.keep_channel(channel)


def refused_without(case: Case) -> None:
    assert case.refused(**{name: None for name in ("ts", "message_ts") if name in case.arguments})


def text_or_blocks(case: Case) -> None:
    assert case.refused(text=None) == "no_text"
    case.good(text=None, blocks=[{"type": "divider"}])


def blocks_as_text(case: Case) -> None:
    assert case.good(blocks='[{"type": "divider"}]')["message"]["blocks"] == [{"type": "divider"}]


def keeps_metadata(case: Case) -> None:
    assert case.good(metadata=METADATA)["message"]["metadata"] == METADATA


def replies(case: Case) -> None:
    assert case.good(thread_ts=case.ts)["message"]["thread_ts"] == case.ts


def broadcasts(case: Case) -> None:
    assert case.good(thread_ts=case.ts, reply_broadcast=True)["message"]["subtype"] == "thread_broadcast"


def cuts_text(case: Case) -> None:
    assert case.good(text="x" * 40_001)["text"] == "x" * 40_000


def check_limit(row: Row, case: Case) -> None:
    """Send as much as the row says, and then one more."""
    make, most = PARTS[row.name], int(row.says)
    case.good(blocks=make(most))
    assert case.refused(blocks=make(most + 1)) == "invalid_blocks"


def check_limit_of_view(row: Row, case: Case) -> None:
    """Open a view with as much as the row says, and then with one more."""
    make, most = VIEW_PARTS[row.name], int(row.says)
    case.good(view=make(most))
    case.arguments["trigger_id"] = case.slack.workspace.views.trigger(ADA)
    assert case.refused(view=make(most + 1)) == "invalid_arguments"


def text(size: int, kind: str = "mrkdwn") -> dict[str, str]:
    return {"type": kind, "text": "x" * size}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": "button", "text": TEXT, **more}]}


def asking(**more: Any) -> dict[str, Any]:
    return button(confirm={"title": TEXT, "text": TEXT, "confirm": TEXT, "deny": TEXT, **more})


PARTS: Mapping[str, Callable[[int], list[dict[str, Any]]]] = {
    "message blocks": lambda size: [{"type": "divider"}] * size,
    "header text": lambda size: [{"type": "header", "text": text(size, "plain_text")}],
    "section text": lambda size: [{"type": "section", "text": text(size)}],
    "section fields": lambda size: [{"type": "section", "fields": [TEXT] * size}],
    "section field": lambda size: [{"type": "section", "fields": [text(size)]}],
    "context elements": lambda size: [{"type": "context", "elements": [TEXT] * size}],
    "actions elements": lambda size: [{"type": "actions", "elements": [{"type": "button", "text": TEXT}] * size}],
    "button text": lambda size: [button(text=text(size, "plain_text"))],
    "button value": lambda size: [button(value="x" * size)],
    "button url": lambda size: [button(url="https://x.example/".ljust(size, "x"))],
    "confirm title": lambda size: [asking(title=text(size, "plain_text"))],
    "confirm text": lambda size: [asking(text=text(size))],
    "confirm confirm": lambda size: [asking(confirm=text(size, "plain_text"))],
    "confirm deny": lambda size: [asking(deny=text(size, "plain_text"))],
    "action_id": lambda size: [button(action_id="x" * size)],
    "block_id": lambda size: [{"type": "divider", "block_id": "x" * size}],
}


def too_fast(case: Case, after: int) -> None:
    """Call until it is too fast, which is after so many calls; once Retry-After is over the next call goes well."""
    before = [case.send() for _ in range(after)]
    assert {answer.status_code for answer in before} == {200}
    refused = case.send()
    assert refused.status_code == TOO_FAST
    assert refused.text == "rate_limited" if case.call == WEBHOOK else refused.json()["error"] == "ratelimited"
    case.clock.now += int(refused.headers["Retry-After"])
    assert case.send().status_code == 200


def one_post_a_second(case: Case) -> None:
    too_fast(case, after=5)
    assert case.send().headers["Retry-After"] == "1"


def tier(calls: int, per_minute: int) -> Callable[[Case], None]:
    """Return a check: after so many calls at once a method may be called so often."""

    def check(case: Case) -> None:
        case.slack.spend(case.call, calls - 1)
        too_fast(case, after=1)
        assert int(case.send().headers["Retry-After"]) <= math.ceil(60 / per_minute)

    return check


def posted(case: Case) -> None:
    answer = case.good()
    assert (answer["channel"], answer["message"]["text"], answer["message"]["ts"]) == (case.channel, "x", answer["ts"])


def text_instead_of_blocks(case: Case) -> None:
    case.arguments["ts"] = case.post(blocks=[{"type": "divider"}])
    assert case.good()["message"]["blocks"] == []


def keeps_or_removes_metadata(case: Case) -> None:
    assert case.good()["message"]["metadata"] == METADATA
    assert "metadata" not in case.good(metadata={})["message"]


def ignores_other_arguments(case: Case) -> None:
    case.good(unfurl_links=False, unfurl_media=False)


def edited(case: Case) -> None:
    answer = case.good()
    assert (answer["channel"], answer["ts"], answer["text"]) == (case.channel, case.ts, "z")
    assert answer["message"]["text"] == "z"


def left_is_not_found(case: Case) -> None:
    left(case)
    assert case.refused() == "channel_not_found"


def deleted(case: Case) -> None:
    assert case.good() == {"ok": True, "channel": case.channel, "ts": case.ts}
    assert case.slack.workspace.messages(case.channel) == []


def archived_cannot_be_deleted_from(case: Case) -> None:
    archived(case)
    assert case.refused() == "cant_delete_message"


def links(case: Case) -> None:
    answer = case.good()
    assert answer["channel"] == case.channel
    assert answer["permalink"].endswith(f"/{case.channel}/p{case.ts.replace('.', '')}")


def three(case: Case) -> tuple[str, str, str]:
    """Let there be three messages, in the thread where a thread is read, and return the ts of each."""
    thread = {"thread_ts": case.ts} if case.call == "conversations.replies" else {}
    return case.ts, case.post("second", **thread), case.post("third", **thread)


def pages(case: Case) -> None:
    three(case)
    case.arguments["limit"] = 2
    first = case.good()
    second = case.good(cursor=first["response_metadata"]["next_cursor"])
    assert (len(first["messages"]), first["has_more"]) == (2, True)
    assert (len(second["messages"]), second["has_more"]) == (1, False)
    assert {one["text"] for one in (*first["messages"], *second["messages"])} == {"first", "second", "third"}


def pages_of_a_thread(case: Case) -> None:
    pages(case)
    for _ in range(1000):
        case.post(thread_ts=case.ts)
    del case.arguments["limit"]
    assert (len(case.good()["messages"]), case.good()["has_more"]) == (1000, True)


def shows_metadata(case: Case) -> None:
    assert "metadata" not in case.good()["messages"][0]
    assert case.good(include_all_metadata=True)["messages"][0]["metadata"] == METADATA


def inclusive(case: Case) -> None:
    oldest, _, latest = three(case)
    case.arguments |= {"oldest": oldest, "latest": latest}
    assert case.shown() == ["second"]
    case.arguments["inclusive"] = True
    assert len(case.shown()) == 3


def before_latest(case: Case) -> None:
    case.arguments["latest"] = three(case)[1]
    assert case.shown() == ["first"]


def after_oldest(case: Case) -> None:
    case.arguments["oldest"] = three(case)[1]
    assert case.shown() == ["third"]


def limits(case: Case) -> None:
    for _ in range(999):
        case.post()
    assert [len(case.good(**given)["messages"]) for given in ({}, {"limit": 7}, {"limit": 1000})] == [100, 7, 999]


def without_replies(case: Case) -> None:
    case.post("reply", thread_ts=case.ts)
    assert case.shown() == ["first"]


def reads_from_a_reply(case: Case) -> None:
    assert case.shown() == ["first"]
    case.arguments["ts"] = case.post("reply", thread_ts=case.ts)
    assert case.shown() == ["first", "reply"]
    assert case.refused(ts=None) == "thread_not_found"


def describes(case: Case) -> None:
    channel = case.good()["channel"]
    assert (channel["id"], channel["is_member"], channel["is_archived"]) == (case.channel, True, False)
    assert {"name", "is_private", "is_shared", "is_ext_shared", "is_org_shared"} <= set(channel)


def private_is_not_found(case: Case) -> None:
    case.slack.workspace.keep_channel(replace(case.slack.workspace.channel(case.channel), private=True, joined=False))
    assert case.refused() == "channel_not_found"


def says_who(case: Case) -> None:
    assert {"url", "team", "user", "team_id", "user_id", "bot_id"} <= set(case.good())


def says_the_edit_window(case: Case) -> None:
    case.slack.workspace.edit_window_minutes = 5
    assert case.good()["msg_edit_window_mins"] == 5


def says_ok(case: Case) -> None:
    answer = case.send()
    assert (answer.status_code, answer.text) == (200, "ok")


CHECKS: Mapping[str, Callable[[Case], None]] = {
    **slack_people.CHECKS,
    "tier 2": tier(40, per_minute=20),
    "tier 4": tier(200, per_minute=100),
    "token as an argument": token_as_argument,
    "refused with 200": refused_with_200,
    "names scopes": names_scopes,
    "no such method": said("unknown_method"),
    "broken JSON": said("invalid_json", "{"),
    "JSON list": said("json_not_object", "[]"),
    "by id or name": by_id_or_name,
    "by id alone": by_id_alone,
    "refused without": refused_without,
    "text or blocks": text_or_blocks,
    "blocks as text": blocks_as_text,
    "keeps metadata": keeps_metadata,
    "replies": replies,
    "broadcasts": broadcasts,
    "cuts text": cuts_text,
    "one post a second": one_post_a_second,
    "burst of five": one_post_a_second,
    "tier 3": tier(100, per_minute=50),
    "posted": posted,
    "text instead of blocks": text_instead_of_blocks,
    "keeps or removes metadata": keeps_or_removes_metadata,
    "edited": edited,
    "ignores other arguments": ignores_other_arguments,
    "left is not found": left_is_not_found,
    "deleted": deleted,
    "archived cannot be deleted from": archived_cannot_be_deleted_from,
    "links": links,
    "pages": pages,
    "pages of a thread": pages_of_a_thread,
    "shows metadata": shows_metadata,
    "inclusive": inclusive,
    "before latest": before_latest,
    "after oldest": after_oldest,
    "limits": limits,
    "without replies": without_replies,
    "reads from a reply": reads_from_a_reply,
    "describes": describes,
    "private is not found": private_is_not_found,
    "says who": says_who,
    "says the edit window": says_the_edit_window,
    "says ok": says_ok,
}


@pytest.mark.parametrize("row", rows("slack"), ids=str)
def test_the_stand_in_does_what_the_page_says(row: Row, case_of: Callable[[str], Case]) -> None:
    """Each row is done over HTTP."""
    if row.kind == "error":
        for call in says_it(row):
            check_error(row, case_of(call))
    elif row.does == MEASURED:
        for call in ("chat.postMessage", "chat.update"):
            check_limit(row, case_of(call))
    elif row.does == MEASURED_VIEW:
        check_limit_of_view(row, case_of("views.open"))
    else:
        CHECKS[row.does](case_of("auth.test" if row.call == EVERY else row.call))


def says_it(row: Row) -> Collection[str]:
    """Return the methods that say an error: for its cause all that it can befall, or the one that it is planned for."""
    if row.call != EVERY:
        return [row.call]
    if row.does == ON_DEMAND:
        return ["chat.postMessage"]
    return NEED_A_SCOPE if row.does == "no scope" else METHODS


def test_each_call_that_the_stand_in_answers_has_its_page() -> None:
    """And no page is of a call that it does not answer."""
    assert set(calls("slack")) == {*METHODS, WEBHOOK, RESPONSE_URL, INTERACTIONS, EVERY, BLOCKS, VIEW_BLOCKS}


def test_every_cause_and_every_check_is_of_a_row() -> None:
    """None is left over when a row goes."""
    assert {row.does for row in rows("slack")} == {*CAUSES, *CHECKS, ON_DEMAND, MEASURED, MEASURED_VIEW}


@pytest.mark.parametrize("method", METHODS)
def test_every_code_of_a_method_s_page_has_a_meaning_and_no_other_is_listed(method: str) -> None:
    """What Slack documents is neither forgotten nor invented by the product."""
    pages = calls("slack")
    assert set(PAGES[method].codes) == pages[method].names("error") | pages[EVERY].names("error")


def test_every_code_of_an_incoming_webhook_has_a_meaning() -> None:
    """Its page is not that of a method."""
    assert set(WEBHOOK_PAGE.codes) == calls("slack")[WEBHOOK].names("error")
