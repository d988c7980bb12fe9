"""How each error is mended, found by its reason: a table per vendor, and a way out for what no table knows.

The reason of a call that AWS refuses is the service and AWS's code; Slack's and Zoho's are in `chalicelib`. `{stage}` stands for the
stage's name.
"""

from __future__ import annotations

from chalicelib.errors import LeadmatchError
from ops.errors import GUIDE
from ops.findings import Finding
from ops.zoho import SCOPES_TO_ACT, SCOPES_TO_PASTE

NEVER_AGAIN = (
    "A click is never tried again by itself, since a conversion cannot be undone. Look at the lead in Zoho; if it is not "
    "converted, click Convert again in Slack."
)
AWS_PARTS = {"secretsmanager": "secrets", "dynamodb": "ledger", "sqs": "queue"}
MAKE_AGAIN = "Create, restore and fill it with:\npython -m ops provision --stage {stage}"
AWS_GONE = ("resource_not_found_exception", "invalid_request_exception", "queue_does_not_exist", "non_existent_queue")
AWS_DENIED = ("access_denied_exception", "access_denied")

RENEW_SLACK = "python -m ops provision --stage {stage} --replace slack"
REINSTALL = (
    "On https://api.slack.com/apps, choose leadmatch, Install App, Reinstall to Workspace; enter the new bot token with:\n"
    f"{RENEW_SLACK}"
)
OTHER_CHANNEL = (
    "In Slack, click the channel's name, About, and copy the id at the very bottom. Then (--operator-channel for the "
    "channel of operator alerts):\n"
    "python -m ops provision --stage {stage} --slack-channel C…\n"
    "python -m ops deploy --stage {stage}"
)
PASTE_AGAIN = f"Copy the bot token again (OAuth & Permissions) and paste it:\n{RENEW_SLACK}\nIf Slack still does not know it: {REINSTALL}"
INVITE = "In Slack, in that channel, type:\n/invite @leadmatch"
POSTING = "Ask the workspace's administrator to let the app post there (Channel, Settings, Posting permissions)."
SLACK_NETWORK = (
    "Look at https://slack-status.com and at this machine's network (a proxy is not used). Then run this again."
)
ROTATION = (
    "Token rotation is on for this app: its tokens last twelve hours, and leadmatch does not renew them. Slack never "
    "switches it off again, and Reinstall to Workspace gives another token of twelve hours. Make a new app from "
    f"docs/slack-manifest.json, which leaves it off, and enter its bot token and signing secret with:\n{RENEW_SLACK}\n"
    "Then invite the new app to both channels."
)
NEW_WEBHOOK = f"Make a new incoming webhook (docs/slack.md), then run:\n{RENEW_SLACK}"
OTHER_WEBHOOK = f"Or make an incoming webhook for another channel (docs/slack.md), then run:\n{RENEW_SLACK}"
MOVING = "The workspace is being moved into an organisation. Messages wait meanwhile. Run this again when the move is complete."
ADMINISTRATOR = (
    "Ask the workspace's administrator. Messages wait meanwhile, and are sent when posting is allowed again."
)
SLACK_WORDS = {
    "slack_not_in_channel": "The bot is not in the channel.",
    "slack_channel_not_found": "Slack knows no such channel, or it is private and the bot is not in it.",
    "slack_no_permission": "The bot may not write into the channel, most likely because it is not in it.",
    "slack_team_not_found": "The bot token is not for the workspace of the channel.",
    "slack_is_archived": "The channel is archived.",
    "slack_is_inactive": "The channel is archived, frozen or deleted.",
    "slack_invalid_auth": "Slack does not know the bot token.",
    "slack_not_authed": "Slack does not know the bot token.",
    "slack_token_revoked": "The bot token was revoked.",
    "slack_token_expired": "The bot token has expired; this happens only to an app with token rotation.",
    "slack_account_inactive": "The bot was removed from the workspace.",
    "slack_restricted_action": "The workspace does not allow this bot to post in the channel.",
    "slack_missing_scope": "A scope is missing.",
    "slack_ekm_access_denied": "The organisation's administrators have suspended posting.",
    "slack_accesslimited": "Slack accepts no calls from this network.",
    "slack_action_prohibited": "An administrator has restricted what incoming webhooks may post.",
    "slack_posting_to_general_channel_denied": "The incoming webhook is for #general, and the person who created it may not post there.",
    "slack_channel_is_archived": "The incoming webhook's channel is archived.",
    "slack_user_not_found": "The incoming webhook is for a person who does not exist in Slack.",
    "slack_invalid_token": "The incoming webhook's address is wrong, or was revoked: make a new one.",
    "slack_no_active_hooks": "Incoming webhooks are switched off in the app.",
    "slack_no_service": "The incoming webhook was switched off or removed: make a new one.",
    "slack_no_service_id": "The incoming webhook's address is incomplete.",
    "slack_no_team": "The incoming webhook's workspace does not exist.",
    "slack_team_disabled": "The incoming webhook's workspace is switched off.",
    "slack_webhook_gone": "The incoming webhook is gone: make a new one.",
}
SLACK_REMEDIES = {
    "slack_not_connected": f"Make the Slack app (docs/slack.md), then run:\n{RENEW_SLACK}",
    "channel_is_no_id": OTHER_CHANNEL,
    "slack_not_in_channel": INVITE,
    "slack_no_permission": INVITE,
    "slack_team_not_found": f"{INVITE}\nIf the channel is in another workspace: {OTHER_CHANNEL}",
    "slack_channel_not_found": f"{INVITE}\nIf the bot is in it, the id is wrong. {OTHER_CHANNEL}",
    "slack_is_archived": f"Unarchive it, or choose another. {OTHER_CHANNEL}",
    "slack_is_inactive": f"Unarchive it, or choose another. {OTHER_CHANNEL}",
    "slack_invalid_auth": PASTE_AGAIN,
    "slack_not_authed": PASTE_AGAIN,
    "slack_token_revoked": REINSTALL,
    "slack_token_expired": ROTATION,
    "slack_account_inactive": REINSTALL,
    "slack_restricted_action": POSTING,
    "slack_restricted_action_read_only_channel": POSTING,
    "slack_restricted_action_thread_only_channel": POSTING,
    "slack_channel_is_limited_access": f"It belongs to a Salesforce record that the app may not see. {OTHER_CHANNEL}",
    "slack_channel_type_not_supported": f"Give a channel, not a conversation. {OTHER_CHANNEL}",
    "slack_method_not_supported_for_channel_type": f"Give a channel, not a conversation. {OTHER_CHANNEL}",
    "slack_messages_tab_disabled": f"Give a channel, not the app itself. {OTHER_CHANNEL}",
    "slack_missing_scope": REINSTALL,
    "slack_access_denied": REINSTALL,
    "slack_app_access_restricted": ADMINISTRATOR,
    "slack_metadata_must_be_sent_from_app": f"Enter the Bot User OAuth Token (xoxb-…), no other:\n{RENEW_SLACK}",
    "slack_not_allowed_token_type": f"Enter the Bot User OAuth Token (xoxb-…), no other:\n{RENEW_SLACK}",
    "slack_enterprise_is_restricted": f"The token belongs to an organisation. Install the app in one workspace, and enter its token with:\n{RENEW_SLACK}",
    "slack_invalid_team": f"The workspace of the bot token does not exist any more: install the app in another one, and enter its token with:\n{RENEW_SLACK}",
    "slack_team_access_not_granted": "Ask the organisation's administrator to grant the app access to this workspace.",
    "slack_two_factor_setup_required": "The person who installed the app must set up two-factor authentication in Slack, as the workspace requires.",
    "slack_org_login_required": MOVING,
    "slack_team_added_to_org": MOVING,
    "slack_external_channel_migrating": "The channel is being moved to another organisation. Messages wait; run this again later.",
    "slack_streaming_state_conflict": "The message is still being written. Run this again.",
    "slack_list_record_comment_fetch_failed": "Run this again.",
    "slack_ekm_access_denied": ADMINISTRATOR,
    "slack_accesslimited": f"The workspace allows apps only certain addresses. {ADMINISTRATOR}",
    "slack_deprecated_endpoint": "Slack no longer offers a method that this version of leadmatch calls: update leadmatch and deploy again.",
    "slack_method_deprecated": "Slack no longer offers a method that this version of leadmatch calls: update leadmatch and deploy again.",
    "slack_action_prohibited": f"{ADMINISTRATOR}\n{OTHER_WEBHOOK}",
    "slack_posting_to_general_channel_denied": f"Ask the workspace's administrator to let that person post to #general.\n{OTHER_WEBHOOK}",
    "slack_channel_is_archived": f"Unarchive the channel: the webhook works again.\n{OTHER_WEBHOOK}",
    "slack_user_not_found": NEW_WEBHOOK,
    "slack_invalid_token": NEW_WEBHOOK,
    "slack_no_active_hooks": "On https://api.slack.com/apps, choose the app, Incoming Webhooks, and switch them on. "
    f"If the address has changed, enter it with:\n{RENEW_SLACK}",
    "slack_no_service": NEW_WEBHOOK,
    "slack_no_service_id": f"Copy the whole address again (Incoming Webhooks, Webhook URLs for Your Workspace), and paste it:\n{RENEW_SLACK}",
    "slack_no_team": NEW_WEBHOOK,
    "slack_team_disabled": f"Ask the workspace's owner. For another workspace: {NEW_WEBHOOK}",
    "slack_webhook_gone": NEW_WEBHOOK,
    "slack_throttled": "Wait a minute and run this again.",
    "slack_unreachable": SLACK_NETWORK,
    "slack_no_answer": SLACK_NETWORK,
    "slack_answer_lost": f"A line of this check may still be in the channel: delete it by hand. {SLACK_NETWORK}",
}
SLACK_OTHERWISE = "Look at https://slack-status.com, and at the table at the end of docs/slack.md. Then run this again."

