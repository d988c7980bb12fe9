"""`python -m sandbox`: the sandbox's command line."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from sandbox.demo import KNOWN_LEADS, SHOWN, demo
from sandbox.page.pictures import PAGE_PICTURES
from sandbox.page.serve import PORT, serve
from sandbox.pictures import PICTURES, take_pictures
from sandbox.view.shown import on_one_line


def _writable(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Return the page's path, or refuse it before anything runs; trying leaves no file and no folder behind."""
    if path is None:
        return None
    real = Path(os.path.realpath(path))  # the file that a link leads to is made and removed, never the link
    missing = [place for place in (real, *real.parents) if not os.path.lexists(place)]
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(real, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK))
    except OSError as error:
        raise click.BadParameter(on_one_line(f"{path} cannot be written: {_cause(error, real)}.")) from None
    finally:
        _remove(missing)
    return path


def _cause(error: OSError, page: Path) -> str:
    if os.path.isdir(page.parent):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        return str(error.strerror)
    return f"its folder cannot be made ({error.strerror})"


def _remove(places: list[Path]) -> None:
    for place in places:
        with suppress(OSError):
            place.rmdir() if place.is_dir() else place.unlink()


def _pictures(_: click.Context, __: click.Parameter, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths, or refuse one whose name is no picture's."""
    known = (*PICTURES, *PAGE_PICTURES)
    for path in paths:
        if path.name not in known:
            raise click.BadParameter(on_one_line(f"{path.name} is not one of {', '.join(known)}."))
    return paths


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Run leadmatch on this machine, with stand-ins for AWS, Zoho and Slack."""


@main.command("demo")
@click.option(
    "--lead",
    envvar="DEMO_LEAD",
    type=click.Choice(KNOWN_LEADS),
    help=f"One lead alone; unless given, all, and {SHOWN} in full.",
)
@click.option(
    "--answer",
    envvar="DEMO_ANSWER",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with an answer of Zoho's __conversion_options, instead of the demo's leads.",
)
@click.option(
    "--page",
    envvar="DEMO_PAGE",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_writable,
    help="Also write the messages as an HTML page; folders that are missing are made.",
)
@click.option("--event", envvar="DEMO_EVENT", is_flag=True, help="Also show the event that other systems read.")
def demo_command(lead: str | None, answer: Path | None, page: Path | None, *, event: bool) -> None:
    """Send leads through the whole system and show what comes out, the Slack message last.

    Exits with 0 when every lead reached Slack and the matches queue, 1 when one did not, 2 for wrong usage.

    \b
    Examples:
      python -m sandbox demo
      python -m sandbox demo --lead choose --event
      python -m sandbox demo --answer answer.json --page build/message.html
    """  # noqa: D301 - click's mark for lines that stay as they are
    if lead and answer:
        raise click.UsageError("--lead and --answer (LEAD and ANSWER) exclude each other.")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a frame on a terminal that has no such characters
    sys.exit(demo(lead=lead, answer=answer, page_path=page, with_event=event))


@main.command("serve")
@click.option(
    "--port",
    envvar="SANDBOX_PORT",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The page's port; 0 takes a free one.",
)
def serve_command(port: int) -> None:
    """Show the whole system in a browser, until Ctrl-C: Zoho, Slack and the way between.

    \b
    Examples:
      python -m sandbox serve
      python -m sandbox serve --port 9000
    """  # noqa: D301 - click's mark for lines that stay as they are
    serve(port=port)


@main.command("picture")
@click.argument("paths", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path), callback=_pictures)
def picture_command(paths: tuple[Path, ...]) -> None:
    """Photograph with Chromium what the code sends to Slack, and the page of `serve`.

    \b
    Examples:
      python -m sandbox picture docs/message.png
      python -m sandbox picture docs/acting-form.png docs/acting-message.png
      python -m sandbox picture docs/messages-1280-light.png docs/messages-390-dark.png
      python -m sandbox picture docs/sandbox.png docs/sandbox-lead.gif
    """  # noqa: D301 - click's mark for lines that stay as they are
    take_pictures(paths)


if __name__ == "__main__":
    main()
