"""Until when a matter is somebody's only because others are away, and to whom it goes back then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from .routing import Circumstances, route

_DAY = timedelta(days=1)


class Return(NamedTuple):
    """Whom it goes back to (addresses in normal form), and the last day before that."""

    to: tuple[str, ...]
    last: date


def goes_back(case: Circumstances, person: str) -> Return | None:
    """When a matter that this person was asked for `because` others are away leaves again; None where no absence says so.

    As things stand: whoever is back early, or goes away as well, changes it.
    """
    away = {one for one in _in_turn(case) if case.policy.is_away(one, case.today)}
    ends = {one.last for who in away for one in case.policy.away(who) if case.today <= one.last < date.max}
    for last in sorted(ends):
        then = [one.email for one in route(replace(case, today=last + _DAY)).approvers]
        back = tuple(one for one in then if one in away)
        if back and person not in then:
            return Return(back, last)
    return None


def there_again(case: Circumstances) -> date | None:
    """The first day on which somebody may decide what nobody may now, since all who might are away; None where no absence says so.

    As things stand, as above.
    """
    ends = {one.last for who in _in_turn(case) for one in case.policy.away(who) if case.today <= one.last < date.max}
    return next((day for last in sorted(ends) if route(replace(case, today=(day := last + _DAY))).approvers), None)


def _in_turn(case: Circumstances) -> set[str]:
    roles = (case.policy.role(name) for name in case.remaining)
    return {one for role in roles for one in (role.holder, *role.deputies)}
