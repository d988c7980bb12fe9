"""The people in front of the page's Slack: what they click and fill in, and what they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.acting import PEOPLE as SALES_PEOPLE
from sandbox.acting import PROFILE, Acting
from sandbox.page.errors import RefusedInputError
from sandbox.slack.arguments import RefusedError
from sandbox.slack.clicks import Reply, elements, missing_inputs
from sandbox.slack.ids import TEAM_ID
from sandbox.system import ROSA
from sandbox.zoho.crm import OWNER

PEOPLE = {ROSA: (OWNER["name"], OWNER["email"]), **SALES_PEOPLE}
"""Who can be chosen: the owner of the sample leads, whom messages mention, and two colleagues."""
WRITTEN = ("plain_text_input", "number_input", "datepicker", "email_text_input")


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may: what is read of it, and what differs then in Slack and in Zoho."""

    about: str
    slack: Mapping[str, object]
    zoho: Mapping[str, object]


OTHER_TEAM = "T0OTHER"
RIGHTS: Mapping[str, Rights] = {
    "may": Rights("may convert", {}, {}),
    "profile": Rights("has a Zoho profile that may not", {}, {"profile": "Guest"}),
    "zoho_inactive": Rights("is deactivated in Zoho", {}, {"status": "inactive"}),
    "no_zoho": Rights("has no Zoho user with this address", {}, {"email": "somebody.else@quillworks.example"}),
    "guest": Rights("is a guest in Slack", {"is_restricted": True}, {}),
    "stranger": Rights("is of another company", {"is_stranger": True, "team_id": OTHER_TEAM}, {}),
    "slack_inactive": Rights("is deactivated in Slack", {"deleted": True}, {}),
}
MISSING = "Please complete this required field."
USUAL_IN_SLACK = {"team_id": TEAM_ID, "is_restricted": False, "is_stranger": False, "deleted": False}


class Persons:
    """Those who can be chosen on the page; each acts as in Slack, and hears what Slack shows them."""

    def __init__(self, people: Acting) -> None:
        self._people, self._workspace = people, people.sandbox.slack.workspace
        self._tabs: dict[str, str] = {}
        self._rights = dict.fromkeys(PEOPLE, "may")
        people.sandbox.crm.users.add(*PEOPLE[ROSA], profile=PROFILE)
        users = {str(user["email"]): str(user["id"]) for user in people.sandbox.crm.users.all()}
        self._zoho_ids = {user_id: users[email] for user_id, (_, email) in PEOPLE.items()}

    def names(self) -> dict[str, str]:
        """Return who there is, by their Slack ids."""
        return {user_id: self._workspace.people.get(user_id).name for user_id in PEOPLE}

    def rights(self, user_id: str) -> str:
        """Return the name of what a person may."""
        return self._rights[self._known(user_id)]

    def change(self, user_id: str, *, name: str, rights: str) -> str:
        """Let a person have this name and these rights."""
        if rights not in RIGHTS:
            raise RefusedInputError("Choose one of the rights in the list.")
        if not name.strip():
            raise RefusedInputError("Write a name.")
        what, email = RIGHTS[rights], PEOPLE[self._known(user_id)][1]
        self._workspace.people.change(user_id, **{**USUAL_IN_SLACK, **what.slack, "name": name.strip()})
        usual = {"profile": PROFILE, "status": "active", "email": email, "full_name": name.strip()}
        self._people.sandbox.crm.users.change(self._zoho_ids[user_id], **{**usual, **what.zoho})
        self._rights[user_id] = rights
        return f"{name.strip()} now {what.about}."

    def sees_form(self, user_id: str, tab: str) -> bool:
        """Return whether a form of this person's is to be seen in this tab of the browser: Slack opens it where the person clicked."""
        return self._tabs.get(user_id, "") in ("", tab)

    def click(self, user_id: str, channel: str, ts: str, action: str, *, tab: str = "") -> str:
        """Click a button of a message as it stands, in a tab of the browser."""
        try:
            message = self._workspace.message(channel, ts)
        except RefusedError:
            raise RefusedInputError("That message is not there any more.") from None
        if action not in elements(message):
            raise RefusedInputError("The message has changed meanwhile: it has no such button any more.")
        self._tabs[self._known(user_id)] = tab
        return _said(self._people.click(self._known(user_id), message, action), "Slack passed the click on.")

    def put(self, user_id: str, block_id: str, values: Sequence[str]) -> str:
        """Fill in an input of the open form."""
        return self._in_form(user_id, lambda: self._put(user_id, block_id, values), "")

    def submit(self, user_id: str) -> str:
        """Submit the open form."""
        return self._in_form(user_id, lambda: self._submit(user_id), "Slack passed the form on.")

    def close(self, user_id: str) -> str:
        """Close the open form."""
        return self._in_form(user_id, lambda: self._people.close(user_id), "Closed.")

    def _submit(self, user_id: str) -> Reply | None:
        """Submit the form, or let Slack ask beside each input for what is missing."""
        view = self._people.view(user_id)
        if missing := missing_inputs(view):
            self._workspace.views.show_errors(view.id, dict.fromkeys(missing, MISSING))
            raise RefusedInputError("Slack asks for what is missing in the form.")
        return self._people.submit(user_id)

    def _put(self, user_id: str, block_id: str, values: Sequence[str]) -> Reply | None:
        inputs = self._people.view(user_id).inputs
        if block_id not in inputs:
            raise RefusedInputError("The form has changed meanwhile. Look again.")
        if inputs[block_id]["element"]["type"] in WRITTEN:
            return self._people.write(user_id, block_id, values[0] if values else "")
        return self._people.choose(user_id, block_id, *[value for value in values if value])

    def _in_form(self, user_id: str, act: Callable[[], Reply | None], done: str) -> str:
        self._known(user_id)
        try:
            return _said(act(), done)
        except LookupError:
            raise RefusedInputError("No form is open, or it has changed meanwhile. Look again.") from None
        except ValueError as error:
            raise RefusedInputError(str(error)) from None

    def _known(self, user_id: str) -> str:
        if user_id not in PEOPLE:
            raise RefusedInputError("Choose one of the people in the list.")
        return user_id


def _said(reply: Reply | None, done: str) -> str:
    """Return what Slack shows the person: nothing where all is well, a warning where the app did not answer as it should."""
    if reply and reply.trouble:
        return f"Slack shows a warning: the app's answer was {reply.trouble}."
    return done
