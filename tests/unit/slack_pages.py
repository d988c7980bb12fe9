"""The error codes that Slack's pages list, copied page by page on 2026-11-29: what the product's table is held against.

Each is at https://docs.slack.dev/reference/methods/ and the method's name, below "Errors".
"""

from __future__ import annotations

EVERY_METHOD = """
access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied enterprise_is_restricted fatal_error
internal_error invalid_arg_name invalid_arguments invalid_array_arg invalid_auth invalid_charset invalid_form_data
invalid_post_type method_deprecated missing_post_type missing_scope no_permission not_allowed_token_type not_authed
org_login_required ratelimited request_timeout service_unavailable team_access_not_granted team_added_to_org
token_expired token_revoked two_factor_setup_required
"""
OWN = {
    "chat.postMessage": """
        as_user_not_supported attachment_payload_limit_exceeded cannot_reply_to_message channel_not_found
        draft_already_deleted draft_already_sent draft_has_conflict draft_not_found duplicate_channel_not_found
        duplicate_message_not_found ekm_access_denied invalid_blocks invalid_blocks_format invalid_metadata_format
        invalid_metadata_schema is_archived markdown_text_conflict message_limit_exceeded messages_tab_disabled
        metadata_must_be_sent_from_app metadata_too_large missing_file_data msg_blocks_too_long no_text not_in_channel
        rate_limited restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
        restricted_action_thread_locked restricted_action_thread_only_channel slack_connect_canvas_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked team_not_found too_many_attachments
        too_many_contact_cards
    """,
    "chat.update": """
        as_user_not_supported block_mismatch blocked_file_type cant_broadcast_message cant_update_message
        channel_not_found edit_window_closed external_channel_migrating file_deleted file_is_deleted file_not_found
        file_share_limit_reached invalid_attachments invalid_blocks invalid_blocks_format invalid_metadata_format
        invalid_metadata_schema is_inactive markdown_text_conflict max_file_sharing_exceeded message_limit_exceeded
        message_not_found metadata_must_be_sent_from_app metadata_too_large msg_too_long no_dual_broadcast_content_update
        no_text posting_to_channel_denied slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked
        slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
        slack_connect_file_upload_sharing_blocked streaming_state_conflict team_not_found too_many_attachments
        unable_to_share_files update_failed
    """,
    "chat.delete": "cant_delete_message channel_not_found message_not_found",
    "chat.getPermalink": "channel_not_found message_not_found",
    "conversations.history": """
        channel_is_limited_access channel_not_found invalid_cursor invalid_metadata_filter_keys invalid_ts_latest
        invalid_ts_oldest not_in_channel restricted_action
    """,
    "conversations.replies": """
        channel_not_found invalid_cursor invalid_metadata_filter_keys invalid_ts_latest invalid_ts_oldest
        list_record_comment_fetch_failed method_not_supported_for_channel_type missing_scope thread_not_found
    """,
    "conversations.info": "channel_not_found missing_scope",
    "auth.test": "internal_error invalid_auth",
    "team.preferences.list": "invalid_team",
}
WEBHOOK = """
action_prohibited channel_is_archived channel_not_found invalid_payload invalid_token no_active_hooks no_service
no_service_id no_team no_text posting_to_general_channel_denied rollup_error team_disabled too_many_attachments
user_not_found
"""
"""https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, and `rollup_error` of the changelog of 2016-05-17."""


def listed(method: str) -> set[str]:
    """Return every code on a method's page."""
    return set(EVERY_METHOD.split()) | set(OWN[method].split())
