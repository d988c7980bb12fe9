"""A stage is provisioned: secrets, then the stack, then config.json. Each part is safe to do again.

The secrets come first: they need a person, who may leave when the stack begins, and a grant code that works once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chalicelib.aws.queues import Message, Queue
from chalicelib.aws.secrets import ZohoTokenSecret
from chalicelib.aws.stage_lists import item_fields, remarks
from chalicelib.errors import Retryable
from chalicelib.events import TokenRequest
from chalicelib.routing import read_route
from chalicelib.settings import PREFIX
from chalicelib.wiring.clients import new_id, utc_now
from chalicelib.zoho.tokens import AccessToken
from ops import secret_store
from ops.alarms import Subscribers, subscribers
from ops.cli import confirm_by_typing
from ops.config import REGION_KEY, section
from ops.config_checks import CONCURRENCY, require_readable
from ops.provision import acting, concurrency, dashboard, destroy
from ops.provision import credentials as known
from ops.provision.credentials import Secrets
from ops.provision.grant_code import GrantCodes
from ops.provision.prompts import Asker, Filling
from ops.provision.settings import (
    Options,
    accounts_url,
    channels,
    console_url,
    decided,
    lists_from_file,
    pages_of,
    slack_api_url,
)
from ops.provision.slack_trial import SlackTrial
from ops.stack import StackState
from ops.stage import Stage
from ops.zoho import pages_complaint, stored_api_domain

MATCHES_DEAD_LETTERS, ON, OFF = "MatchesDeadLetters", "on", "off"
TEMPLATE = Path(__file__).parents[2] / "infra" / "resources.yaml"


@dataclass(frozen=True, slots=True)
class ProvisionRequest:
    """What an operator asked for."""

    options: Options
    alarm_email: str | None = None
    matches_dead_letters: str | None = None
    secrets_file: Path | None = None
    replace: tuple[str, ...] = ()
    lists_file: Path | None = None
    is_sure: bool = False
    """Asks for no stage name before a live webhook key or dead letters go."""


@dataclass(frozen=True, slots=True)
class ProvisionResult:
    """What there is afterwards; an unseen key is one that no run which came to its end has shown.

    It may be one that an earlier stage or a run that was cut off has left behind.
    """

    outputs: Mapping[str, str]
    secrets: Mapping[str, secret_store.Fate]
    warnings: tuple[str, ...]
    subscribers: Subscribers
    current_key: str = field(repr=False)
    key_is_unseen: bool
    key_is_new: bool
    key_takes_over: bool
    """Another key was the current one before, and Zoho still sends that."""


def make(stage: Stage, request: ProvisionRequest, *, asker: Asker) -> ProvisionResult:
    """Bring the stage into being, or up to date."""
    handed_over = known.from_file(request.secrets_file) if request.secrets_file else known.EMPTY
    lists = lists_from_file(request.lists_file) if request.lists_file else None
    settings = _settings(stage, request.options, asker)
    if acting.is_on(settings):
        lists = acting.with_converters(stage, lists, asker=asker)
    trial = SlackTrial(slack_api_url(settings), channels(settings), stage.name, stage.console)
    trial.try_new(handed_over.slack)
    # The region first: a run that is cut off has left things there, and the next one must look for them there.
    stage.project.write_stage(stage.name, stage.project.stage(stage.name) | {REGION_KEY: stage.account.region})
    secrets = _secrets(stage, request, handed_over, settings, trial, asker)
    settings |= _workspace(stage, settings, secrets, trial, lists)
    stage.console.step("Account")
    warnings = _warnings(stage, settings, zoho_is_new=secrets.zoho_is_new)
    warnings += _route_warnings(stage, lists, trial, secrets.slack)
    stage.console.step(f"Stack {stage.stack.name}")
    stack, earlier_email = _stack(stage, request)
    dashboard.put(stage, has_matches_dead_letters=stack.parameters.get(MATCHES_DEAD_LETTERS) == ON)
    _write_lists(stage, lists)
    if secrets.zoho_is_new:
        _request_token(stage, stack.outputs["TokensQueueUrl"])
    # A run that was cut off may have stored a key and shown it to nobody; only one that ends writes config.json.
    unseen = not handed_over.webhook_keys and not (secrets.keys_before and stage.project.is_provisioned(stage.name))
    old = stage.project.stage(stage.name)
    written = section(old, stage=stage.name, region=stage.account.region, outputs=stack.outputs, settings=settings)
    stage.project.write_stage(stage.name, written)
    return ProvisionResult(
        stack.outputs,
        secrets.fates,
        tuple(warnings),
        _subscribers(stage, stack, earlier_email),
        secrets.keys[0],
        unseen,
        key_is_new=secrets.keys[0] not in secrets.keys_before,
        key_takes_over=secrets.keys_before[:1] not in ((), secrets.keys[:1]),
    )


@dataclass(frozen=True, slots=True)
class _Secrets:
    """What was done for the secrets, and the webhook's keys: those that were live before, and those that are now."""

    fates: Mapping[str, secret_store.Fate]
    keys_before: tuple[str, ...] = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    zoho_is_new: bool
    slack: Mapping[str, str] = field(repr=False)


