"""The version of leadmatch, which CHANGELOG.md describes. https://semver.org/"""

from __future__ import annotations

VERSION = "0.1.0"
