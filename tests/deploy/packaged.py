"""What `chalice package` makes of a stage, for the scanners: its SAM template, without any account."""

from __future__ import annotations

import os
from pathlib import Path

from tests.deploy.clones import Clone
from tests.deploy.stages import write_section

REGION_ONLY = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": os.devnull}


def sam_template_file(clone: Clone, stage: str = "dev") -> Path:
    """Run `chalice package` for a stage as provision leaves it; return the file that it wrote."""
    write_section(clone, stage)
    done = clone.chalice("package", "--stage", stage, "packaged", aws=REGION_ONLY)
    assert done.returncode == 0, done.stderr
    return clone.folder / "packaged/sam.json"
