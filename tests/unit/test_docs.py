"""What the pages for operators and readers say is true: commands, quoted messages, reasons, the reader's example, links."""

from __future__ import annotations

import ast
import json
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from chalicelib.aws.queues import Message
from chalicelib.slack.error_codes import METHODS, WEBHOOK, Meaning
from chalicelib.steps.check import CAUSES
from chalicelib.steps.receive import receive
from chalicelib.zoho.errors import REFUSALS
from ops.__main__ import main
from ops.functions import ACTIONS_PATH
from ops.provision.options import MAKING
from ops.provision.webhook_keys import deluge_key, new_key
from ops.slack import ACTION_SCOPES, GROUP_SCOPE
from ops.zoho import ACTION_SCOPES as ZOHO_ACTION_SCOPES
from ops.zoho import SCOPES_TO_ACT
from tests import deluge

PAGES = sorted([Path("README.md"), Path("CONTRIBUTING.md"), *Path("docs").glob("*.md")])
REASONS_OF_CHECK = [
    Path("chalicelib/data_centers.py"),
    *Path("chalicelib/zoho").glob("*.py"),
    *Path("chalicelib/verdict").glob("*.py"),
    Path("chalicelib/steps/check.py"),
    Path("chalicelib/steps/zoho_gate.py"),
    Path("chalicelib/wiring/check.py"),
]
"""Where the words that may stand in a verdict's `reason` come from; the sweep's one is named below."""
NEVER_IN_A_VERDICT = {
    "superseded",
    "no_webhook_keys",
    "no_signing_secret",
    "unknown_data_center",
    "unknown_pages_url",
}
"""The keys are for routes: check has no use for either. The last two are said when the settings are read, before any lead."""
BY_THE_SWEEP = {"check_broke_off"}
MATCHES = {"exact_match", "strong_match", "weak_match"}


def section(page: str, heading: str) -> str:
    """Return the text below a heading, up to the next one of its level."""
    level = heading.partition(" ")[0]
    return Path(page).read_text().partition(f"\n{heading}\n")[2].partition(f"\n{level} ")[0]


def first_cells(text: str) -> Iterator[list[str]]:
    """Yield what stands in code marks in the first cell of each row of a table."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield re.findall(r"`([^`]+)`", line.split(" | ")[0])


def strings(tree: ast.AST) -> Iterator[str]:
    """Yield every text of a module, the parts of an f-string one by one."""
    yield from (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def defaults(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield each keyword-only parameter with what it is unless given."""
    yield from (
        (name.arg, default) for name, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    )


def reasons_in(path: Path) -> Iterator[str]:
    """Yield the words that a module's calls give as the reason, and those of its constants that stand for one."""
    tree = ast.parse(path.read_text())
    names = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            given = [default for name, default in defaults(node) if name == "reason"]
        elif isinstance(node, ast.Call):
            given = [word.value for word in node.keywords if word.arg == "reason"]
        else:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "unchecked":
            given += node.args[:1]
        for value in given:
            word = names.get(value.id) if isinstance(value, ast.Name) else getattr(value, "value", None)
            if isinstance(word, str):
                yield word
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "_reason"):
        yield from (word for word in strings(node) if word.endswith(("_matches", "_only", "_differs", "no_match")))


def test_every_reason_of_a_verdict_is_listed_and_nothing_else() -> None:
    """Readers branch on these words."""
    found = {word for path in REASONS_OF_CHECK for word in reasons_in(path)}
    found |= (
        {reason for reason, _ in REFUSALS.values()} | {"already_converted", "lead_not_found"} | MATCHES | BY_THE_SWEEP
    )
    listed = {word for cell in first_cells(section("docs/matches.md", "## Why: the reasons")) for word in cell}
    listed = {word for word in listed if not word.endswith("…")}
    assert listed == found - NEVER_IN_A_VERDICT


