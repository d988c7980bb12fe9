"""Serves the stand-in's pages below a path of a Flask app, and converts what a person converts there."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from sandbox.view.links import below
from sandbox.zoho import pages
from sandbox.zoho.crm import Crm
from sandbox.zoho.pages import Page


def blueprint(crm: Crm, base: str = "/zoho") -> Blueprint:
    """Return the pages of a CRM, to be registered with an app: `app.register_blueprint(blueprint(crm))`."""
    made, place = Blueprint("zoho", __name__, url_prefix=base), below(base)

    def shown(page: Page) -> Response:
        return Response(pages.html(page, place), page.status, mimetype="text/html")

    @made.get("/<path:path>")
    def read(path: str) -> Response:
        return shown(pages.page(crm, path, request.args))

    @made.post("/tab/Leads/<lead_id>/convert")
    def convert(lead_id: str) -> BaseResponse:
        refusal = pages.refusal_of(pages.convert(crm, lead_id, request.form))
        lead = crm.get("Leads", lead_id)
        if refusal and lead:
            return shown(pages.convert_screen(crm, lead, refusal=refusal))
        return redirect(place(f"tab/Leads/{lead_id}"), 303)

    return made
