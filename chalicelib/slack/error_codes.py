"""Every error code that Slack's pages list for what we call, and what each one means. Pure data.

A code that is on no page is not known: "other errors can be returned in the case where the service is down or other
unexpected factors affect processing", as each page says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Meaning(Enum):
    """What a code says about a call; the class of error that follows from it is chosen in `failures.py`."""

    THROTTLED = auto()
    """Too many calls: certainly not carried out, and Slack says when to come back."""
    WAIT = auto()
    """Not carried out while something lasts that is nobody's message's fault, as in an outage."""
    TOKEN = auto()
    """Wrong in every channel, since it is about the token or the webhook: a person mends it, and all messages wait."""
    SCOPE = auto()
    """The same, for want of a scope, which the answer names."""
    CHANNEL_CLOSED = auto()
    """Wrong in this channel alone: it is gone, archived, or closed to our app."""
    UNCLEAR = auto()
    """Perhaps carried out, and it says nothing about the content."""
    FAILED = auto()
    """Perhaps carried out; Slack failed over it, which may be for its content."""
    CONTENT = auto()
    """Not carried out for what the message holds: a plainer one may be."""
    MESSAGE_GONE = auto()
    """The message that was named does not exist any more."""
    EDIT_REFUSED = auto()
    """The message exists and can never be edited or deleted by us."""
    THREAD_GONE = auto()
    """There is no such thread, or it takes no replies."""
    TRIGGER_EXPIRED = auto()
    """The click is older than Slack lets a view be opened for."""
    TRIGGER_USED = auto()
    """A view was opened for this click already."""
    VIEW_GONE = auto()
    """The view was closed, or another one stands in its place."""
    VIEW_CHANGED = auto()
    """The view is not in the state any more that the call was made for."""
    PERSON_ABSENT = auto()
    """The person is not in the channel where they were to be told something."""
    PERSON_UNKNOWN = auto()
    """Nobody in the workspace has the address that was asked for."""
    REFUSED = auto()
    """Not carried out for a fault of ours in the call."""


Codes = Mapping[str, Meaning]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of Slack's documentation and the codes that it lists."""

    address: str
    codes: Codes

    @classmethod
    def of_method(cls, name: str, own: Codes) -> Page:
        """Return the page of a Web API method: the codes that every method has, and its own."""
        return cls(f"https://docs.slack.dev/reference/methods/{name}", {**EVERY_METHOD, **own})


def _codes(listed: Mapping[Meaning, Iterable[str]]) -> dict[str, Meaning]:
    return {code: meaning for meaning, codes in listed.items() for code in codes}


EVERY_METHOD = _codes(
    {
        Meaning.THROTTLED: ("ratelimited",),
        Meaning.WAIT: (
            *("accesslimited", "ekm_access_denied", "org_login_required", "team_added_to_org"),
            *("deprecated_endpoint", "method_deprecated"),
        ),
        Meaning.TOKEN: (
            *("access_denied", "account_inactive", "enterprise_is_restricted", "invalid_auth", "not_authed"),
            *("not_allowed_token_type", "team_access_not_granted", "token_expired", "token_revoked"),
            "two_factor_setup_required",
        ),
        Meaning.SCOPE: ("missing_scope",),
        Meaning.CHANNEL_CLOSED: ("no_permission",),
        Meaning.UNCLEAR: ("request_timeout", "service_unavailable"),
        Meaning.FAILED: ("fatal_error", "internal_error"),
        Meaning.REFUSED: (
            *("invalid_arg_name", "invalid_arguments", "invalid_array_arg", "invalid_charset", "invalid_form_data"),
            *("invalid_post_type", "missing_post_type"),
        ),
    }
)
"""On every method's page. `no_permission`: "Make sure your app is a member of the conversation"."""
_MESSAGE = _codes(
    {
        Meaning.THROTTLED: ("message_limit_exceeded",),
        Meaning.TOKEN: ("metadata_must_be_sent_from_app",),
        Meaning.CHANNEL_CLOSED: ("channel_not_found", "team_not_found"),
        Meaning.CONTENT: (
            *("invalid_arguments", "invalid_array_arg", "invalid_blocks", "invalid_blocks_format", "no_text"),
            *("slack_connect_canvas_sharing_blocked", "slack_connect_file_link_sharing_blocked"),
            "too_many_attachments",
        ),
        Meaning.REFUSED: (
            *("as_user_not_supported", "invalid_metadata_format", "invalid_metadata_schema"),
            *("markdown_text_conflict", "metadata_too_large"),
        ),
    }
)
"""What chat.postMessage and chat.update both list; arguments that are invalid may be the blocks."""
_READING = _codes(
    {
        Meaning.CHANNEL_CLOSED: ("channel_not_found",),
        Meaning.REFUSED: (
            *("invalid_cursor", "invalid_metadata_filter_keys", "invalid_ts_latest", "invalid_ts_oldest"),
        ),
    }
)
_VIEW = _codes(
    {
        Meaning.CONTENT: ("invalid_arguments", "view_too_large"),
        Meaning.REFUSED: ("duplicate_external_id",),
    }
)
"""What views.open and views.update both list; arguments that are invalid may be the view's blocks."""