WHAT_LEADMATCH_DOES = {
    Meaning.THROTTLED: ("too many calls", "waits as long as Slack asks for"),
    Meaning.WAIT: ("not now", "waits, as in an outage; nothing goes to the dead letters"),
    Meaning.TOKEN: (
        "the token or the webhook",
        "all messages wait until a person has mended it; nothing goes to the dead letters",
    ),
    Meaning.SCOPE: ("what the token may do", "the same"),
    Meaning.CHANNEL_CLOSED: (
        "this channel is closed",
        "the operator's channel takes the message; with a webhook it waits",
    ),
    Meaning.UNCLEAR: ("no clear answer", "reads the channel back before it posts again"),
    Meaning.FAILED: ("Slack failed", "the same, and after two attempts sends the short form"),
    Meaning.CONTENT: ("the content", "a fallback message, then the dead letters"),
    Meaning.MESSAGE_GONE: ("the message is gone", "posts a new one"),
    Meaning.EDIT_REFUSED: (
        "the message cannot be edited",
        "posts a new one when the verdict has changed, and does not try to edit it again",
    ),
    Meaning.THREAD_GONE: ("no thread, or no replies in it", "posts a new message instead of a reply"),
    Meaning.TRIGGER_EXPIRED: ("the click is too old for a form", "asks the person to click again"),
    Meaning.TRIGGER_USED: ("a form was opened for this click already", "does nothing more"),
    Meaning.VIEW_GONE: ("the form was closed", "tells the person in the channel, where nobody else sees it"),
    Meaning.VIEW_CHANGED: ("the form was changed meanwhile", "leaves it as it is"),
    Meaning.PERSON_ABSENT: ("the person has left the channel", "tells them nothing"),
    Meaning.PERSON_UNKNOWN: ("nobody in Slack has the address", "mentions nobody"),
    Meaning.REFUSED: ("a fault of ours in the call", "the dead letters"),
}


def codes_of_slack() -> dict[str, dict[Meaning, list[str]]]:
    """Return each code with what it means, and the methods that mean it."""
    found: dict[str, dict[Meaning, list[str]]] = {}
    for name, page in (*METHODS.items(), ("incoming webhook", WEBHOOK)):
        for code, meaning in page.codes.items():
            found.setdefault(code, {}).setdefault(meaning, []).append(name)
    return found


def row_of(meaning: Meaning) -> str:
    """Return the page's row of a meaning."""
    cells = []
    for code, meanings in sorted(codes_of_slack().items()):
        if meaning in meanings:
            cells.append(f"`{code}`" + (f" ({', '.join(meanings[meaning])})" if len(meanings) > 1 else ""))
    return f"| {' | '.join(WHAT_LEADMATCH_DOES[meaning])} | {', '.join(cells)} |"


def test_the_table_of_slack_s_error_codes_is_that_of_the_code() -> None:
    """An operator who meets a code in the log finds it there, with what leadmatch does about it."""
    head = ["| it is about | leadmatch | codes |", "|---|---|---|"]
    table = "\n".join([*head, *map(row_of, Meaning)])
    assert table in section("docs/slack.md", "## Every error code, and what leadmatch does"), table


def test_the_manifest_s_scopes_are_those_of_the_page() -> None:
    """Whoever gives them knows what for."""
    manifest = json.loads(Path("docs/slack-manifest.json").read_text())
    listed = {word for cell in first_cells(section("docs/slack.md", "## The app, from a manifest")) for word in cell}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == listed
    assert manifest["settings"]["token_rotation_enabled"] is False


def test_the_manifest_for_converting_asks_for_what_acting_needs_and_takes_clicks() -> None:
    """Else it is the other manifest: nobody who switches acting on loses a scope."""
    plain, acting = (
        json.loads(Path(f"docs/slack-manifest{end}.json").read_text(encoding="utf-8")) for end in ("", "-actions")
    )
    listed = [word for cell in first_cells(section("docs/slack.md", "## Converting from Slack")) for word in cell]
    assert listed == [*ACTION_SCOPES, GROUP_SCOPE]
    scopes = acting["oauth_config"]["scopes"].pop("bot")
    asked = plain["oauth_config"]["scopes"].pop("bot")
    assert scopes == [*asked, *(scope for scope in listed if scope not in asked)]
    interactivity = acting["settings"].pop("interactivity")
    assert interactivity["is_enabled"] is True
    assert interactivity["request_url"].endswith(f"/{ACTIONS_PATH}")
    assert acting == plain


def test_the_page_on_zoho_names_the_scopes_that_provision_asks_for() -> None:
    """To be pasted in one piece, and each with its reason, by the code's own list."""
    text = section("docs/zoho.md", "### Scopes for converting from Slack")
    assert f"```\n{SCOPES_TO_ACT}\n```" in text
    assert [word for cell in first_cells(text) for word in cell] == list(ZOHO_ACTION_SCOPES)


def test_the_causes_that_sales_people_read_are_among_the_reasons() -> None:
    """A cause without a reason could never be said; a setting that the edge refuses is told by no verdict."""
    listed = {word for cell in first_cells(section("docs/matches.md", "## Why: the reasons")) for word in cell}
    families = tuple(word.removesuffix("…") for word in listed if word.endswith("…"))
    assert {cause for cause in CAUSES if not cause.startswith(families)} - {"unknown_data_center"} <= listed


