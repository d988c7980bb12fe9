"""The CloudFormation template as tests read it: as it is written, and as AWS would see it for a stage."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

PATH = Path("infra/resources.yaml")
STAGE = "test"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",  # moto's
    "AWS::NoValue": "no value",
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


def read_template(text: str) -> dict[str, Any]:
    """Return what a template's text says."""
    return dict(yaml.load(text, _Loader))  # noqa: S506 - it is a SafeLoader


TEMPLATE = read_template(PATH.read_text())


def resolved(stage: str, **parameters: str) -> dict[str, Any]:
    """Return the template with every function replaced by what it stands for in a stage of its own account.

    Without the resources and outputs whose condition does not hold.
    """
    defaults = {name: one.get("Default", "") for name, one in TEMPLATE["Parameters"].items()}
    names = {**defaults, **PSEUDO, "Stage": stage, **parameters}
    parts = {part: {name: one for name, one in TEMPLATE[part].items() if _is_there(one, names)} for part in CONDITIONAL}
    return dict(_resolve(TEMPLATE | parts, names))


CONDITIONAL = ("Resources", "Outputs")


def _is_there(part: dict[str, Any], names: dict[str, str]) -> bool:
    return "Condition" not in part or _holds(TEMPLATE["Conditions"][part["Condition"]], names)


def _holds(condition: dict[str, Any], names: dict[str, str]) -> bool:
    ((function, argument),) = condition.items()
    if function == "Fn::Not":
        return not _holds(argument[0], names)
    one, other = _resolve(argument, names)
    return bool(one == other)


def _resolve(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [made for value in node if (made := _resolve(value, names)) != NO_VALUE]
    if not isinstance(node, dict):
        return node
    function, argument = next(iter(node.items()), ("", None))
    if function in FUNCTIONS:
        return FUNCTIONS[function](argument, names)
    made = {key: _resolve(value, names) for key, value in node.items()}
    return {key: value for key, value in made.items() if value != NO_VALUE}


NO_VALUE = "no value"


def _ref(name: str, names: dict[str, str]) -> str:
    return names[name] if name in names else _of(name, REFS, names)


def _attribute(path: str, names: dict[str, str]) -> str:
    name, _, attribute = path.partition(".")
    if attribute == "Arn":
        return _of(name, ARNS, names)
    return str(_resolve(TEMPLATE["Resources"][name]["Properties"][attribute], names))


def _sub(text: str | list[Any], names: dict[str, str]) -> str:
    if isinstance(text, list):
        text, more = text
        names = names | _resolve(more, names)
    assert isinstance(text, str)
    return re.sub(r"\$\{([^}]+)\}", lambda found: names[found[1]], text)


def _find(path: list[str], _names: dict[str, str]) -> str:
    table, row, column = path
    return str(TEMPLATE["Mappings"][table][row][column])


def _if(choices: list[Any], names: dict[str, str]) -> Any:
    condition, one, other = choices
    return _resolve(one if _holds(TEMPLATE["Conditions"][condition], names) else other, names)


FUNCTIONS: dict[str, Callable[[Any, dict[str, str]], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _attribute,
    "Fn::Sub": _sub,
    "Fn::FindInMap": _find,
    "Fn::If": _if,
}
"""What makes one value of its argument."""


def _of(name: str, forms: dict[str, str], names: dict[str, str]) -> str:
    """Return what stands for a resource, made from its properties that are plain names."""
    resource = TEMPLATE["Resources"][name]
    form = forms[resource["Type"]]
    fields = {key: _resolve(resource["Properties"][key], names) for key in re.findall(r"\{([A-Z]\w+)\}", form)}
    return form.format(id=name, **fields)


EVERYTHING = {"AlarmEmail": "ops@example.com", "MatchesDeadLetters": "on"}
"""The parameters with which nothing is left out."""
RESOURCES: dict[str, Any] = resolved(STAGE, **EVERYTHING)["Resources"]
"""The resources of a stage called `test`, with everything that a parameter can switch on."""


def of_type(kind: str) -> dict[str, Any]:
    """Return the properties of every resource of a type, by logical id."""
    return {name: one["Properties"] for name, one in RESOURCES.items() if one["Type"] == kind}
