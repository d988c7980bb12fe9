"""Chalice's record of a deploy, `.chalice/deployed/<stage>.json`, written anew from what AWS has.

Chalice writes it only when a deploy went well to its end. Without it, the next deploy would make a second API.
https://github.com/aws/chalice/issues/1340
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ops.account import Account
from ops.config import Project
from ops.errors import aws_failures
from ops.functions import FUNCTIONS, function_name

API_NAME = "leadmatch"
Noted = dict[str, str]


def address_in(project: Project, stage: str) -> str:
    """Return the API's base URL as the record has it, or an empty text: a record that was recovered has only its id."""
    return next((one.fields.get("rest_api_url", "") for one in project.deployed(stage) if one.kind == "rest_api"), "")


def recover(project: Project, account: Account, stage: str, *, even_if_empty: bool = True) -> list[str]:
    """Write the record of everything of the stage that AWS has; return the names of what was found."""
    found = [*_functions(account, stage), *_mappings(account, stage), *_rules(account, stage), *_apis(account, stage)]
    if not found and not even_if_empty:
        return []
    path = project.folder / ".chalice" / "deployed" / f"{stage}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"resources": found, "schema_version": "2.0", "backend": "api"}, indent=2) + "\n")
    return [resource["name"] for resource in found]


def _functions(account: Account, stage: str) -> Iterator[Noted]:
    functions = account.session.client("lambda")
    with aws_failures("lambda"):
        for key in FUNCTIONS:
            try:
                found = functions.get_function_configuration(FunctionName=function_name(stage, key))
            except functions.exceptions.ResourceNotFoundException:
                continue
            yield {"name": key, "resource_type": "lambda_function", "lambda_arn": found["FunctionArn"]}


def _mappings(account: Account, stage: str) -> Iterator[Noted]:
    pages = account.session.client("lambda").get_paginator("list_event_source_mappings")
    names = {function_name(stage, key): key for key in FUNCTIONS}
    with aws_failures("lambda"):
        for mapping in (mapping for page in pages.paginate() for mapping in page["EventSourceMappings"]):
            function, queue = mapping["FunctionArn"], mapping["EventSourceArn"]
            if key := names.get(function.split(":")[6]):
                yield {
                    "name": f"{key}-sqs-event-source",
                    "resource_type": "sqs_event",
                    "queue_arn": queue,
                    "queue": queue.rpartition(":")[2],
                    "event_uuid": mapping["UUID"],
                    "lambda_arn": function,
                }


def _rules(account: Account, stage: str) -> Iterator[Noted]:
    name = f"{function_name(stage, 'sweep')}-event"
    with aws_failures("events"):
        rules = account.session.client("events").list_rules(NamePrefix=name)["Rules"]
    if name in {rule["Name"] for rule in rules}:
        yield {"name": "sweep-event", "resource_type": "cloudwatch_event", "rule_name": name}


def _apis(account: Account, stage: str) -> Iterator[Noted]:
    """Find the API that calls the stage's function: Chalice gives the APIs of all stages one name."""
    with aws_failures("apigateway"):
        pages = account.session.client("apigateway").get_paginator("get_rest_apis").paginate()
        for api in (api for page in pages for api in page["items"] if api["name"] == API_NAME):
            if _calls(account, api["id"], f":function:{function_name(stage, 'api_handler')}/"):
                yield {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api["id"]}


def _calls(account: Account, api_id: str, function: str) -> bool:
    resources = account.session.client("apigateway").get_paginator("get_resources")
    pages = resources.paginate(restApiId=api_id, embed=["methods"])
    methods = [
        method
        for page in pages
        for resource in page["items"]
        for method in resource.get("resourceMethods", {}).values()
    ]
    return any(function in _uri(method) for method in methods)


def _uri(method: Mapping[str, object]) -> str:
    integration = method.get("methodIntegration")
    return str(integration.get("uri", "")) if isinstance(integration, Mapping) else ""
