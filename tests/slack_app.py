"""An app behind an address of its own, to which the Slack stand-in sends what people click."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from flask import Flask, Response, request


class App:
    """An app that answers as a test tells it to, and keeps what it was sent."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], Any] = lambda _: ""
        self._lock = threading.Lock()
        self.flask = Flask(__name__)
        self.flask.add_url_rule("/slack/actions", view_func=self._take, methods=["POST"])

    def _take(self) -> Response:
        (text,) = parse_qs(request.get_data(as_text=True))["payload"]
        payload = json.loads(text)
        with self._lock:
            self.payloads.append(payload)
        answer = self.answer(payload)
        return Response(answer) if isinstance(answer, str) else Response(json.dumps(answer))
