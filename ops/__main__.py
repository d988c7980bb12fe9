"""`python -m ops`: the operator's commands, of which only the typed one is loaded, and what an interrupted one leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

COMMANDS = {
    "check": "ops.check.command",
    "deploy": "ops.deploy.command",
    "package": "ops.package.command",
    "provision": "ops.provision.command",
    "replay": "ops.replay.command",
    "route": "ops.route.command",
}
"""Each command with its module, which holds it under the same name."""


@contextmanager
def _naming_what_is_missing() -> Iterator[None]:
    """End the program with one line when a package is missing; a module of ours is no matter of the environment."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("ops", "chalicelib"):
            raise
        sys.exit(f"The Python module {error.name} is missing. First run: . .venv/bin/activate (after: make setup)")


with _naming_what_is_missing():
    import click

    from chalicelib.version import VERSION


class Commands(click.Group):
    """The commands; each may be stopped at any time and run again."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; its module is loaded here, so that no command waits for what the others need."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            with _naming_what_is_missing():
                self.add_command(getattr(import_module(COMMANDS[cmd_name]), cmd_name))
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed; click would say "Aborted!" alone, also after something was made."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, EOFError, click.Abort):
            click.echo("\nStopped. Completed steps are kept; run the same command again to continue.", err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="leadmatch", message="%(prog)s %(version)s")
def main() -> None:
    """Bring a stage of leadmatch into an AWS account, and look after it there."""


if __name__ == "__main__":
    main(prog_name="python -m ops")
