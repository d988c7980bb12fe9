"""`python -m ops`: registers the operator's commands, and says what an interrupted one leaves."""

from __future__ import annotations

import sys
from typing import Any

try:
    import click

    from chalicelib.version import VERSION
    from ops.check.command import check
    from ops.deploy.command import deploy
    from ops.package.command import package
    from ops.provision.command import provision
    from ops.replay.command import replay
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] in ("ops", "chalicelib"):
        raise  # ours, so this is no matter of the environment
    sys.exit(f"The Python module {error.name} is missing. First: . .venv/bin/activate (made by: make setup)")


class Commands(click.Group):
    """The commands; each may be stopped at any time and run again."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed; click would say "Aborted!" alone, also after something was made."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, EOFError, click.Abort):
            click.echo("\nStopped. What was done stays; run the same command again to go on.", err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="leadmatch", message="%(prog)s %(version)s")
def main() -> None:
    """Bring a stage of leadmatch into an AWS account, and look after it there."""


main.add_command(provision)
main.add_command(package)
main.add_command(deploy)
main.add_command(check)
main.add_command(replay)

if __name__ == "__main__":
    main(prog_name="python -m ops")
