"""The server of the page: one HTML page, what changes as server-sent events, and a POST for each thing that a person does.

It answers this machine alone: a page of the web that calls it from the person's own browser is refused, by name and by origin.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from importlib import resources
from urllib.parse import urlsplit

import requests
from flask import Flask, Response, request

from sandbox.page import draw
from sandbox.page.errors import RefusedInputError
from sandbox.page.lead_way import way_of
from sandbox.page.persons import RIGHTS, Persons
from sandbox.page.pieces import PAGES, Pieces
from sandbox.page.playground import LEAD_DESK, STRANGERS, Playground, own_answer
from sandbox.page.zoho_switches import CONVERTING, READING
from sandbox.serving import Serving
from sandbox.view.blocks import safe
from sandbox.view.style import CSS, ICON
from sandbox.watch import Watch
from sandbox.zoho.pages_server import blueprint

FILES = resources.files("sandbox.page")
LOOK_SECONDS = 0.1
"""How often the page is looked at for changes, at most; what a browser shows is as old as that."""
REST_SECONDS = 0.5
REST_SHARE = 5
"""How much longer a stream rests than it worked."""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
JSON = "application/json"
MOST_BYTES = 300_000
HOSTS = ("127.0.0.1", "localhost")

Fields = Mapping[str, str]


class PageServer(Serving):
    """The page of a playground, for as long as its block lasts."""

    def __init__(self, playground: Playground, watch: Watch, *, port: int = 0) -> None:
        self._playground, self._watch = playground, watch
        self._persons = Persons(playground.people)
        self._pieces = Pieces(playground, self._persons, watch)
        self._stopping = threading.Event()
        super().__init__(self._routes(), port=port)

    def stop(self) -> None:
        """End the streams, and stop listening."""
        self._stopping.set()
        super().stop()

    def _routes(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
        app.before_request(_refusal)
        app.after_request(_with_headers)
        app.register_error_handler(400, lambda _: ("Something is missing in what was sent.", 400))
        app.register_error_handler(413, lambda _: (f"At most {MOST_BYTES // 1000} kB can be sent.", 413))
        app.add_url_rule("/", view_func=self._page)
        app.add_url_rule("/page.css", view_func=_style)
        app.add_url_rule("/page.js", view_func=_script)
        app.add_url_rule("/icon.svg", view_func=_icon)
        app.add_url_rule("/events", view_func=self._events)
        app.add_url_rule("/way/<lead_id>", view_func=self._way)
        app.add_url_rule("/person/<user_id>", view_func=self._person)
        app.register_blueprint(blueprint(self._playground.crm, PAGES))
        for path, act in self._acts().items():
            app.add_url_rule(path, endpoint=path, view_func=_answering(act), methods=["POST"])
        return app

    def _acts(self) -> Mapping[str, Callable[[Fields], str]]:
        """Return what a person can do, by the path of its POST."""
        play, persons = self._playground, self._persons
        return {
            "/zoho/qualify": lambda form: play.qualify(form["lead_id"]),
            "/zoho/lead": play.add_lead,
            "/zoho/account": lambda form: play.add_record("Accounts", form),
            "/zoho/contact": lambda form: play.add_record("Contacts", form),
            "/zoho/many": lambda form: play.add_many(int(_number(form["count"]))),
            "/zoho/switch": self._switch,
            "/routes": lambda form: play.route(form["routes"]),
            "/webhook/stranger": lambda form: play.stranger(form["kind"]),
            "/slack/person": lambda form: persons.change(form["person"], name=form["name"], rights=form["rights"]),
            "/slack/click": lambda form: persons.click(
                form["person"], form["channel"], form["ts"], form["action"], tab=form.get("tab", "")
            ),
            "/slack/put": lambda form: persons.put(form["person"], form["block"], request.form.getlist("value")),
            "/slack/submit": lambda form: persons.submit(form["person"]),
            "/slack/close": lambda form: persons.close(form["person"]),
        }

    def _switch(self, form: Fields) -> str:
        own = own_answer(form["status"], form["body"]) if form["reading"] == "own" else None
        return self._playground.switch_zoho(
            reading=form["reading"], converting=form["converting"], delay_seconds=_number(form["delay"]), own=own
        )

    def _page(self) -> str:
        names = self._persons.names()
        channels = [(channel.id, channel.name) for channel in self._playground.channels]
        page = _file("page.html")
        for word, html in {
            "icon": ICON,
            "people": _options(names),
            "rights": _options({key: one.about for key, one in RIGHTS.items()}),
            "reading": _options({key: one.about for key, one in READING.items()}, self._playground.reading),
            "converting": _options({key: one.about for key, one in CONVERTING.items()}, self._playground.converting),
            "delay": f"{self._playground.delay_seconds:g}",
            "strangers": _options({key: about for key, (about, _) in STRANGERS.items()}),
            "channels": "".join(_channel_tab(*one) for one in channels),
            "panels": "".join(_channel_panel(*one) for one in channels),
            "route_example": safe(_route_example()),
            "channel_ids": ", ".join(f"#{safe(name)} is <code>{safe(id_)}</code>" for id_, name in channels),
            "webhook": safe(self._playground.sandbox.webhook_url),
        }.items():
            page = page.replace("{{" + word + "}}", html)
        return page

    def _way(self, lead_id: str) -> Response:
        return Response(way_of(lead_id, self._playground.sandbox, self._watch), mimetype="text/html")

    def _person(self, user_id: str) -> Response:
        names = self._persons.names()
        if user_id not in names:
            return Response("There is no such person here.", status=404)
        return Response(json.dumps({"name": names[user_id], "rights": self._persons.rights(user_id)}), mimetype=JSON)

    def _events(self) -> Response:
        user_id = request.args.get("person", "")
        if user_id not in self._persons.names():
            return Response("Choose one of the people in the list.", status=400)
        return Response(self._stream(user_id, request.args.get("tab", "")), mimetype="text/event-stream")

    def _stream(self, user_id: str, tab: str) -> Iterator[str]:
        """Yield what changes for a person, from the whole page on; a stream that has nothing to say says so now and then."""
        known: dict[str, object] = {}
        seen, first = 0, True
        while not self._stopping.is_set():
            began = time.perf_counter()
            pieces = self._pieces.seen_by(user_id, tab)
            here = {piece.id for piece in pieces}
            new = [piece for piece in pieces if piece.id not in known or known[piece.id] != piece.version]
            gone = [id_ for id_ in known if id_ not in here]
            put = [[piece.id, piece.place, self._pieces.drawn(piece)] for piece in new]
            known = {piece.id: piece.version for piece in pieces}
            steps = self._watch.since(seen)
            seen = steps[-1].number if steps else seen
            about = sorted({lead_id for step in steps for lead_id in step.lead_ids})
            if first or put or gone:
                data = json.dumps(
                    {
                        "first": first,
                        "put": put,
                        "gone": gone,
                        "leads": about,
                        "busy": sorted({draw.node_of(step) for step in steps}),
                    }
                )
                yield f"data: {data}\n\n"
            else:
                yield ":\n\n"
            first = False
            took = time.perf_counter() - began
            time.sleep(
                max(LOOK_SECONDS, REST_SHARE * took)
            )  # so that many leads have most of the machine for themselves
            self._watch.wait(seen, REST_SECONDS)


def _refusal() -> Response | None:
    """Refuse what is not asked by this page: another name for this machine, or a POST of another page."""
    host = urlsplit(f"//{request.host}").hostname
    if host not in HOSTS:
        return Response("This page is for this machine alone.", status=403)
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin != f"http://{request.host}":
        return Response("Only this page itself may do that.", status=403)
    return None


def _with_headers(response: Response) -> Response:
    if not request.path.startswith(f"{PAGES}/"):  # those say in their own HTML what they may load
        response.headers["Content-Security-Policy"] = POLICY
    response.headers.update(SAFE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answering(act: Callable[[Fields], str]) -> Callable[[], tuple[str, int]]:
    """Return a view that does what was asked, and answers with its sentence or with what to put right."""

    def view() -> tuple[str, int]:
        try:
            return act(request.form), HTTPStatus.OK
        except RefusedInputError as error:
            return str(error), HTTPStatus.UNPROCESSABLE_ENTITY
        except RecursionError:
            return "That is nested too deeply.", HTTPStatus.UNPROCESSABLE_ENTITY
        except requests.RequestException as error:
            return f"The webhook did not answer: {type(error).__name__}.", HTTPStatus.BAD_GATEWAY

    return view


def _number(text: str) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RefusedInputError(f"{text} is not a number.")
    return number


def _style() -> Response:
    return Response(CSS + _file("page.css"), mimetype="text/css")


def _script() -> Response:
    return Response(_file("page.js"), mimetype="text/javascript")


def _icon() -> Response:
    drawing = ICON[ICON.index("<rect") : ICON.index("</symbol>")]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36">{drawing}</svg>'
    return Response(svg, mimetype="image/svg+xml")


def _file(name: str) -> str:
    return FILES.joinpath(name).read_text("utf-8")


def _options(choices: Mapping[str, str], chosen: str = "") -> str:
    return "".join(
        f'<option value="{safe(key)}"{" selected" if key == chosen else ""}>{safe(about)}</option>'
        for key, about in choices.items()
    )


def _route_example() -> str:
    """Return rules that send what needs a choice to another channel than the rest."""
    return json.dumps([{"when": {"verdict": ["choose"]}, "channel": LEAD_DESK.id}])


def _channel_tab(channel_id: str, name: str) -> str:
    return (
        f'<button type="button" role="tab" id="tab-{channel_id}" aria-controls="in-{channel_id}" '
        f'data-channel-tab="{channel_id}"># {safe(name)}<span class="unread" hidden></span></button>'
    )


def _channel_panel(channel_id: str, name: str) -> str:
    return f'<div role="tabpanel" id="in-{channel_id}" class="channel-messages" tabindex="0" aria-label="Channel {safe(name)}"></div>'
