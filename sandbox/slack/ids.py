"""The ids of the stand-in's workspace, its app and its bot."""

from __future__ import annotations

APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID = "A0LEADMATCH", "B0LEADMATCH", "U0LEADMATCH", "T0SANDBOX"
