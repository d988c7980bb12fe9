"""The CloudFormation template as tests read it: as it is written, and as AWS would see it for a stage."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

PATH = Path("infra/resources.yaml")
STAGE = "test"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",  # moto's
}
ARNS = {
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{id}",
    "AWS::SNS::Topic": "arn:aws:sns:us-east-1:123456789012:{TopicName}",
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-1:123456789012:{QueueName}",
}
REFS = {
    "AWS::Logs::LogGroup": "{LogGroupName}",
    "AWS::SNS::Topic": ARNS["AWS::SNS::Topic"],
    "AWS::SQS::Queue": "https://sqs.us-east-1.amazonaws.com/123456789012/{QueueName}",
}


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms, `!Ref X` and `!Sub X`, as the long ones: `{"Ref": X}`, `{"Fn::Sub": X}`."""


def _long_form(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value = loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else loader.construct_sequence(node, deep=True)  # type: ignore[arg-type] # fmt: skip
    return {tag if tag == "Ref" else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)
TEMPLATE: dict[str, Any] = yaml.load(PATH.read_text(), _Loader)  # noqa: S506 - it is a SafeLoader


def resolved(stage: str, **parameters: str) -> dict[str, Any]:
    """Give the template with every function replaced by what it stands for in a stage of its own account."""
    defaults = {name: one.get("Default", "") for name, one in TEMPLATE["Parameters"].items()}
    return _resolve(TEMPLATE, {**defaults, **PSEUDO, "Stage": stage, **parameters})


def _resolve(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_resolve(value, names) for value in node]
    if not isinstance(node, dict):
        return node
    function, argument = next(iter(node.items()), ("", None))
    if function in FUNCTIONS:
        return FUNCTIONS[function](argument, names)
    return {key: _resolve(value, names) for key, value in node.items()}


def _ref(name: str, names: dict[str, str]) -> str:
    return names[name] if name in names else _of(name, REFS, names)


def _attribute(path: str, names: dict[str, str]) -> str:
    name, _, attribute = path.partition(".")
    if attribute == "Arn":
        return _of(name, ARNS, names)
    return str(_resolve(TEMPLATE["Resources"][name]["Properties"][attribute], names))


def _sub(text: str, names: dict[str, str]) -> str:
    return re.sub(r"\$\{([^}]+)\}", lambda found: names[found[1]], text)


def _find(path: list[str], _names: dict[str, str]) -> str:
    table, row, column = path
    return str(TEMPLATE["Mappings"][table][row][column])


FUNCTIONS = {"Ref": _ref, "Fn::GetAtt": _attribute, "Fn::Sub": _sub, "Fn::FindInMap": _find}
"""What makes one text of its argument; conditions stay as they are."""


def _of(name: str, forms: dict[str, str], names: dict[str, str]) -> str:
    """Give what stands for a resource, made from its properties that are plain names."""
    resource = TEMPLATE["Resources"][name]
    form = forms[resource["Type"]]
    fields = {key: _resolve(resource["Properties"][key], names) for key in re.findall(r"\{([A-Z]\w+)\}", form)}
    return form.format(id=name, **fields)


RESOURCES: dict[str, Any] = resolved(STAGE)["Resources"]
"""The resources of a stage called `test`."""


def of_type(kind: str) -> dict[str, Any]:
    """Give the properties of every resource of a type, by logical id."""
    return {name: one["Properties"] for name, one in RESOURCES.items() if one["Type"] == kind}