RENEW_ZOHO = "python -m ops provision --stage {stage} --replace zoho"
NEW_GRANT = (
    "Make a new grant code in Zoho's API console (docs/zoho.md, part 2) with this scope:\n"
    f"{SCOPES_TO_PASTE}\n"
    "Then enter it with:\n"
    f"{RENEW_ZOHO}"
)
NEW_GRANT_TO_ACT = NEW_GRANT.replace(SCOPES_TO_PASTE, SCOPES_TO_ACT)
"""The same where people convert from Slack."""
COPY_AGAIN = (
    "If the client id or secret is wrong: copy it again from Zoho's API console, Self Client, Client Secret. "
    "In any case: "
)
OTHER_USER = (
    "Authorise leadmatch as a Zoho user who may view all Leads, Contacts, Accounts and Deals: an administrator, or a user made for "
    "it (docs/zoho.md, part 1). Signed in as that user, make a new grant code and enter it with:\n"
    f"{RENEW_ZOHO}"
)
DATA_CENTER = (
    "Use the data centre of your CRM's address: crm.zoho.com is us, crm.zoho.eu is eu (docs/zoho.md, part 2). Then:\n"
    "python -m ops provision --stage {stage} --zoho-data-center eu\n"
    "python -m ops deploy --stage {stage}"
)
ZOHO_UNREACHABLE = (
    "Look at https://status.zoho.com and at this machine's network (a proxy is not used), then run this again. "
    "Accepted leads wait for Zoho and are not lost."
)
NOT_LET_IN = (
    "Check whether the org allows only certain addresses: Zoho, Setup, Security Control, Allowed IPs (in newer accounts Setup, "
    "Zoho Directory, Security Policies). The functions have no fixed address in AWS, and Zoho may allow this machine's "
    'address but not theirs: docs/zoho.md, "Allowed IPs". Accepted leads wait for Zoho and are not lost.'
)
SLOW_DOWN = (
    "Wait ten minutes and run this again; accepted leads wait and are not lost. If this continues, the day's API credits "
    "are used up: Zoho, Setup, Developer Hub, APIs & SDKs, shows by whom."
)
ZOHO_REMEDIES = {
    "zoho_not_connected": f"{COPY_AGAIN}{NEW_GRANT}",
    "zoho_scope_missing": NEW_GRANT,
    "zoho_no_permission": OTHER_USER,
    "zoho_no_leads_module": OTHER_USER,
    "zoho_wrong_data_center": DATA_CENTER,
    "unknown_data_center": DATA_CENTER,
    "zoho_unknown_api_domain": DATA_CENTER,
    "zoho_unknown_path": (
        "Remove LEADMATCH_ZOHO_API_VERSION from .chalice/config.json (leadmatch then uses v7), and run:\n"
        "python -m ops deploy --stage {stage}"
    ),
    "zoho_token_refused": f"Wait a minute and run this again. If this continues:\n{NEW_GRANT}",
    "zoho_throttled": SLOW_DOWN,
    "zoho_token_throttled": SLOW_DOWN,
    "token_budget": "Wait ten minutes and run this again; accepted leads wait and are not lost.",
    "token_awaited": (
        "The function refresh fetches access tokens. Wait a minute and run this again. If this continues, the probe Queues below says "
        "whether the function runs, and its log says what Zoho answers:\naws logs tail /aws/lambda/leadmatch-{stage}-refresh --since 15m"
    ),
    "zoho_unreachable": ZOHO_UNREACHABLE,
    "zoho_token_unreachable": ZOHO_UNREACHABLE,
    "zoho_token_no_answer": ZOHO_UNREACHABLE,
    "zoho_no_answer": ZOHO_UNREACHABLE,
    "zoho_too_slow": ZOHO_UNREACHABLE,
    "zoho_no_token": ZOHO_UNREACHABLE,
    "zoho_ip_restricted": NOT_LET_IN,
    "zoho_token_unknown_word": NOT_LET_IN,
}
ZOHO_OTHERWISE = "Look at https://status.zoho.com, and at the table at the end of docs/zoho.md. Then run this again."

