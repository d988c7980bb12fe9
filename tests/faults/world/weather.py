"""What people, Zoho and Slack do by themselves, at any moment: leads that change, channels that close, tokens that are revoked."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

from chalicelib.timing import MENTION_SECONDS
from tests.faults.world.containers import CLOCK_ERRORS
from tests.faults.world.slack import CLOSINGS
from tests.faults.world.workers import CHANNEL
from tests.faults.world.world import World
from tests.faults.world.zoho import CONVERTED, IN_APPROVAL, MERGED, TOKEN_WEATHERS, VANISHED

FOR_GOOD = (MERGED, CONVERTED)
STATES = (VANISHED, VANISHED, MERGED, CONVERTED, IN_APPROVAL, 0, 1, 2)
EDITABLE_SECONDS = (None, None, 0.0, 600.0)
LOOKUP_SECONDS = (MENTION_SECONDS / 2, 60.0)
SPELL_SECONDS = 3600.0
"""How long bad weather lasts on average."""


class Weather:
    """Changes a world; every bad spell ends."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world, self.dice = world, dice
        self.happened: Counter[str] = Counter()
        world.meddle = self.somebody_acts

    def change(self) -> None:
        """Let something begin."""
        changes = (
            self.somebody_acts,
            self.somebody_acts,
            self.a_channel_closes,
            self.slack_says_words,
            self.slack_looks_up_slowly,
            self.editing_changes,
            self.zoho_goes_out,
            self.tokens_are_revoked,
            self.the_token_endpoint_fails,
            self.processes_end,
        )
        self.dice.choice(changes)()

    def somebody_acts(self) -> None:
        """Let somebody change a lead in Zoho, or delete a message in Slack."""
        if self.dice.random() < 0.8:
            self.a_lead_changes()
        else:
            self.a_message_is_deleted()

    def a_lead_changes(self) -> None:
        """Let a lead vanish, come back, be merged, converted, sent to an approval, or match something else."""
        if not self.world.zoho.accounts:
            return
        lead_id = self.dice.choice(list(self.world.zoho.accounts)[-20:])
        if self.world.zoho.accounts[lead_id] not in FOR_GOOD:
            self.set_lead(lead_id, self.dice.choice(STATES))

    def set_lead(self, lead_id: str, state: int) -> None:
        """Let Zoho say something else of a lead from now on."""
        names = {VANISHED: "vanishes", MERGED: "is merged", CONVERTED: "is converted", IN_APPROVAL: "waits"}
        self.happened[f"lead {names.get(state, 'comes back or changes')}"] += 1
        self.world.zoho.accounts[lead_id] = state

    def a_message_is_deleted(self) -> None:
        """Let somebody delete one of the last messages."""
        posts = [post.ts for post in self.world.slack.told[-20:] if post.kind == "post"]
        if posts:
            self.world.delete_message(self.dice.choice(posts))

    def a_channel_closes(self) -> None:
        """Let a channel be archived, gone or closed to the app for a while."""
        slack = self.world.slack
        channel = self.dice.choice((CHANNEL, CHANNEL, self.world.operator_channel))
        slack.closed[channel] = self.dice.choice(list(CLOSINGS))
        self.happened[f"channel {slack.closed[channel]}"] += 1
        self._later(lambda: slack.closed.pop(channel, None))

    def slack_says_words(self) -> None:
        """Let Slack answer codes, some of which are on no page."""
        self.world.slack.words = True
        self._later(lambda: setattr(self.world.slack, "words", False))

    def slack_looks_up_slowly(self) -> None:
        """Let Slack take its time to say who somebody is: so long that it is in time, or that it is not."""
        slack = self.world.slack
        slack.lookup_seconds = self.dice.choice(LOOKUP_SECONDS)
        self.happened["slack looks up slowly"] += 1
        self._later(lambda: setattr(slack, "lookup_seconds", 0.0))

    def editing_changes(self) -> None:
        """Let an administrator restrict editing, or allow it again."""
        self.world.slack.editable_seconds = self.dice.choice(EDITABLE_SECONDS)

    def zoho_goes_out(self) -> None:
        """Let Zoho answer nobody for a while."""
        self.happened["zoho goes out"] += 1
        self.world.outage = True
        self._later(lambda: setattr(self.world, "outage", False))

    def tokens_are_revoked(self) -> None:
        """Let Zoho take none of the tokens that it gave out."""
        self.world.zoho.revoke_tokens()

    def the_token_endpoint_fails(self) -> None:
        """Let the token endpoint throttle, refuse, hang or be down for a while."""
        zoho = self.world.zoho
        zoho.token_weather = self.dice.choice(TOKEN_WEATHERS)
        self.happened[f"token endpoint turns {zoho.token_weather}"] += 1
        self._later(lambda: setattr(zoho, "token_weather", "good"))

    def processes_end(self) -> None:
        """Let the next processes have other clocks."""
        self.happened["a process with a wrong clock"] += 1
        self.world.containers.end_all()
        seconds = self.dice.choice(CLOCK_ERRORS) * self.dice.choice((-1, 1))
        self.world.containers.next_errors.append(timedelta(seconds=seconds))

    def _later(self, end: object) -> None:
        self.world.clock.later(self.dice.expovariate(1 / SPELL_SECONDS), end)  # type: ignore[arg-type] # whatever it returns
