"""The names of Zoho's data centres, which the settings check and the Zoho client turns into addresses."""

from __future__ import annotations

from chalicelib.errors import Misconfigured

TOPS = {
    "us": "com",
    "eu": "eu",
    "in": "in",
    "au": "com.au",
    "jp": "jp",
    "cn": "com.cn",
    "sa": "sa",
    "uk": "uk",
    "ae": "ae",
    "ca": "ca",
}
"""Each data centre and what its hosts' names end in."""


def known(name: str) -> str:
    """Give the name as we write it; raise `Misconfigured` for one that is no data centre's."""
    if name.lower() in TOPS:
        return name.lower()
    names = ", ".join(sorted(TOPS))
    raise Misconfigured(f"LEADMATCH_ZOHO_DATA_CENTER must be one of {names}.", reason="unknown_data_center")
