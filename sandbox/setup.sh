#!/bin/sh
# Makes the virtual environment that demo and tests run in, and says in one line what is missing and how to get it.
set -eu
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

command -v "$PYTHON" >/dev/null 2>&1 ||
    fail "leadmatch needs Python 3.11 or newer, and there is no $PYTHON here. On Debian or Ubuntu: sudo apt-get install python3 python3-venv"
"$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' ||
    fail "leadmatch runs on Python 3.11, 3.12, 3.13 and 3.14; $PYTHON is $("$PYTHON" -V 2>&1 | head -n 1). Name another: make demo PYTHON=python3.12"
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv"
[ ! -L "$VENV" ] ||
    fail "$VENV is a link, and setting it up would empty what it leads to. Remove the link first: rm $VENV"

echo "Setting up $VENV, once: a minute or two."
"$PYTHON" -m venv --clear "$VENV"
# Without bytecode beside our code: Chalice would pack it as it lies there. The package gets its own, made in one way everywhere.
cp sandbox/bytecode.pth "$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/leadmatch.pth"
with_pip() {
    "$VENV/bin/python" -m pip --quiet --disable-pip-version-check "$@" >>"$VENV/install.log" 2>&1 || {
        tail -n 20 "$VENV/install.log" >&2
        fail "Installing the packages failed (above); the whole log is $VENV/install.log. Then type the same command again."
    }
}
# pip compares every file with its hash, and installs nothing that has none: what builds the package could change what ships.
with_pip install --progress-bar off --require-hashes -r requirements.txt
with_pip install --progress-bar off --require-hashes -r requirements-dev.txt
# What a deploy downloads, so that tests can build the package without a network: for this machine, as Chalice asks
# first, and for Lambda's two processors.
with_pip download --progress-bar off --dest "$VENV/wheels" -r requirements.txt
for machine in aarch64 x86_64; do
    with_pip download --progress-bar off --dest "$VENV/wheels" --only-binary=:all: --no-deps \
        --platform "manylinux2014_$machine" -r requirements.txt
done
echo "Ready."
