"""The CloudFormation template as tests read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms `!Ref`, `!GetAtt` and `!Sub` as the text that follows."""


_Loader.add_multi_constructor("!", lambda loader, _tag, node: loader.construct_scalar(node))
TEMPLATE: dict[str, Any] = yaml.load(Path("infra/resources.yaml").read_text(), _Loader)  # noqa: S506 - it is a SafeLoader
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
