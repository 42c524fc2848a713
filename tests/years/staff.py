"""A company of 500, all of them invented, in both lines' zones and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle

from tests.handlers.builders import email

ZONES = ("Australia/Sydney", "Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Australia/Perth")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff: the account in the chat, the name, and the zone (IANA) that the chat tells."""

    account: str
    name: str
    zone: str

    @property
    def email(self) -> str:
        return email(self.name)


DECIDERS = {
    "tara": Member("UTARA", "Tara Lindqvist", "Australia/Sydney"),
    "deven": Member("UDEVEN", "Deven Okafor", "Europe/London"),
    "helena": Member("UHELENA", "Helena Marsh", "Australia/Sydney"),
    "henrik": Member("UHENRIK", "Henrik Solberg", "Europe/Oslo"),
    "ruth": Member("URUTH", "Ruth Adeyemi", "Europe/London"),
    "miles": Member("UMILES", "Miles Fairweather", "America/New_York"),
}
"""The people with a role in the sample policy, by a short name."""
OPERATORS = tuple(
    Member(f"UQ{number:03}", f"Operator No{number:03}", zone)
    for number, zone in zip(range(494), cycle(ZONES), strict=False)
)
EVERYBODY = (*DECIDERS.values(), *OPERATORS)
