"""The names of AWS's regions, as botocore knows them offline: a misspelt one is named before anything is asked or written.

botocore keeps them in its file partitions.json, in which a region stands before it opens.
https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

import botocore
from botocore.loaders import create_loader

from ops.failures import OpsError

PSEUDO = "-global"
"""The end of the names that botocore gives to what stands in no region."""


@cache
def known_regions() -> frozenset[str]:
    """Return the names of all regions of all partitions: AWS's own, China's, the governments'."""
    partitions = create_loader().load_data("partitions")["partitions"]
    return frozenset(name for one in partitions for name in one["regions"] if not name.endswith(PSEUDO))


def require_known(region: str, source: str) -> None:
    """Raise `OpsError` for a name that no region has; `source` says where it stands, so that it can be corrected there."""
    if region in known_regions():
        return
    near = get_close_matches(region.strip().lower(), sorted(known_regions()), n=1)
    raise OpsError(
        f"AWS has no region {region!r} ({source})." + (f" Meant, perhaps: {near[0]}." if near else ""),
        "Correct it there, for example to eu-west-1. If AWS has opened this region only lately, botocore "
        f"{botocore.__version__} does not know it yet: python -m pip install --upgrade boto3, then run this again.",
    )
