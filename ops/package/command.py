"""`python -m ops package`: build the package, look through it, say what is in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops import functions
from ops.cli import Console, stage_option, unasked_terminal
from ops.config import Project
from ops.errors import OpsError

if TYPE_CHECKING:
    from ops.package.build import Package

NO_STAGE = "dev"
"""A name that Chalice wants in any case."""


@click.command()
@stage_option("The stage whose settings are used, such as its architecture; by default the project's.", required=False)
@click.option(
    "--out", default="build/leadmatch.zip", show_default=True, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option("--list", "listing", is_flag=True, help="List every file with its size and checksum.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def package(stage: str | None, out: Path, *, listing: bool, as_json: bool) -> None:
    """Build what ships to Lambda, exactly as a deploy does, and refuse what must not ship."""
    with unasked_terminal():  # here and not above: what needs no Chalice begins without it
        from ops.package.build import build

    lack = Project(Path.cwd()).missing_parts(stage) if stage else ""
    if lack:
        raise OpsError(
            f"There is no stage {stage}: .chalice/config.json {lack}.",
            "Give one of these stages, or none: the package is the same.",
        )
    built = build(Path.cwd(), stage or NO_STAGE)
    functions.warn_of_runtime(Console().warn, built.python)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(built.path, out)
    click.echo(_for_programs(built, out) if as_json else _for_people(built, out, listing=listing))


def _for_people(built: Package, out: Path, *, listing: bool) -> str:
    contents = built.contents
    files = [f"{file.sha256[:12]} {file.size:>9,} {file.name}" for file in contents.files] if listing else []
    packed = ", ".join(f"{name} {version}" for name, version in sorted(contents.distributions.items()))
    return "\n".join(
        [
            *files,
            f"{out}: {contents.zipped_bytes:,} bytes, {len(contents.files)} files, for {built.python} on {built.architecture}",
            f"with {packed}",
            f"digest sha256:{contents.digest}",
        ]
    )


def _for_programs(built: Package, out: Path) -> str:
    contents = built.contents
    return json.dumps(
        {
            "path": str(out),
            "bytes": contents.zipped_bytes,
            "digest": f"sha256:{contents.digest}",
            "python": built.python,
            "architecture": built.architecture,
            "distributions": contents.distributions,
            "files": [{"name": file.name, "bytes": file.size, "sha256": file.sha256} for file in contents.files],
        },
        indent=2,
    )
