"""Who in Zoho may have a lead converted: the one active, confirmed, regular user of an address, with a profile that was named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.conversion import Pipeline
from chalicelib.errors import LeadNotFound, ZohoRefused
from chalicelib.zoho.pipelines import read_pipelines
from chalicelib.zoho.users import ZohoUser, ZohoUsers, refusal

ADA = "ada.park@quillworks.example"


def user(user_id: str = "1", email: str = ADA, **changes: Any) -> dict[str, Any]:
    """Return a user as Zoho shows one."""
    known = {"id": user_id, "email": email, "status": "active", "confirm": True, "type__s": "Regular User"}
    return known | {"profile": {"id": "7", "name": "Standard"}} | changes


OTHERS = [user(str(number), f"u{number}@x.example") for number in range(100, 300)]
"""A page of others."""


@dataclass
class Zoho:
    """Answers like Zoho's users, and notes what it was asked."""

    users: list[dict[str, Any]]
    asked: list[str] = field(default_factory=list)

    def ask(self, path: str, query: Mapping[str, str], *, part: str) -> Mapping[str, Any]:
        """Answer one call."""
        assert part == "users"
        self.asked.append(path)
        if path != "users":
            found = [one for one in self.users if one["id"] == path.removeprefix("users/")]
            if not found:
                raise LeadNotFound("no such id", reason="lead_not_found")
            return {"users": found}
        if query["type"] == "CurrentUser":
            return {"users": self.users[:1]}
        assert query["type"] == "ActiveConfirmedUsers"
        active = [one for one in self.users if one["status"] == "active" and one["confirm"]]
        most = int(query["per_page"])
        start = (int(query["page"]) - 1) * most
        return {"users": active[start : start + most], "info": {"more_records": start + most < len(active)}}


@dataclass
class Clock:
    """A clock that the test moves."""

    at: datetime = datetime(2031, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at


def test_the_user_of_an_address_is_found_on_any_page_in_any_case() -> None:
    """The list says who it is, and the user's own page how they are now."""
    zoho = Zoho([*OTHERS, *OTHERS, user()])
    users = ZohoUsers(zoho, now=Clock())
    (found,) = users.with_email("Ada.Park@Quillworks.example ")
    assert found == ZohoUser(
        "1", ADA, is_active=True, is_confirmed=True, is_regular=True, profile_id="7", profile_name="Standard"
    )
    assert zoho.asked == ["users", "users", "users", "users/1"]
    assert users.with_email(ADA) == [found]
    assert zoho.asked[4:] == ["users/1"]


def test_a_long_list_is_read_again_after_an_hour_and_for_an_address_that_it_lacks() -> None:
    """A user who was just invited and has confirmed is found; so is one whose address has changed."""
    zoho, clock = Zoho([user(), *OTHERS]), Clock()
    users = ZohoUsers(zoho, now=clock)
    users.with_email(ADA)
    zoho.users.append(user("2", "new@x.example"))
    assert [one.id for one in users.with_email("new@x.example")] == ["2"]
    zoho.users[-1]["email"] = "other@x.example"
    assert users.with_email("new@x.example") == []
    assert [one.id for one in users.with_email("other@x.example")] == ["2"]
    asked = len(zoho.asked)
    users.with_email(ADA)
    assert zoho.asked[asked:] == ["users/1"]
    clock.at += timedelta(hours=1)
    users.with_email(ADA)
    assert zoho.asked[asked + 1 :] == ["users", "users", "users/1"]


def test_a_list_of_one_page_is_read_each_time() -> None:
    """It is one call, and shows at once that two users have one address."""
    zoho = Zoho([user()])
    users = ZohoUsers(zoho, now=Clock())
    assert [one.id for one in users.with_email(ADA)] == ["1"]
    zoho.users.append(user("2", ADA.upper()))
    assert [one.id for one in users.with_email(ADA)] == ["1", "2"]


def test_a_user_who_is_gone_is_nobody() -> None:
    """Zoho says of the id that it is invalid."""
    zoho = Zoho([user()])
    users = ZohoUsers(zoho, now=Clock())
    users.with_email(ADA)
    zoho.users.clear()
    assert users.with_email(ADA) == []
    assert users.current_id() == ""


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, ""),
        ({"profile": {"id": "8", "name": "STANDARD"}}, ""),
        ({"profile": {"id": "77", "name": "Other"}}, ""),
        ({"status": "inactive"}, "zoho_user_not_active"),
        ({"status": None}, "zoho_user_not_active"),
        ({"confirm": False}, "zoho_user_not_confirmed"),
        ({"confirm": "true"}, "zoho_user_not_confirmed"),
        ({"type__s": "Client Portal User"}, "zoho_user_not_regular"),
        ({"type__s": None}, "zoho_user_not_regular"),
        ({"category": "client_portal"}, "zoho_user_not_regular"),
        ({"type__s": None, "category": "regular_user"}, ""),
        ({"profile": {"id": "8", "name": "Interns"}}, "zoho_profile_not_named"),
        ({"profile": None}, "zoho_profile_not_named"),
    ],
)
def test_what_keeps_a_user_from_converting(changes: dict[str, Any], word: str) -> None:
    """What is not said is not so."""
    zoho = Zoho([user(), *OTHERS])
    users = ZohoUsers(zoho, now=Clock())
    users.with_email(ADA)
    zoho.users[0] |= changes
    assert refusal(users.with_email(ADA), profiles=("Standard", "77"), is_named=False) == word