def _secrets(
    stage: Stage,
    request: ProvisionRequest,
    handed_over: Secrets,
    settings: Mapping[str, str],
    trial: SlackTrial,
    asker: Asker,
) -> _Secrets:
    """Let all secrets be there, and fill those that people write; raise `OpsError` when links would lead into another org."""
    stage.console.step("Secrets")
    fates = ensure_secrets(stage)
    before = known.stored(stage.credentials.read(), stage.zoho_client.read())
    begun = known.laid_over(_without(before, request.replace), handed_over)
    _spare_live_keys(stage, before, begun, is_sure=request.is_sure)
    pages, tokens = pages_of(settings), list[AccessToken]()
    codes = GrantCodes(accounts_url(settings), heard=tokens.append)
    filling = Filling(
        asker,
        codes,
        stage.console,
        trial.try_new,
        console_url(settings),
        before.zoho,
        acting.scopes_to_paste(settings),
    )
    after = _fill(stage, filling, begun, before, tokens)
    if tokens or after.zoho == before.zoho:
        pages.heard(stored_api_domain(stage.zoho_token.read()))
    if complaint := pages_complaint(pages, stage.name):
        raise complaint
    if not handed_over.slack and after.slack == before.slack and _names_a_channel(request.options):
        trial.try_stored(after.slack)
    is_new = after.zoho != before.zoho
    return _Secrets(fates, before.webhook_keys, after.webhook_keys, zoho_is_new=is_new, slack=after.slack)


def _workspace(
    stage: Stage, settings: Mapping[str, str], secrets: _Secrets, trial: SlackTrial, lists: Mapping[str, Any] | None
) -> dict[str, str]:
    """Return the setting of the workspace whose people may act: Slack's word, or an empty text while nobody may."""
    if not acting.is_on(settings):
        return {acting.TEAM: ""}
    kept = settings.get(acting.TEAM, "")
    return {acting.TEAM: trial.workspace(secrets.slack, kept=kept, slack_ids=acting.slack_ids(stage, lists))}


def _names_a_channel(options: Options) -> bool:
    return any(options.get(name) for name in ("SLACK_CHANNEL", "OPERATOR_CHANNEL"))


def _settings(stage: Stage, options: Options, asker: Asker) -> dict[str, str]:
    """Decide the settings, once nothing that stays of config.json is wrong."""
    given = {PREFIX + name for name, value in options.items() if value is not None}
    written = stage.project.written_environment(stage.name)
    require_readable(stage.name, {name: value for name, value in written.items() if name not in given})
    return decided(options, stage.project.environment(stage.name), asker=asker)


def ensure_secrets(stage: Stage) -> dict[str, secret_store.Fate]:
    """Let all secrets be there; return what was done for that by name."""
    fates = {store.name: store.ensure(description=text, tags=stage.tags) for store, text in stage.secrets.items()}
    for name, fate in fates.items():
        stage.console.good(f"{fate} {name}")
    return fates


def _without(secrets: Secrets, parts: tuple[str, ...]) -> Secrets:
    """Forget the parts that are to be given anew."""
    return replace(
        secrets,
        zoho={} if "zoho" in parts else secrets.zoho,
        slack={} if "slack" in parts else secrets.slack,
    )


def _spare_live_keys(stage: Stage, before: Secrets, begun: Secrets, *, is_sure: bool) -> None:
    """Let no secrets file take a live key out unless somebody means it: whoever sends that key is refused then."""
    if set(before.webhook_keys) <= set(begun.webhook_keys):
        return
    stage.console.warn(
        "The secrets file does not contain a live webhook key: within a minute, calls with that key are refused."
    )
    if not is_sure:
        confirm_by_typing(stage.name, on="remove it", undone="the webhook keys stay")


def _fill(stage: Stage, filling: Filling, begun: Secrets, before: Secrets, tokens: list[AccessToken]) -> Secrets:
    """Fill the secrets; each is written as soon as something in it has changed, and only then.

    `tokens` has the access token that came with a grant code: no worker has to wait for one.
    """
    latest = before

    def store(secrets: Secrets, *, is_new_key: bool = False) -> None:
        nonlocal latest
        if secrets == latest:
            return
        if secrets.zoho != latest.zoho:
            stage.zoho_client.write(known.zoho_client_text(secrets))
            if tokens:
                stage.zoho_token.write(json.dumps(tokens[-1].fields()))
        if replace(secrets, zoho=latest.zoho) != latest:
            stage.credentials.write(known.credentials_text(secrets))
        stage.console.good("a webhook key was created and stored" if is_new_key else "your values are stored")
        latest = secrets

    after = filling.fill(begun, store)
    store(after)
    return after