METHODS: Mapping[str, Page] = {
    "chat.postMessage": Page.of_method(
        "chat.postMessage",
        _MESSAGE
        | _codes(
            {
                Meaning.THROTTLED: ("rate_limited",),
                Meaning.TOKEN: ("app_access_restricted",),
                Meaning.CHANNEL_CLOSED: (
                    *("is_archived", "messages_tab_disabled", "not_in_channel", "restricted_action"),
                    *("restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
                ),
                Meaning.CONTENT: (
                    *("attachment_payload_limit_exceeded", "missing_file_data", "msg_blocks_too_long"),
                    *("slack_connect_lists_sharing_blocked", "too_many_contact_cards"),
                ),
                Meaning.THREAD_GONE: (
                    *("cannot_reply_to_message", "restricted_action_non_threadable_channel"),
                    "restricted_action_thread_locked",
                ),
                Meaning.REFUSED: (
                    *("draft_already_deleted", "draft_already_sent", "draft_has_conflict", "draft_not_found"),
                    *("duplicate_channel_not_found", "duplicate_message_not_found", "send_on_behalf_not_allowed"),
                ),
            }
        ),
    ),
    "chat.postEphemeral": Page.of_method(
        "chat.postEphemeral",
        _codes(
            {
                Meaning.THROTTLED: ("message_limit_exceeded",),
                Meaning.CHANNEL_CLOSED: (
                    *(
                        "channel_not_found",
                        "is_archived",
                        "messages_tab_disabled",
                        "not_in_channel",
                        "restricted_action",
                    ),
                ),
                Meaning.CONTENT: (
                    *("invalid_arguments", "invalid_array_arg", "invalid_attachments", "invalid_blocks"),
                    *("invalid_blocks_format", "msg_too_long", "no_text", "too_many_attachments"),
                ),
                Meaning.THREAD_GONE: ("cannot_reply_to_message",),
                Meaning.PERSON_ABSENT: ("user_not_in_channel",),
                Meaning.REFUSED: ("is_bot", "markdown_text_conflict"),
            }
        ),
    ),
    "chat.update": Page.of_method(
        "chat.update",
        _MESSAGE
        | _codes(
            {
                Meaning.WAIT: ("external_channel_migrating", "streaming_state_conflict"),
                Meaning.CHANNEL_CLOSED: ("is_inactive",),
                Meaning.FAILED: ("update_failed",),
                Meaning.CONTENT: (
                    *("block_mismatch", "blocked_file_type", "file_deleted", "file_is_deleted", "file_not_found"),
                    *("file_share_limit_reached", "invalid_attachments", "max_file_sharing_exceeded", "msg_too_long"),
                    *("posting_to_channel_denied", "slack_connect_blocked_file_type", "unable_to_share_files"),
                    *("slack_connect_clip_sharing_blocked", "slack_connect_file_upload_sharing_blocked"),
                ),
                Meaning.MESSAGE_GONE: ("message_not_found",),
                Meaning.EDIT_REFUSED: ("cant_update_message", "edit_window_closed"),
                Meaning.REFUSED: ("cant_broadcast_message", "no_dual_broadcast_content_update"),
            }
        ),
    ),
    "chat.delete": Page.of_method(
        "chat.delete",
        _codes(
            {
                Meaning.CHANNEL_CLOSED: ("channel_not_found",),
                Meaning.MESSAGE_GONE: ("message_not_found",),
                Meaning.EDIT_REFUSED: ("cant_delete_message",),
            }
        ),
    ),
    "chat.getPermalink": Page.of_method(
        "chat.getPermalink",
        _codes({Meaning.CHANNEL_CLOSED: ("channel_not_found",), Meaning.MESSAGE_GONE: ("message_not_found",)}),
    ),
    "conversations.history": Page.of_method(
        "conversations.history",
        _READING
        | _codes({Meaning.CHANNEL_CLOSED: ("channel_is_limited_access", "not_in_channel", "restricted_action")}),
    ),
    "conversations.replies": Page.of_method(
        "conversations.replies",
        _READING
        | _codes(
            {
                Meaning.WAIT: ("list_record_comment_fetch_failed",),
                Meaning.CHANNEL_CLOSED: ("method_not_supported_for_channel_type",),
                Meaning.THREAD_GONE: ("thread_not_found",),
            }
        ),
    ),
    "conversations.info": Page.of_method(
        "conversations.info", _codes({Meaning.CHANNEL_CLOSED: ("channel_is_limited_access", "channel_not_found")})
    ),
    "views.open": Page.of_method(
        "views.open",
        _VIEW
        | _codes(
            {
                Meaning.TRIGGER_EXPIRED: ("expired_trigger_id",),
                Meaning.TRIGGER_USED: ("exchanged_trigger_id",),
                Meaning.REFUSED: ("invalid_trigger_id",),
            }
        ),
    ),
    "views.update": Page.of_method(
        "views.update", _VIEW | _codes({Meaning.VIEW_GONE: ("not_found",), Meaning.VIEW_CHANGED: ("hash_conflict",)})
    ),
    "users.info": Page.of_method(
        "users.info", _codes({Meaning.REFUSED: ("too_many_users", "user_not_found", "user_not_visible")})
    ),
    "users.lookupByEmail": Page.of_method(
        "users.lookupByEmail", _codes({Meaning.PERSON_UNKNOWN: ("users_not_found",)})
    ),
    "usergroups.users.list": Page.of_method(
        "usergroups.users.list",
        _codes({Meaning.REFUSED: ("invalid_cursor", "no_such_subteam", "plan_upgrade_required")}),
    ),
    "auth.test": Page.of_method("auth.test", {}),
    "team.preferences.list": Page.of_method("team.preferences.list", _codes({Meaning.TOKEN: ("invalid_team",)})),
}
"""The Web API's methods that leadmatch calls, the probe's included."""

WEBHOOK = Page(
    "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling-errors",
    _codes(
        {
            Meaning.TOKEN: (
                "invalid_token",
                "no_active_hooks",
                "no_service",
                "no_service_id",
                "no_team",
                "team_disabled",
            ),
            Meaning.CHANNEL_CLOSED: (
                *("action_prohibited", "channel_is_archived", "channel_not_found"),
                *("posting_to_general_channel_denied", "user_not_found"),
            ),
            Meaning.FAILED: ("rollup_error",),
            Meaning.CONTENT: ("invalid_payload", "no_text", "too_many_attachments"),
        }
    ),
)
"""An incoming webhook's; `rollup_error` is from https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks"""

UNLISTED = _codes(
    {
        Meaning.CHANNEL_CLOSED: ("channel_type_not_supported",),
        Meaning.EDIT_REFUSED: ("compliance_exports_prevent_deletion",),
        Meaning.REFUSED: ("invalid_json", "json_not_object", "unknown_method"),
    }
)
"""Codes that people report, or that older copies of these pages had."""


def page_of(method: str) -> Page:
    """Return a method's page; one that the table does not have lists at least what every method does."""
    return METHODS.get(method) or Page.of_method(method, {})


def meaning_of(code: str, page: Page) -> Meaning | None:
    """Return what a code means: as its own page says, else as another one does; None when no page has it."""
    others = (other.codes for other in (*METHODS.values(), WEBHOOK))
    return next((codes[code] for codes in (page.codes, *others, UNLISTED) if code in codes), None)