TABLES = (ZOHO_REMEDIES, SLACK_REMEDIES)
OTHERWISE = {"zoho": ZOHO_OTHERWISE, "slack": SLACK_OTHERWISE}
AGAIN = "Run this again; it is safe. If this continues, see docs/deploy.md."


def remedy(error: LeadmatchError, stage: str) -> Finding:
    """Return what happened, in the error's own words unless a table has plainer ones, and what to do."""
    what = SLACK_WORDS.get(error.reason) or aws_words(error.reason) or str(error)
    return Finding(what, remedy_for(error.reason, stage))


def remedy_for(reason: str, stage: str) -> str:
    """Return what to do about a reason."""
    found = next((table[reason] for table in TABLES if reason in table), "") or aws_remedy(reason)
    return (found or OTHERWISE.get(reason.partition("_")[0], AGAIN)).replace("{stage}", stage)


def aws_words(reason: str) -> str:
    """Say what it means, or nothing for a reason that is not AWS's."""
    service, _, code = reason.partition("_")
    if service not in AWS_PARTS:
        return ""
    if code in AWS_GONE:
        return (
            f"The stage's {AWS_PARTS[service]} cannot be found in this account and region, or have no value ({reason})."
        )
    if code in AWS_DENIED:
        return f"These AWS credentials may not use the stage's {AWS_PARTS[service]} ({reason})."
    return f"AWS did not give access to the stage's {AWS_PARTS[service]} ({reason})."


def aws_remedy(reason: str) -> str:
    """Say what to do, or nothing for a reason that is not AWS's."""
    service, _, code = reason.partition("_")
    if service not in AWS_PARTS:
        return ""
    if code in AWS_GONE:
        return MAKE_AGAIN
    if code in AWS_DENIED:
        return f"Allow this user the action: {GUIDE} has the whole policy (infra/operator-policy.json)."
    return "Check the network (a proxy is not used) and these AWS credentials, then run this again; it is safe."


def scope_remedy(*scopes: str) -> str:
    """Return what adds scopes to the app."""
    return (
        "On https://api.slack.com/apps, choose leadmatch, OAuth & Permissions, Bot Token Scopes, and add "
        f"{' and '.join(scopes)}. Then, at the top of that page, Reinstall to Workspace. The token stays the same."
    )
