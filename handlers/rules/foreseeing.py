"""Who would decide a request before it is filed, as `recording-steward route` tells it (P7, P9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from handlers.policy import Policy
from handlers.policy.values import as_day, shown_value
from handlers.rules import Refused, working_days
from handlers.rules.access import RequestCircumstances
from handlers.rules.routing import Authority, Route, Why, current_route


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Where a request would go: `where` first, then to `next` if none of those can be reached.

    `lapses` is when it lapses if no one answers; None for an investigation, which never lapses.
    """

    case: RequestCircumstances
    where: Route
    next: tuple[Authority, ...]
    lapses: working_days.Due | None

    @property
    def told(self) -> tuple[int, ...]:
        """The people who are told of the decision without being asked."""
        asked = {one.person for one in self.where.approvers}
        return tuple(one for one in self.where.copy_to if one not in asked)

    @property
    def passed_over(self) -> tuple[tuple[int, Why], ...]:
        """Everyone who might have decided and why they don't; a conflicted holder is followed by the deputies.

        A deputy's own conflict counts first; otherwise the reason is that no one decides for a superior.
        """
        asked = {one.person for one in self.where.approvers}
        on_route = dict(self.where.passed_over)
        reasons: dict[int, Why] = {}
        for person, why in on_route.items():
            reasons.setdefault(person, why)
            for deputy in self._deputies_of_holder(person):
                if deputy not in asked:
                    reasons.setdefault(deputy, on_route.get(deputy) or self.case.conflict(deputy) or "superior")
        return tuple(reasons.items())

    def _deputies_of_holder(self, person: int) -> Iterator[int]:
        """Yield the deputies in each role this person holds, if the person has a conflict."""
        if self.case.conflict(person) is None:
            return
        for name in self.case.chain:
            role = self.case.policy.held(name)
            if role.holder == person:
                yield from role.deputies


def foresee_request(case: RequestCircumstances, received: datetime) -> Foreseen:
    """Return where a request that comes at a moment (aware) would go, and when it would lapse.
    Raises `Refused` at `day` if no calendar reaches that far.
    """
    route = current_route(case)
    asked = frozenset(one.person for one in route.approvers)
    following = current_route(case.without(asked)).approvers if asked else ()
    return Foreseen(case, route, following, None if case.kind == "investigation" else _lapse_due(case.policy, received))


def reason_named(policy: Policy, typed: str) -> str:
    """Return the key of the reason (P6) that is typed, as its key or its label; raises `Refused` at `reason`."""
    wanted = _plain_spelling(typed)
    found = next(
        (key for key, one in policy.reasons.items() if wanted in (_plain_spelling(key), _plain_spelling(one.label))),
        None,
    )
    if found is None:
        raise Refused(
            f"“{shown_value(typed)}” isn't one of the reasons. Write one of: {', '.join(policy.reasons)}.", "reason"
        )
    return found


def day_named(policy: Policy, typed: str, now: datetime) -> tuple[date, datetime]:
    """Return the day that is typed, today if none is, and the moment on it at which a request is taken to come.

    That is `now` for today, and when work begins for any other day, by the home line. Raises `Refused` at `day`.
    """
    today = policy.company_day(now)
    try:
        day = as_day(typed) if typed.strip() else today
        return day, now if day == today else working_days.calendar_of(policy, policy.company.home_line).begins(day)
    except ValueError as wrong:
        raise Refused(str(wrong), "day") from None
    except OverflowError:
        raise Refused(
            f"“{shown_value(typed)}” is too far away. Write a day of these years, like 2026-12-24.", "day"
        ) from None


def _lapse_due(policy: Policy, received: datetime) -> working_days.Due:
    """Return when a request lapses without an answer, by the home line; raises `Refused` at `day`."""
    try:
        home = working_days.calendar_of(policy, policy.company.home_line)
        return working_days.due_after(home, received, policy.staff_requests.lapse_after)
    except Refused as refused:
        raise Refused(refused.sentence, "day") from None


def _plain_spelling(words: str) -> str:
    return " ".join(words.replace("_", " ").replace("-", " ").casefold().split())
