"""The floor: the HTTP calls that leadmatch makes for a lead, with nothing around them.

http.client on connections that stay open, a signature written by hand, JSON. No answer is looked at but for what the next call
needs; nothing is checked, escaped, decided, tried again or logged. So little is the least that Python needs for these calls.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import uuid
from datetime import UTC, datetime
from functools import cache
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

KEY, REGION = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_REGION"]
ENDPOINT, ZOHO, SLACK = (
    os.environ[name] for name in ("AWS_ENDPOINT_URL", "LEADMATCH_ZOHO_API_URL", "LEADMATCH_SLACK_API_URL")
)
INBOX, MATCHES, SLACK_QUEUE, TABLE = (
    os.environ[f"LEADMATCH_{name}"] for name in ("INBOX_QUEUE", "MATCHES_QUEUE", "SLACK_QUEUE", "TABLE")
)
CHANNEL = os.environ["LEADMATCH_SLACK_CHANNEL"]
FIELDS = (
    "Full_Name,First_Name,Last_Name,Company,Email,Phone,Mobile,Website,Lead_Source,Lead_Status,Owner,Converted__s,"
    "Converted_Contact,Converted_Account,Converted_Deal"
)
KEYS = {"AmazonSQS": "sqs", "DynamoDB_20120810": "dynamodb", "secretsmanager": "secretsmanager"}


def nothing(_: dict[str, Any], __: object) -> None:
    """Do nothing: what the runtime client costs by itself."""


def receive(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Queue the lead."""
    assert event["headers"]["X-Leadmatch-Key"] in secret("CREDENTIALS")["webhook_keys"]  # noqa: S101
    lead_id, event_id = json.loads(event["body"])["lead_id"], str(uuid.uuid4())
    body = json.dumps({"lead_id": lead_id, "event_id": event_id, "accepted_at": datetime.now(UTC).isoformat()})
    entry = {"Id": "0", "MessageBody": body, "MessageGroupId": lead_id, "MessageDeduplicationId": event_id}
    aws("AmazonSQS.SendMessageBatch", {"QueueUrl": INBOX, "Entries": [entry]})
    return {"statusCode": 202, "body": json.dumps({"accepted": [{"lead_id": lead_id, "event_id": event_id}]})}


def check(event: dict[str, Any], _: object) -> None:
    """Read the lead's item, ask Zoho twice, keep what it said and send it on."""
    lead = json.loads(event["Records"][0]["body"])
    lead_id, event_id = lead["lead_id"], lead["event_id"]
    keys = [{"pk": {"S": name}} for name in (f"lead#{lead_id}", "zoho#state", "settings#stage", "token#zoho")]
    aws("DynamoDB_20120810.BatchGetItem", {"RequestItems": {TABLE: {"Keys": keys, "ConsistentRead": True}}})
    options = zoho(f"Leads/{lead_id}/__conversion_options")
    fields = zoho(f"Leads/{lead_id}?fields={FIELDS}")
    match = json.dumps({"specversion": "1.0", "id": event_id, "subject": lead_id, "data": [options, fields]})
    update(lead_id, "SET #match = :match", "attribute_not_exists(pk)", {":match": {"S": match}}, {"#match": "match"})
    send(MATCHES, match, lead_id, event_id)
    send(SLACK_QUEUE, json.dumps({"lead_id": lead_id, "event_id": event_id}), CHANNEL, event_id)


