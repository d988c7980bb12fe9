"""Mutations of the code and the template, kept as data, and what runs them: a mutation that no test sees is a promise unproved.

Each `*.toml` here holds the mutations of one area: `name` says what is broken, `file`, `old` and `new` how, and `tests` where it is
seen. `python -m tests.mutants` applies one at a time to a copy of the repository and runs those tests.
"""
