"""How sure a share is."""

from __future__ import annotations

import math

_Z = 1.959964
"""Of the standard normal distribution 95 % lie within so many standard deviations of the mean."""

FEWEST = 20
"""A share of fewer cases says too little."""


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212); `whole` is 1 at least."""
    share, z2 = part / whole, _Z * _Z
    middle = share + z2 / (2 * whole)
    half = _Z * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    scale = 1 + z2 / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
