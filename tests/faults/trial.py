"""One run of a lead under planned faults, and what came out of it at both ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.aws import EmbeddedAws
from sandbox.callers import json_call
from sandbox.system import WEBHOOK_KEY
from tests.faults.functions import Functions, Product
from tests.faults.proxy import Plan, Record
from tests.faults.stage import Stage

QUIET_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens to a lead: it is qualified once, or again after something has changed in the CRM."""

    name: str
    build: Callable[[Stage], str]
    then: Callable[[Stage, str], None] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind; `lost` and `doubled` say what a person or another system misses or sees twice."""

    scene: Scene
    record: Record
    plans: Sequence[Plan]
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    log: str = field(default="", repr=False)

    @property
    def is_good(self) -> bool:
        """Tell whether everything came out once and right."""
        return not (self.lost or self.doubled or self.wrong)

    @property
    def happened(self) -> bool:
        """Tell whether every planned fault was met."""
        return all(plan.met_by is not None for plan in self.plans)


def run(aws: EmbeddedAws, scene: Scene, plans: Sequence[Plan], log: Path, product: Product = Product()) -> Outcome:
    """Send a lead through; the faults happen at its last qualification."""
    with Stage(aws) as stage:
        functions = Functions(stage, log, product)
        with functions.proxy:
            lead_id = scene.build(stage)
            call, accepted, calls, quiet = json_call(lead_id, WEBHOOK_KEY), [], 0, True
            for is_last in (False, True) if scene.then else (True,):
                functions.plan(*(plans if is_last else ()))
                answers = functions.call_webhook(call)
                quiet &= functions.deliver_until_quiet(seconds=QUIET_SECONDS)
                calls += functions.invocations("receive")
                accepted += [one["event_id"] for a in answers if a.status == 202 for one in json.loads(a.body)["accepted"]]
                if scene.then and not is_last:
                    scene.then(stage, lead_id)
            found = _Found(stage, lead_id, accepted, calls, quiet=quiet, replies=1 if scene.then else 0)
            return found.outcome(scene, functions.record, plans, log)


class _Found:
    """What stands at both ends."""

    def __init__(
        self, stage: Stage, lead_id: str, accepted: Sequence[str], calls: int, *, quiet: bool, replies: int
    ) -> None:
        self._item, self._messages = stage.ledger_item(lead_id), stage.messages()
        self._dead, self._quiet, self._replies = stage.dead_letters(), quiet, replies
        self._accepted, self._calls = set(accepted), calls
        self._matches = [json.loads(text) for text in stage.parts.match_texts()]

    def outcome(self, scene: Scene, record: Record, plans: Sequence[Plan], log: Path) -> Outcome:
        text = log.read_text() if log.exists() else ""
        return Outcome(scene, record, plans, tuple(self._lost()), tuple(self._doubled()), tuple(self._wrong()), text)

    def _lost(self) -> list[str]:
        ids = {match["id"] for match in self._matches}
        roots, replies = self._shown()
        return [
            *(["not quiet in time"] if not self._quiet else []),
            *(["no 202"] if not self._accepted else []),
            *(["no match event"] if self._accepted - ids else []),
            *(["no message"] if not roots else []),
            *(["no reply"] if replies < self._replies else []),
            *(["dead letters"] if self._dead else []),
        ]

    def _doubled(self) -> list[str]:
        roots, replies = self._shown()
        return [
            *(["message"] if len(roots) > 1 else []),
            *(["reply"] if replies > self._replies else []),
            *(["match event"] if len({match["id"] for match in self._matches}) > self._calls else []),
        ]

    def _wrong(self) -> list[str]:
        roots, _ = self._shown()
        shown = self._item.shown
        ids = {(message.metadata or {}).get("event_payload", {}).get("event_id") for message in roots}
        last = self._matches[-1]["data"]["verdict"]["action"] if self._matches else ""
        return [
            *([f"state {self._item.state}"] if self._item.state != "POSTED" else []),
            *(["ts"] if roots and (shown is None or shown.ts != roots[-1].ts) else []),
            *(["event id"] if not ids & {match["id"] for match in self._matches} else []),
            *([f"verdict {last}"] if last != "convert_into_contact" else []),
        ]

    def _shown(self) -> tuple[list, int]:
        roots = [message for message in self._messages if message.thread_ts is None]
        return roots, len(self._messages) - len(roots)
