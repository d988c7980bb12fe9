"""config.json is written as people write it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ops.config import config_text

WRITTEN = """{
  "version": "2.0",
  "autogen_policy": false,
  "lambda_functions": {
    "api_handler": { "lambda_timeout": 20, "lambda_memory_size": 1024 },
    "check": { "lambda_timeout": 60, "lambda_memory_size": 1024 }
  },
  "stages": {
    "dev": {
      "environment_variables": {
        "LEADMATCH_STAGE": "dev"
      },
      "lambda_functions": {
        "check": {
          "manage_iam_role": false,
          "iam_role_arn": "arn:aws:iam::1:role/Prüfung"
        }
      },
      "tags": {}
    }
  }
}
"""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,  # it is about what is nested in what; a hundred, the default, take ten times as long
)


def test_a_file_in_this_form_is_written_back_to_the_letter() -> None:
    """So that the diff shows the stage that was provisioned and nothing else."""
    assert config_text(json.loads(WRITTEN)) == WRITTEN


@given(st.dictionaries(st.text(), VALUES))
def test_whatever_stands_in_it_is_read_back_the_same(config: dict[str, object]) -> None:
    """The form is nobody's business but people's."""
    assert json.loads(config_text(config)) == config