def test_who_is_named_needs_no_profile_and_everything_else() -> None:
    """Nor does naming nobody let anybody in."""
    (ada,) = ZohoUsers(Zoho([user(profile={"id": "", "name": ""})]), now=Clock()).with_email(ADA)
    assert refusal([ada], profiles=(), is_named=True) == ""
    assert refusal([ada], profiles=("",), is_named=False) == "zoho_profile_not_named"
    assert refusal([], profiles=("Standard",), is_named=True) == "not_a_zoho_user"
    assert refusal([ada, ada], profiles=("Standard",), is_named=True) == "several_zoho_users"


@dataclass
class Settings:
    """Answers with layouts and pipelines."""

    layouts: list[dict[str, Any]]
    pipelines: Mapping[str, list[dict[str, Any]]]

    def ask(self, path: str, query: Mapping[str, str], *, part: str) -> Mapping[str, Any]:
        """Answer one call."""
        if path == "settings/layouts":
            assert query == {"module": "Deals"}
            return {part: self.layouts}
        return {part: self.pipelines[query["layout_id"]]}


def test_pipelines_are_read_by_the_values_that_convert_lead_takes() -> None:
    """In the order of their stages; an inactive layout, or a pipeline without stages, is none."""
    stages = [
        {"display_value": "Won", "actual_value": "Closed Won", "sequence_number": "2"},
        {"display_value": "Qualification", "actual_value": "Qualification", "sequence_number": "1"},
        {"display_value": None},
    ]
    settings = Settings(
        [{"id": "1", "status": "active"}, {"id": "2", "status": "inactive"}, {"id": "3"}],
        {
            "1": [{"actual_value": "Standard", "display_value": "Normal", "maps": stages}, {"display_value": "Empty"}],
            "3": [{"actual_value": "Standard", "maps": stages[:1]}, {"display_value": "Renewals", "maps": stages[:1]}],
        },
    )
    assert read_pipelines(settings) == (
        Pipeline("Standard", ("Qualification", "Closed Won")),
        Pipeline("Renewals", ("Closed Won",)),
    )


def test_a_missing_scope_is_an_error_of_zoho_s() -> None:
    """The sweep says so in the log, and the form offers no deal."""

    class Refusing:
        """Refuses."""

        def ask(self, path: str, query: Mapping[str, str], *, part: str) -> Mapping[str, Any]:  # noqa: ARG002
            """Refuse."""
            raise ZohoRefused("no scope", reason="zoho_scope_missing")

    with pytest.raises(ZohoRefused):
        read_pipelines(Refusing())
