"""The options that name a stage and a lead: a misspelt one is wrong usage in every command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from chalicelib.webhook.lead_ids import MAX_ID_DIGITS
from ops.provision import shapes

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def stage_option(about: str, *, required: bool = True) -> Decorator:
    """Give the option --stage; `about` is its help."""
    return click.option("--stage", required=required, callback=_shaped, help=about)


def _shaped(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and (complaint := shapes.stage_name(value)):
        raise click.BadParameter(complaint)
    return value


def lead_id_option(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Give click's callback for a lead's id: digits, as many as Zoho gives at most."""
    if value and not (value.isascii() and value.isdigit() and len(value) <= MAX_ID_DIGITS):
        raise click.BadParameter("A lead's id is the long number at the end of its address in Zoho.")
    return value
