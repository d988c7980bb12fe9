"""`python -m tests.faults.two_people N`: two people submit the form of one lead at the same moment, with different choices, N times.

The whole stage runs in this process, with several workers a queue; a second call to convert a lead would have an effect.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Barrier, Thread

import click

from chalicelib.conversion import NEW
from sandbox.acting import ADA, BO, Acting, people_act
from sandbox.callers import json_call
from sandbox.slack.workspace import Message
from sandbox.system import SALES, WEBHOOK_KEY, Sandbox

IDLE_SECONDS = 120
CONVERTED, TOO_LATE = "Converted into", "converted this lead already"


@dataclass(frozen=True, slots=True)
class Found:
    """What one lead came to; `complaints` say what must not be."""

    conversions: int
    calls: int
    winner: str
    complaints: tuple[str, ...]


def play(acting: Acting) -> Found:
    """Let a lead come in, and two people convert it at the same moment: one into its contact, the other into new records."""
    sandbox, crm = acting.sandbox, acting.sandbox.crm
    number = len(crm.all("Leads"))
    company, email = f"Zylker {number}", f"ada{number}@zylker.example"
    account = crm.add("Accounts", Account_Name=company)
    home = crm.lookup("Accounts", account)
    contact = crm.add("Contacts", Full_Name="Ada Park", Email=email, Account_Name=home)
    lead_id = crm.add("Leads", Full_Name="Ada Park", Email=email, Company=company)
    json_call(lead_id, WEBHOOK_KEY).send(sandbox.webhook_url)
    sandbox.wait_until_idle(seconds=IDLE_SECONDS)
    wishes = {ADA: (contact, account), BO: (NEW, NEW)}
    message = _message(sandbox, lead_id)
    for person, (wanted_contact, wanted_account) in wishes.items():
        acting.click(person, message, "convert")
        acting.choose(person, "contact", wanted_contact)
        acting.choose(person, "account", wanted_account)
    said = {person: len(sandbox.slack.workspace.ephemerals(person)) for person in wishes}
    _submit_at_once(acting)
    sandbox.wait_until_idle(seconds=IDLE_SECONDS)
    told = {person: _told(acting, person, said[person]) for person in wishes}
    made = [(one.contact_id, one.account_id) for one in crm.conversions(lead_id)]
    winner = {True: ADA, False: BO}[bool(made) and made[0] == wishes[ADA]]
    shown = repr(_message(sandbox, lead_id).blocks)
    is_new = bool(made) and not set(made[0]) & {contact, account}
    checks = {
        f"{len(made)} conversions": len(made) == 1,
        f"wrong records {made}": (made[:1] == [wishes[ADA]]) if winner == ADA else is_new,
        f"{winner} won and was told {told[winner]}": CONVERTED in told[winner],
        f"the message does not name {winner}": f"<@{winner}> converted this lead" in shown,
        "a button to convert": "'action_id': 'convert'" not in shown,
        **{
            f"{person} was told {text}": f"<@{winner}> {TOO_LATE}" in text or "is converting this lead" in text
            for person, text in told.items()
            if person != winner
        },
    }
    calls = len(sandbox.zoho.calls_for(lead_id, "convert"))
    return Found(len(made), calls, winner, tuple(word for word, is_so in checks.items() if not is_so))


def _submit_at_once(acting: Acting) -> None:
    together = Barrier(len((ADA, BO)))

    def submit(person: str) -> None:
        together.wait()
        acting.submit(person)

    threads = [Thread(target=submit, args=(person,)) for person in (ADA, BO)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _message(sandbox: Sandbox, lead_id: str) -> Message:
    messages = sandbox.slack.workspace.messages(SALES.id)
    return next(one for one in messages if lead_id in repr(one.blocks) and one.thread_ts is None)


def _told(acting: Acting, person: str, before: int) -> str:
    """Return what a person was told alone: by a message since then, and in the open view."""
    said = [one.text for one in acting.sandbox.slack.workspace.ephemerals(person)[before:]]
    return " ".join([*said, json.dumps(acting.view(person).sent, ensure_ascii=False)])


def play_all(times: int) -> Iterator[Found]:
    """Yield what each of so many leads came to."""
    with Sandbox(log=io.StringIO(), posts_per_second=1000) as sandbox, people_act(sandbox) as acting:
        sandbox.crm.converts_again = True
        for _ in range(times):
            yield play(acting)


@click.command()
@click.argument("times", type=int, default=100)
def main(times: int) -> None:
    """Play, and say what was counted."""
    found = list(play_all(times))
    wrong = [complaint for one in found for complaint in one.complaints]
    winners = Counter(one.winner for one in found)
    click.echo(
        f"{len(found)} leads: at most {max(one.conversions for one in found)} conversions of a lead, "
        f"{max(one.calls for one in found)} calls; won by {dict(winners)}; {len(wrong)} complaints"
    )
    for complaint in wrong:
        click.echo(f"  {complaint}")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
