"""Zoho over HTTP for the sandbox and the tests: real answers from a CRM in memory, and any failure on demand."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from sandbox.serving import StandIn
from sandbox.zoho import api, conversion, deals, faults, sending, users
from sandbox.zoho.api import Admission
from sandbox.zoho.faults import Answer, Call, CallName, Fault, Meanwhile, Said, Script, Slow
from sandbox.zoho.ids import system_id
from sandbox.zoho.oauth import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.zoho.crm import Crm

_API = "/crm/<any(v5, v6, v7, v8):version>"


class ZohoStandIn(StandIn):
    """Zoho's accounts server and its CRM API behind one base URL, for as long as a `with` block lasts.

    `clock` tells seconds since the epoch. `daily_credits` is what the org may spend on calls that are let in; it is not given back
    after a day. What the tokens may do stands in `tokens.scopes`.
    """

    def __init__(
        self,
        crm: Crm,
        *,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        clock: Callable[[], float] = time.time,
        api_domain: str = "https://www.zohoapis.com",
        throttle_status: int = 400,
        daily_credits: int = 5_000_000,
    ) -> None:
        self.crm = crm
        self.tokens = Tokens(
            client_id=client_id,
            client_secret=client_secret,
            refresh_token=refresh_token,
            clock=clock,
            api_domain=api_domain,
            throttle_status=throttle_status,
        )
        self._clock = clock
        self._admission = Admission(self.tokens, daily_credits)
        self._script = Script()
        self._jobs: list[Callable[[], Answer]] = []
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        super().__init__(self._app())

    @property
    def url(self) -> str:
        """The base URL of both the accounts server and the API."""
        return self._serving.url

    @property
    def calls(self) -> list[Call]:
        """Every call that was answered so far, in order; the list is the caller's own."""
        with self._lock:
            return list(self._calls)

    @property
    def credits_spent(self) -> int:
        """The credits that all calls cost so far."""
        return self._admission.spent

    def calls_for(self, lead_id: str, name: CallName | None = None) -> list[Call]:
        """Return the calls about one lead, in order, or those of this name."""
        return [call for call in self.calls if call.lead_id == lead_id and name in (None, call.name)]

    def on(self, call: CallName, answer: Said, *, lead_id: str | None = None, times: int | None = None) -> None:
        """Say this to the call instead of what would be computed, `times` times or, with None, until `clear`.

        Answers given one after the other are said one after the other, those for one lead before those for all. A call
        without a live token is refused before, as Zoho does.
        """
        self._script.add(call, answer, lead_id=lead_id, times=times)

    def off(self, call: CallName, *, lead_id: str | None = None) -> None:
        """Compute the answers to this call again; with None what was said for one lead alone stays."""
        self._script.remove(call, lead_id)

    def run_jobs(self) -> list[Answer]:
        """Convert the leads whose conversion was `Fault.SCHEDULED`, as Zoho does in the background; return what each came to."""
        with self._lock:
            jobs, self._jobs = self._jobs, []
        return [job() for job in jobs]

    def clear(self) -> None:
        """Compute every answer again, and forget the jobs."""
        self._script.clear()
        with self._lock:
            self._jobs.clear()

    def _app(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        app.add_url_rule("/oauth/v2/token", view_func=self._token, methods=["POST"])
        app.add_url_rule(f"{_API}/Leads/<lead_id>/__conversion_options", view_func=self._options)
        app.add_url_rule(f"{_API}/Leads/<lead_id>", view_func=self._lead)
        app.add_url_rule(f"{_API}/Leads", view_func=self._leads)
        app.add_url_rule(f"{_API}/org", view_func=self._org)
        app.add_url_rule(f"{_API}/Leads/<lead_id>/actions/convert", view_func=self._convert, methods=["POST"])
        app.add_url_rule(f"{_API}/users", view_func=self._users)
        app.add_url_rule(f"{_API}/users/<user_id>", view_func=self._user)
        app.add_url_rule(f"{_API}/settings/layouts", view_func=self._layouts)
        app.add_url_rule(f"{_API}/settings/pipeline", view_func=self._pipelines)
        app.register_error_handler(404, lambda _: sending.whole(faults.INVALID_URL_PATTERN))
        app.register_error_handler(405, lambda _: sending.whole(faults.INVALID_REQUEST_METHOD))
        return app

    def _token(self) -> Response:
        return self._answer("token", None, lambda: self.tokens.answer(request.values))

    # The last parameter of those below takes the version, which changes nothing in these answers.
    def _options(self, lead_id: str, **_: str) -> Response:
        return self._admit("options", lead_id, lambda: api.options(self.crm, lead_id))

    def _lead(self, lead_id: str, **_: str) -> Response:
        fields, converted = request.args.get("fields"), request.args.get("converted", "false")
        return self._admit("lead", lead_id, lambda: api.lead(self.crm, lead_id, fields=fields, converted=converted))

    def _leads(self, **_: str) -> Response:
        fields, per_page = request.args.get("fields"), request.args.get("per_page", api.MOST_PER_PAGE, int)
        return self._admit("leads", None, lambda: api.leads(self.crm, fields=fields, per_page=per_page))

    def _org(self, **_: str) -> Response:
        return self._admit("org", None, api.org)

    def _convert(self, lead_id: str, version: str) -> Response:
        body = request.get_json(silent=True)
        return self._admit("convert", lead_id, lambda: conversion.convert(self.crm, lead_id, body, version=version))

    def _users(self, **_: str) -> Response:
        kind = request.args.get("type", "AllUsers")
        page, per_page = request.args.get("page", 1, int), request.args.get("per_page", users.MOST_PER_PAGE, int)
        return self._admit("users", None, lambda: users.users(self.crm.users, kind=kind, page=page, per_page=per_page))

    def _user(self, user_id: str, **_: str) -> Response:
        return self._admit("user", None, lambda: users.user(self.crm.users, user_id))

    def _layouts(self, **_: str) -> Response:
        module = request.args.get("module")
        return self._admit("layouts", None, lambda: deals.layouts(self.crm.deals, module))

    def _pipelines(self, **_: str) -> Response:
        layout_id = request.args.get("layout_id")
        return self._admit("pipelines", None, lambda: deals.pipelines(self.crm.deals, layout_id))

    def _admit(self, name: CallName, lead_id: str | None, compute: Callable[[], Answer]) -> Response:
        refusal = self._admission.refusal(name, request.headers.get("Authorization"))
        if refusal is not None:
            self._note(name, lead_id, refusal.status)
            return sending.whole(refusal)
        response = self._answer(name, lead_id, compute)
        response.headers.update(self._admission.headers())
        return response

    def _answer(self, name: CallName, lead_id: str | None, compute: Callable[[], Answer]) -> Response:
        said = self._script.next(name, lead_id)
        if said is Fault.RESET or said is Fault.RESET_AFTER_EFFECT:
            if said is Fault.RESET_AFTER_EFFECT:
                compute()
            self._note(name, lead_id, None)
            return sending.reset()
        answer = self._said(said, compute)
        self._note(name, lead_id, answer.status)
        self._stopping.wait(answer.delay_seconds)
        if said is Fault.DRIP:
            return sending.dripping(answer, wait=self._stopping.wait)
        return sending.half(answer) if said is Fault.HALF_ANSWER else sending.whole(answer)

    def _said(self, said: Said | None, compute: Callable[[], Answer]) -> Answer:
        """Return what goes out, the call carried out before where that is to be."""
        match said:
            case Answer():
                if said.effect:
                    compute()
                return said
            case Slow():
                return replace(compute(), delay_seconds=said.seconds)
            case Meanwhile():
                said.happens()
            case Fault.SCHEDULED:
                return self._schedule(compute)
        return compute()

    def _schedule(self, job: Callable[[], Answer]) -> Answer:
        with self._lock:
            self._jobs.append(job)
            job_id = system_id(f"job {len(self._jobs)}")
        return faults.scheduled(job_id)

    def _note(self, name: CallName, lead_id: str | None, status: int | None) -> None:
        version = (request.view_args or {}).get("version", "")
        body = request.get_json(silent=True) if version else None
        with self._lock:
            self._calls.append(Call(name, lead_id, status, self._clock(), version, body))
