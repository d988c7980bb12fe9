"""The emoji short names that our messages use, and their symbols."""

from __future__ import annotations

EMOJI = {
    "arrows_counterclockwise": "🔄",
    "bell": "🔔",
    "bust_in_silhouette": "👤",
    "calendar": "📅",
    "email": "📧",
    "ghost": "👻",
    "grey_question": "❔",
    "handshake": "🤝",
    "heavy_check_mark": "✔️",
    "hourglass_flowing_sand": "⏳",
    "information_source": "ℹ️",  # noqa: RUF001 (the emoji itself)
    "large_blue_circle": "🔵",
    "link": "🔗",
    "lock": "🔒",
    "mag": "🔍",
    "new": "🆕",
    "no_entry": "⛔",
    "office": "🏢",
    "phone": "📞",
    "question": "❓",
    "rotating_light": "🚨",
    "speech_balloon": "💬",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "x": "❌",
}
