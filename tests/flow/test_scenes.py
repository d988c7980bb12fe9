"""The demo's scenes, each through the whole system."""

from __future__ import annotations

import pytest

from sandbox.run import play
from sandbox.scenes import SCENES, Scene
from sandbox.system import Sandbox


@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
def test_every_scene_reaches_both_outputs_with_its_verdict(sandbox: Sandbox, scene: Scene) -> None:
    """A lead of each kind ends as the verdict it stands for, on the matches queue and in Slack."""
    (played,) = play(sandbox, [scene], tick=lambda: None)
    assert played.went_well, played


def test_the_scenes_show_every_action() -> None:
    """No verdict is missing from the demo."""
    assert {scene.action for scene in SCENES} == {
        *("convert_into_contact", "convert_into_account", "choose", "create_new"),
        *("wait", "already_converted", "lead_not_found", "unchecked"),
    }
