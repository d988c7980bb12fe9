"""The option that names a stage: a misspelt name is wrong usage in every command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ops.provision import shapes

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def stage_option(about: str, *, required: bool = True) -> Decorator:
    """Give the option --stage; `about` is its help."""
    return click.option("--stage", required=required, callback=_shaped, help=about)


def _shaped(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and (complaint := shapes.stage_name(value)):
        raise click.BadParameter(complaint)
    return value