def notify(event: dict[str, Any], _: object) -> None:
    """Claim the item, read who the lead's owner is in Slack, write the intent, post, and write what was posted."""
    lead = json.loads(event["Records"][0]["body"])
    lead_id, event_id, owner = lead["lead_id"], lead["event_id"], {"S": str(uuid.uuid4())}
    item = update(lead_id, "SET #owner = :owner", "attribute_exists(pk)", {":owner": owner}, {"#owner": "owner"})
    options, fields = json.loads(item["match"]["S"])["data"]
    key = {"pk": {"S": f"owner#{fields['data'][0]['Owner']['id']}"}}
    aws("DynamoDB_20120810.GetItem", {"TableName": TABLE, "Key": key, "ConsistentRead": True})
    update(lead_id, "SET posting = :id", "attribute_exists(pk)", {":id": {"S": event_id}}, {})
    ts = post(event_id, fields["data"][0], options["__conversion_options"])
    update(lead_id, "SET shown = :ts REMOVE posting", "attribute_exists(pk)", {":ts": {"S": ts}}, {})


def post(event_id: str, lead: dict[str, Any], options: dict[str, Any]) -> str:
    """Post a message and return its ts."""
    text = f"{lead['Full_Name']} · {lead['Company']}: {len(options.get('Contacts') or ())} contacts match"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    metadata = {"event_type": "leadmatch_lead", "event_payload": {"event_id": event_id}}
    content = {"channel": CHANNEL, "text": text, "blocks": [block], "metadata": metadata}
    headers = {
        "Authorization": f"Bearer {secret('CREDENTIALS')['slack']['bot_token']}",
        "Content-Type": "application/json; charset=utf-8",
    }
    return str(call(SLACK, "POST", "/api/chat.postMessage", json.dumps(content).encode(), headers)["ts"])


def send(url: str, body: str, group: str, deduplication_id: str) -> None:
    """Send a message."""
    content = {"MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": deduplication_id}
    aws("AmazonSQS.SendMessage", {"QueueUrl": url} | content)


def update(
    lead_id: str, expression: str, condition: str, values: dict[str, Any], names: dict[str, str]
) -> dict[str, Any]:
    """Update the lead's item and return it as it is then."""
    content = {
        "TableName": TABLE,
        "Key": {"pk": {"S": f"lead#{lead_id}"}},
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ReturnValues": "ALL_NEW",
    } | ({"ExpressionAttributeNames": names} if names else {})
    return dict(aws("DynamoDB_20120810.UpdateItem", content)["Attributes"])


def zoho(path: str) -> Any:
    """Ask Zoho."""
    headers = {"Authorization": f"Zoho-oauthtoken {secret('ZOHO_TOKEN')['access_token']}"}
    return call(ZOHO, "GET", f"/crm/v7/{path}", b"", headers)


@cache
def secret(name: str) -> Any:
    """Return a secret; kept for good."""
    return json.loads(
        aws("secretsmanager.GetSecretValue", {"SecretId": os.environ[f"LEADMATCH_{name}"]})["SecretString"]
    )


def aws(target: str, content: dict[str, Any]) -> Any:
    """Call AWS, signed: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html"""
    body, service = json.dumps(content).encode(), KEYS[target.partition(".")[0]]
    version = "1.1" if service == "secretsmanager" else "1.0"
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    headers = {
        "content-type": f"application/x-amz-json-{version}",
        "host": urlsplit(ENDPOINT).netloc,
        "x-amz-date": moment,
        "x-amz-target": target,
    }
    signed, scope = ";".join(headers), f"{moment[:8]}/{REGION}/{service}/aws4_request"
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(signing_key(moment[:8], service), to_sign.encode(), hashlib.sha256).hexdigest()
    proof = f"AWS4-HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={signed}, Signature={signature}"
    return call(ENDPOINT, "POST", "/", body, headers | {"Authorization": proof})


@cache
def signing_key(day: str, service: str) -> bytes:
    """Derive the key of a day."""
    key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in (day, REGION, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def call(base: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
    """Send a request over the connection that is open and return the JSON of its answer."""
    connection = opened(urlsplit(base).netloc)
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:  # noqa: PLR2004 - a floor that fails would measure nothing
        raise RuntimeError(f"{path}: {response.status} {content!r}")
    return json.loads(content)


@cache
def opened(host: str) -> HTTPConnection:
    """Return the one connection to a host."""
    return HTTPConnection(host)
