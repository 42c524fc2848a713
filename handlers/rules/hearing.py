"""Who decides whether a call may be heard for a confidential report: whoever decides investigations and is not out (P9, P13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .deciders import RequestCircumstances
from .routing import authority, route


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingCircumstances(RequestCircumstances):
    """One hearing: `requester` asks for it, `operators` were on the call, `concerned` are out of the report, whatever the cause."""

    reason: str = ""

    @property
    def kind(self) -> Literal["staff", "investigation"]:
        return "investigation"


def decider(case: HearingCircumstances, asked: str = "") -> str:
    """Whoever is to decide now (address in normal form), "" where nobody may: who was asked, for as long as that one may and is there."""
    if asked and case.hindrance(asked) is None and authority(case, asked, frozenset({asked})):
        return asked
    return next((one.email for one in route(case).approvers), "")
