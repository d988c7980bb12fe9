"""What the scanners find and we keep, each with its reason; what no longer turns up has to leave this list."""

from __future__ import annotations

CHECKOV = {
    "CKV_AWS_26": "A topic under AWS's own key takes no alarms, one under a key of ours costs a dollar a month for texts that hold nothing personal.",
    "CKV_AWS_27": "The queues are encrypted by SQS's own keys, which cost nothing; the check knows KMS only.",
    "CKV_AWS_119": "The ledger is encrypted under AWS's KMS key; one of our own would add a dollar a month and a way to lose the data, and nobody else could be let in anyway.",
    "CKV_AWS_158": "CloudWatch encrypts every log, and ours hold ids, counts and reasons, nothing personal and no secret.",
}
"""By checkov's id."""

CHECKOV_FUNCTIONS = {
    "CKV_AWS_73": "Chalice could switch X-Ray on and never off again; an event id leads through every log line instead.",
    "CKV_AWS_76": "Chalice makes no access log; each call that is taken or refused is a line in the function's own.",
    "CKV_AWS_115": "A reserve is taken from the account, and a new account has ten in all; the mappings bound those that a queue calls.",
    "CKV_AWS_116": "That queue is for asynchronous calls: those that a queue calls have its own, the sweep comes again by itself.",
    "CKV_AWS_117": "They speak to Zoho and Slack; from inside a VPC that takes a NAT gateway for some 30 dollars a month.",
    "CKV_AWS_120": "A webhook's answer is never the same twice.",
    "CKV_AWS_173": "The variables are names and addresses, no secret, and AWS encrypts them by its own key.",
}
"""The same, for what `chalice deploy` makes."""

BANDIT = {
    ("B105", "chalicelib/zoho/oauth.py"): "A sentence about a client secret, not a secret.",
    ("B105", "chalicelib/slack/outcomes.py"): "A sentence about an access token, not a token.",
    ("B105", "ops/remedies.py"): "Sentences about tokens, not tokens.",
    ("B105", "ops/config_checks.py"): "The name of a secret.",
    ("B105", "ops/provision/prompts.py"): "The names of secrets that are asked for.",
    ("B105", "ops/config.py"): "The name of an output of the stack.",
    ("B404", "ops/deploy/chalice.py"): "`chalice deploy` is a program of its own.",
    ("B603", "ops/deploy/chalice.py"): "A fixed list of arguments, no shell.",
    ("B404", "ops/package/bytecode.py"): "Equal bytecode takes a Python that has loaded nothing else.",
    (
        "B603",
        "ops/package/bytecode.py",
    ): "This Python by a fixed list of arguments, no shell; the folder is a temporary one of our own.",
}
"""By bandit's id and the file."""
