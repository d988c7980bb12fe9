"""Where the stage's org shows its records; apart from the Zoho client, which the sweep has no use for."""

from __future__ import annotations

from chalicelib.settings import Settings
from chalicelib.zoho.data_centers import data_center
from chalicelib.zoho.links import RecordLink, record_links


def record_links_of(settings: Settings) -> RecordLink:
    """Give the links into the stage's org."""
    return record_links(data_center(settings.zoho_data_center), settings.zoho_org_id)