def _request_token(stage: Stage, queue: str) -> None:
    """Let `refresh` try the new values now, whatever Zoho said of the earlier ones; without it, the next lead does.

    Under an id of its own: a lead may have requested a token in this minute, and SQS would drop a second request though the first
    one was about the earlier values.
    """
    clients = stage.account.session
    try:
        _, version = ZohoTokenSecret(clients.client("secretsmanager"), stage.zoho_token.name).read()
        message = Message.of_token_request(TokenRequest(version, "expired"), now=utc_now())
        Queue(clients.client("sqs"), queue).send(replace(message, deduplication_id=new_id()))
    except Retryable:
        stage.console.warn("An access token could not be requested with the new values; the next lead does that.")
    else:
        stage.console.good("an access token is requested with the new values")


def _warnings(stage: Stage, settings: Mapping[str, str], *, zoho_is_new: bool) -> list[str]:
    found = concurrency.warnings(
        stage.account.session.client("lambda"),
        zoho_concurrency=int(settings[CONCURRENCY]),
        region=stage.account.region,
    )
    if not found:
        stage.console.good("enough functions may run at once")
    acted = acting.is_on(stage.project.environment(stage.name))
    if acting.is_on(settings) and not acted and not zoho_is_new:
        found.append(acting.authorisation_warning(stage.name))
    for warning in found:
        stage.console.warn(warning)
    return found


def _route_warnings(
    stage: Stage, lists: Mapping[str, Any] | None, trial: SlackTrial, slack: Mapping[str, str]
) -> list[str]:
    """Say which of the rules to write can never decide, and which channels are closed: they are written all the same."""
    if not (lists and lists.get("routes")):
        return []
    stage.console.step("Routes")
    found = list(remarks(lists))
    for remark in found:
        stage.console.warn(remark)
    return found + trial.try_routes(slack, [read_route(rule) for rule in lists["routes"]])


def _stack(stage: Stage, request: ProvisionRequest) -> tuple[StackState, str]:
    """Make or change the stack; return it with the address for alarms that it had before."""
    found = stage.stack.settled()
    kept = found.parameters if found else {}
    earlier_email = kept.get("AlarmEmail", "")
    parameters = {
        "Stage": stage.name,
        "AlarmEmail": earlier_email if request.alarm_email is None else request.alarm_email,
        "Ledger": _ledger(stage, found),
        MATCHES_DEAD_LETTERS: request.matches_dead_letters or kept.get(MATCHES_DEAD_LETTERS, OFF),
    }
    if parameters[MATCHES_DEAD_LETTERS] == OFF != kept.get(MATCHES_DEAD_LETTERS, OFF):
        _spare_dead_letters(stage, is_sure=request.is_sure)
    stack = stage.stack.deploy(found, template=template_text(), parameters=parameters, tags=stage.tags)
    return stack, earlier_email


def template_text() -> str:
    """Return the template without its comments, which would count against CloudFormation's limit of its size."""
    lines = TEMPLATE.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith("#"))


def _write_lists(stage: Stage, lists: Mapping[str, Any] | None) -> None:
    if lists is None:
        return
    stage.console.step("Lists")
    stage.ledger.write_lists(lists)
    kept = item_fields(lists)
    sizes = {name: len(kept[name]) for name in ("placeholders", "routes")} | {
        f"converters, {name}": len(entries) for name, entries in kept["converters"].items()
    }
    counts = ", ".join(f"{name} ({size})" for name, size in sizes.items() if size) or "all are empty"
    stage.console.good(f"written: {counts}; these lists count from now on")


def _spare_dead_letters(stage: Stage, *, is_sure: bool) -> None:
    """Let no queue of dead letters go with what is in it unless somebody means it."""
    count = destroy.queued_messages(stage.account.session.client("sqs"), stage.name, destroy.MATCHES_DEAD)
    if not count:
        return
    stage.console.warn(
        f"The dead letters of the matches hold {count} message{'s'[: count > 1]}. Without the queue they are lost; "
        "docs/operate.md says how to put them back first."
    )
    if not is_sure:
        confirm_by_typing(stage.name, on="delete them", undone="the dead letters stay")


def _subscribers(stage: Stage, stack: StackState, earlier_email: str) -> Subscribers:
    """Ask who gets the alarms. AWS has sent its mail only when this run has subscribed another address."""
    address = stack.parameters.get("AlarmEmail", "")
    found = subscribers(stage.account.session.client("sns"), stack.outputs["AlarmTopicArn"])
    if found is None or address != earlier_email:
        return (found or Subscribers((), ())).expecting(address)
    return found.missing(address)


def _ledger(stage: Stage, found: StackState | None) -> str:
    """Say whether the stack makes the ledger: not when it outlived an earlier stack, which CloudFormation cannot adopt."""
    if found and found.parameters.get("Ledger", "create") == "create":
        return "create"
    return "existing" if stage.ledger.exists() else "create"
