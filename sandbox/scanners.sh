#!/bin/sh
# Makes the virtual environment of the scanners that the tests run over template, policies and code: checkov, parliament
# and bandit. It stands beside the other one because they want another boto3 than the tests do.
set -eu
VENV=${VENV:-.venv}
SCANNERS=$VENV/scanners

echo "Setting up $SCANNERS (checkov, parliament, bandit), once: two or three minutes, 320 MB."
"$VENV/bin/python" -m venv --clear "$SCANNERS"
"$SCANNERS/bin/python" -m pip install --quiet --disable-pip-version-check --progress-bar off \
    --require-hashes -r requirements-scanners.txt >"$SCANNERS/install.log" 2>&1 || {
    tail -n 20 "$SCANNERS/install.log" >&2
    echo "Installing the scanners failed (above); the whole log is $SCANNERS/install.log. Then type: make scanners" >&2
    exit 1
}
echo "Ready."
