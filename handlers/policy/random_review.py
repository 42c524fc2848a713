"""What the policy says of the monthly draw (P10)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .terms import Part
from .values import Count


class RandomReview(Part):
    """The monthly draw (P10): a share of each department's calls, `minimum` at least, reviewed within so many working days.

    `remind_before` counts working days back from the last of these.
    """

    share_percent: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    minimum: Count
    working_day: Annotated[int, Field(ge=1, le=15)]
    review_working_days: Annotated[int, Field(ge=1, le=60)] = 10
    remind_before: tuple[Count, ...] = (5, 1)
