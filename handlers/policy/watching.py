"""What the policy says of looking after itself: the weekly card, and whether everybody in a route can be reached."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .terms import Part
from .values import Count


class Weekly(Part):
    """The card of each week; not seen after so many working days of the home line, the other one is asked to see it."""

    seen_working_days: Annotated[int, Field(ge=1, le=20)] = 5


class Reach(Part):
    """Everybody in every route is tried once a working day; what is wrong is told again after so many days.

    An absence without anybody who stands in is told so many days before it begins.
    """

    again_days: Count = 7
    absence_days_ahead: Annotated[int, Field(ge=0, le=60)] = 14