def test_every_option_that_makes_a_stage_stands_in_the_table_of_the_deploy_page() -> None:
    """But for those of the secrets, which the pages tell of where they are needed."""
    listed = [
        word
        for cell in first_cells(section("docs/deploy.md", "## Provision").partition("\n\nIt makes")[0])
        for word in cell
    ]
    made = {"region", *MAKING} - {"secrets_file", "replace"}
    assert sorted(listed) == sorted("--" + name.replace("_", "-") for name in made)


def test_quoted_messages_are_those_of_the_commands() -> None:
    """An operator searches the page for what the terminal says."""
    said = {text for path in Path("ops").rglob("*.py") for text in strings(ast.parse(path.read_text()))}
    said |= set(strings_of_config())
    quotes = [quote for cell in first_cells(section("docs/deploy.md", "## When a command stops")) for quote in cell]
    assert len(quotes) > 8
    for quote in quotes:
        for part in re.split(r"\bleadmatch-dev\b|\bdev\b|\bdeploy\b", quote):
            assert any(part.strip() in text for text in said), quote


def strings_of_config() -> Iterator[str]:
    """Yield the texts of config.json, one of which Chalice shows for a stage that was not provisioned."""
    yield from (
        value for value in json.loads(Path(".chalice/config.json").read_text()).values() if isinstance(value, str)
    )


def commands() -> Iterator[tuple[str, str]]:
    """Yield each `python -m ops …` of the pages with its page, lines that go on put together."""
    for page in PAGES:
        text = re.sub(r"\\\n\s*", "", page.read_text())
        for found in re.findall(r"python -m ops ([a-z][^`\n]*)", text):
            yield page.name, re.split(r"  #| && |\. |, | \|", found)[0]


def loaded(name: str) -> click.Command:
    """Return a command of `python -m ops`."""
    found = main.get_command(click.Context(main), name)
    assert found, name
    return found


@pytest.mark.parametrize(("page", "command"), sorted(set(commands())))
def test_a_documented_command_and_its_options_exist(page: str, command: str) -> None:  # noqa: ARG001 - names the test
    """What is pasted must run."""
    name, *words = shlex.split(command.replace("…", "x"), comments=True)
    known = {option for parameter in loaded(name).params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    """A page that was renamed takes its links along."""
    links = re.findall(r"\]\(([^)#]+)", page.read_text())
    gone = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not gone


TYPED = re.compile(r"\$\{!?Leads")
"""A merge field as it looks in Zoho's form: sent as it stands when somebody types it."""


@pytest.mark.parametrize("path", [*PAGES, *Path("chalicelib").rglob("*.py"), *Path("ops").rglob("*.py")], ids=str)
def test_nobody_is_told_to_type_a_merge_field(path: Path) -> None:
    """What is typed is refused in turn: pages and messages say to pick it from the list."""
    assert not TYPED.search(path.read_text())


SECRET = re.compile(
    r"(X-Leadmatch-Key|Bearer|Zoho-oauthtoken)\b['\"]?+\s*+[:=]?+\s*+(?!%s)[^\s%\"'{]|"
    r"(token|secret|password|code|key)=(?!%s)[^\s%\"']|whsec_|xox[abeps]-|1000\.|AKIA|hooks\.slack\.com/\S|"
    r"(?-i:[A-Z_]*(SECRET|TOKEN|PASSWORD|KEY|KEY_ID)[A-Z_]*=)",
    re.IGNORECASE,
)
"""What stands before a secret, or is the beginning of one; `%s` is where `printf`, which is no process, puts it."""
COMMAND = re.compile(r"^\s*(\$ |\()?(curl|wget|http|export|aws|python|printf|echo|cat|read|nano|umask|ssh|set)\b")


def command_lines(text: str) -> Iterator[str]:
    """Yield what a reader may paste into a shell: lines of fenced blocks, here-documents whole, and commands in code marks."""
    for language, block in re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL):
        if language in ("", "sh", "bash", "console"):
            yield from re.sub(r"\\\n\s*", "", block).splitlines()
    yield from (code for code in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text) if COMMAND.match(code))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_secret_stands_on_a_command_line_of_a_page(page: Path) -> None:
    """The list of processes and the shell's history would show it: it is pasted into `read`, or into a file by an editor."""
    assert not [line for line in command_lines(page.read_text()) if SECRET.search(line)]


