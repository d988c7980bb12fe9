"""The plain app: what a good developer writes in an afternoon with Chalice, requests and boto3, in one file.

It does a lead's work as people see it: one Slack message per lead, which a second call edits, and a match event. It promises
nothing: after a crash or a lost answer a message comes twice or never, an error is seen when somebody misses something, and
whatever fails is tried again at once until the queue gives up.
"""

import json
import os
import uuid
from datetime import UTC, datetime

import boto3
import requests
from chalice import Chalice, ForbiddenError, Response

app = Chalice(app_name="plain")
sqs = boto3.client("sqs")
secrets = boto3.client("secretsmanager")
table = boto3.resource("dynamodb").Table(os.environ["LEADMATCH_TABLE"])
session = requests.Session()
kept = {}


def secret(name):
    """Read a secret once."""
    if name not in kept:
        value = secrets.get_secret_value(SecretId=os.environ[name])
        kept[name] = json.loads(value["SecretString"])
    return kept[name]


@app.route("/zoho/leads", methods=["POST"])
def receive():
    """Queue the lead that Zoho calls about."""
    request = app.current_request
    if request.headers.get("X-Leadmatch-Key") not in secret("LEADMATCH_CREDENTIALS")["webhook_keys"]:
        raise ForbiddenError("wrong key")
    lead_id = request.json_body["lead_id"]
    event_id = str(uuid.uuid4())
    send(os.environ["LEADMATCH_INBOX_QUEUE"], lead_id, event_id, {"lead_id": lead_id, "event_id": event_id})
    return Response({"accepted": [{"lead_id": lead_id, "event_id": event_id}]}, status_code=202)


@app.on_sqs_message(queue="plain-inbox.fifo", batch_size=1)
def match(event):
    """Look the lead up, tell other systems and Slack."""
    for record in event:
        message = json.loads(record.body)
        lead_id = message["lead_id"]
        options = zoho(f"Leads/{lead_id}/__conversion_options")["__conversion_options"]
        lead = zoho(f"Leads/{lead_id}")["data"][0]
        found = {
            "id": message["event_id"],
            "time": datetime.now(UTC).isoformat(),
            "subject": lead_id,
            "lead": {name: lead.get(name) for name in ("Full_Name", "Company", "Email", "Phone", "Owner")},
            "contacts": options.get("Contacts") or [],
            "accounts": options.get("Accounts") or [],
        }
        send(os.environ["LEADMATCH_MATCHES_QUEUE"], lead_id, message["event_id"], found)
        key = {"pk": f"lead#{lead_id}"}
        posted = table.get_item(Key=key).get("Item", {})
        ts = post(found, posted.get("ts"))
        table.put_item(Item=key | {"ts": ts, "match": json.dumps(found)})


def zoho(path):
    """Ask Zoho with the access token that a scheduled function keeps in the secret."""
    token = secret("LEADMATCH_ZOHO_TOKEN")["access_token"]
    response = session.get(
        f"{os.environ['LEADMATCH_ZOHO_API_URL']}/crm/v7/{path}",
        headers={"Authorization": f"Zoho-oauthtoken {token}"},
        timeout=10,
    )
    response.raise_for_status()
    return response.json()


def post(found, ts):
    """Post the summary to Slack, or edit the message that is there; return its ts."""
    lead, contacts, accounts = found["lead"], found["contacts"], found["accounts"]
    lines = [f"*{lead['Full_Name']}* · {lead['Company']}"]
    lines.append("Convert into the contact." if contacts else "Convert into the account." if accounts else "No match.")
    lines += [f"Contact: {one['Full_Name']} ({one.get('Email')})" for one in contacts]
    lines += [f"Account: {one['Account_Name']}" for one in accounts]
    response = session.post(
        f"{os.environ['LEADMATCH_SLACK_API_URL']}/{'chat.update' if ts else 'chat.postMessage'}",
        headers={"Authorization": f"Bearer {secret('LEADMATCH_CREDENTIALS')['slack']['bot_token']}"},
        json={
            "channel": os.environ["LEADMATCH_SLACK_CHANNEL"],
            "text": lines[0],
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)}}],
            **({"ts": ts} if ts else {}),
        },
        timeout=10,
    )
    response.raise_for_status()
    if not response.json()["ok"]:
        raise RuntimeError(response.json()["error"])
    return response.json()["ts"]


def send(url, group, deduplication_id, body):
    """Send a message."""
    sqs.send_message(
        QueueUrl=url, MessageBody=json.dumps(body), MessageGroupId=group, MessageDeduplicationId=deduplication_id
    )
