"""`python -m ops package`: build the package, look through it, say what is in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ops.package.build import Package


@click.command()
@click.option("--stage", default="dev", show_default=True, help="The stage whose settings are used.")
@click.option(
    "--out", default="build/leadmatch.zip", show_default=True, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option("--list", "listing", is_flag=True, help="Say every file with its size and checksum.")
@click.option("--json", "as_json", is_flag=True, help="Say it for programs.")
def package(stage: str, out: Path, *, listing: bool, as_json: bool) -> None:
    """Build what ships to Lambda, exactly as a deploy does, and refuse what must not ship."""
    from ops.package.build import build  # Chalice's import asks the terminal things, and some terminals never answer

    built = build(Path.cwd(), stage)
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
