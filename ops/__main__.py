"""`python -m ops`: registers the operator's commands and nothing else."""

from __future__ import annotations

import click

from ops.check.command import check
from ops.provision.command import provision


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Bring a stage of leadmatch into an AWS account, and look after it there."""


main.add_command(provision)
main.add_command(check)

if __name__ == "__main__":
    main(prog_name="python -m ops")
