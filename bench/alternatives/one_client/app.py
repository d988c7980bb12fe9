"""Chalice with one boto3 client: the least that a Chalice app starts with which calls AWS. It answers and does nothing else."""

import boto3
from chalice import Chalice

app = Chalice(app_name="one-client")
sqs = boto3.client("sqs")


@app.route("/health")
def health():
    """Answer."""
    return {"status": "ok"}
