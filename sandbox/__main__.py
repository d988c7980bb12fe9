"""`python -m sandbox`: the sandbox's command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sandbox.demo import demo, known_leads
from sandbox.view.picture import picture

SHOWN = "contact"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Run leadmatch on this machine, with stand-ins for AWS, Zoho and Slack."""


@main.command("demo")
@click.option("--lead", type=click.Choice(known_leads()), help=f"The lead that is shown in full: {SHOWN} unless given.")
@click.option(
    "--answer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file with an answer of Zoho's __conversion_options, instead of the demo's leads.",
)
@click.option(
    "--page", type=click.Path(dir_okay=False, path_type=Path), help="Also write the messages as an HTML page."
)
def demo_command(lead: str | None, answer: Path | None, page: Path | None) -> None:
    """Send leads through the whole system and show what comes out.

    \b
    Examples:
      python -m sandbox demo
      python -m sandbox demo --lead choose
      python -m sandbox demo --answer answer.json --page build/message.html
    """  # noqa: D301 - click's mark for lines that stay as they are
    if lead and answer:
        raise click.UsageError("--lead and --answer (LEAD and ANSWER) exclude each other.")
    sys.exit(demo(lead=lead or SHOWN, answer=answer, page_path=page))


@main.command("picture")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def picture_command(path: Path) -> None:
    """Photograph the README's messages with Chromium.

    \b
    Example:
      python -m sandbox picture docs/message.png
    """  # noqa: D301 - click's mark for lines that stay as they are
    picture(path)


if __name__ == "__main__":
    main()