@pytest.mark.parametrize("path", [*Path("ops").rglob("*.py"), *Path("sandbox").rglob("*.py")], ids=str)
def test_no_secret_stands_on_a_command_line_that_a_command_prints(path: Path) -> None:
    """As on the pages."""
    texts = (line for text in strings(ast.parse(path.read_text())) for line in text.splitlines())
    assert not [line for line in texts if COMMAND.match(line) and SECRET.search(line)]


@pytest.mark.parametrize(
    "line",
    [
        "curl -X POST https://x.example/api/zoho/leads -H 'X-Leadmatch-Key: whsec_…'",
        'curl -H "Authorization: Bearer <the token>" https://slack.com/api/chat.delete',
        'curl -X POST "https://accounts.zoho.eu/oauth/v2/token/revoke?token=<refresh token>"',
        "export AWS_SECRET_ACCESS_KEY=…",
        "aws secretsmanager put-secret-value --secret-string 'xoxb-…'",
        "curl https://x.example/zoho/leads?key=abc",
        '{"slack": {"bot_token": "xoxb-…"}}',
    ],
)
def test_a_secret_on_a_command_line_would_be_seen(line: str) -> None:
    """These, the pages once had, or might get."""
    assert [one for one in command_lines(f"```\n{line}\n```") if SECRET.search(one)]


NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


class Inbox:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send_all(self, messages: Sequence[Message]) -> None:
        """Keep them."""
        self.messages += messages


def test_the_deluge_function_of_the_page_signs_as_the_webhook_wants_it() -> None:
    """Run as Zoho would run it, with a key of ours as text."""
    (code,) = re.findall(
        r"```\n(.*?)```", section("docs/zoho.md", "### A signed call from a Deluge function"), re.DOTALL
    )
    key, lead_id, inbox = new_key(), "7110000000000204017", Inbox()
    sent = deluge.run(
        code,
        {"lead_id": lead_id},
        variables={"leadmatch_key": deluge_key(key)},
        milliseconds=int(NOW.timestamp()) * 1000 + 999,
    )
    reply = receive(
        {"httpMethod": sent.type, "headers": dict(sent.headers), "body": sent.parameters},
        keys=lambda: [key],
        inbox=inbox,
        now=lambda: NOW,
        new_event_id=lambda: "unsigned",
    )
    assert sent.url.endswith("/zoho/leads")
    assert (reply.status, [message.group for message in inbox.messages]) == (202, [lead_id])
    assert reply.about["leads"][0]["event_id"] != "unsigned"


class Reader:
    """A queue that gives out what it has once, and then ends the reader; it stands in for boto3."""

    def __init__(self, bodies: list[str]) -> None:
        self.waiting = [{"Body": body, "ReceiptHandle": str(number)} for number, body in enumerate(bodies)]
        self.deleted: list[str] = []

    def client(self, _: str) -> Reader:
        """Be the client."""
        return self

    def get_queue_url(self, **_: str) -> dict[str, str]:
        """Return some URL."""
        return {"QueueUrl": "https://queue.example"}

    def receive_message(self, **_: object) -> dict[str, Any]:
        """Return the next message, or stop the endless loop."""
        if not self.waiting:
            raise SystemExit
        return {"Messages": [self.waiting.pop(0)]}

    def delete_message(self, **given: str) -> None:
        """Note what was deleted."""
        self.deleted.append(given["ReceiptHandle"])


def test_the_reader_of_the_example_keeps_what_it_could_not_handle(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that failed is neither remembered nor deleted, a repeated one is handled once, a strange one hurts nobody.

    An operator's test of the stage is left out.
    """

    def event(event_id: str, lead_id: str = "1", kind: str = "v1", trigger: str = "webhook") -> str:
        about = {"id": event_id, "subject": lead_id, "trigger": trigger}
        return json.dumps({"type": f"leadmatch.lead.checked.{kind}", "data": {}, **about})

    others = (event("c", kind="v2"), event("t", trigger="check"))
    queue = Reader([event("a"), event("b", "bad"), "no JSON", event("a"), *others, event("d")])
    remembered, handled = list[str](), list[str]()

    def handle(event: dict[str, str]) -> None:
        if event["subject"] == "bad":
            raise ValueError(event)
        handled.append(event["subject"])

    (code,) = re.findall(r"```python\n(.*?)```", section("docs/matches.md", "## A reader"), re.DOTALL)
    monkeypatch.setitem(sys.modules, "boto3", SimpleNamespace(client=queue.client))
    with pytest.raises(SystemExit):
        exec(code, {"seen": remembered.__contains__, "remember": remembered.append, "handle": handle})  # noqa: S102
    assert remembered == ["a", "d"]
    assert handled == ["1", "1"]
    assert queue.deleted == ["0", "3", "4", "5", "6"]
