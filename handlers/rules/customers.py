"""A customer's request: when the customer first asked, who answers it, what has to be there before, and when reminders go (P8)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.policy import RoleName
from handlers.rules import Refused
from handlers.rules.routing import Circumstances, Why
from handlers.rules.working_days import Calendar, Due, moment_of

_CHAIN: tuple[RoleName, ...] = ("team_leader", "head_of_customer_success", "manager_human_resources")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCircumstances(Circumstances, clause="P8"):
    """One customer's request.

    Its askers are the staff who wrote any of it down: that it was asked for, since when, or where the mail goes. `namesakes` have the customer's name.
    """

    asker: str
    namesakes: frozenset[int] = frozenset()

    @property
    def chain(self) -> tuple[RoleName, ...]:
        """The roles that are asked in turn; a relative's request isn't for the team leader."""
        return _CHAIN[1:] if self.asker == "relative" else _CHAIN

    def beside(self, name: RoleName) -> tuple[int, ...]:
        """Return who is asked along with a role's holder: the policy's `customers.handlers` beside the team leader."""
        return self.policy.seats.releasers if name == "team_leader" else ()

    def own_case(self, person: int) -> Why | None:
        """Return why this person may never release it: they wrote part of it down, were on a call, or have the customer's name."""
        why = self.involved.why(person) or ("customer" if person in self.namesakes else None)
        return "filer" if why == "requester" else why


def for_the_head(case: CustomerCircumstances) -> CustomerCircumstances:
    """Return the request as if a relative asked, so that only the Head may decide, such as on another number."""
    return replace(case, asker="relative")


ADD_ADDRESS = "Add the address"
MISSING = {
    "not_identified": "No one has recorded how the requester’s identity was checked. Press Identified on the card.",
    "no_letter": "No one has recorded which letter gives them authority. Have the request filed again with it, under the same name: it stays one request.",
    "no_call": (
        "The request names no call. Press Ask a question to find out which one is meant, and have the request filed again with it, under the same name and address. Or press Refuse."
    ),
    "locked": (
        "The caller asked not to be recorded, so this call is locked until someone decides whether to keep the recording. It is"
        " still there, so please don’t refuse this as a call that we don’t hold. You can release it after the decision."
    ),
    "erased": "Its recordings are erased or no longer there. Press Refuse, and choose the reason that fits.",
    "no_address": f"There is no e-mail address yet. Press {ADD_ADDRESS} on the card.",
    "no_mail": "E-mail isn’t set up here, so I can’t send anything. Please ask the bot’s administrator: recording-steward check says what is missing.",
}  # fmt: skip
"""What keeps a request from being released, and what to do about it; the deadline keeps running."""
CHANGED = "This request has changed since you opened it, so I did nothing. Press Details to look again."
HOW_TOLD = "Please write how and when they were told: {why}"
GOES = "There is an address, so this goes by e-mail. Please leave this empty."


def refuse_release(missing: Iterable[str]) -> None:
    """Raise `Refused` with everything that is missing, by its key in `MISSING`, unless that is nothing."""
    if codes := list(missing):
        raise Refused(" ".join(MISSING[one] for one in codes), clause="P8", code=codes[0])


def check_as_shown(seen_mark: str, current_mark: str) -> None:
    """Refuse unless the card is unchanged since this person saw it, so that a release covers only what was shown."""
    if seen_mark != current_mark:
        raise Refused(CHANGED, clause="P8", code="not_as_shown")


def goes_by_mail(told: str, *, address: bool, mail: bool) -> bool:
    """Return True if a refusal goes by mail. If it can't, `told` must say how the customer was told otherwise.

    Raises `Refused` if that is missing, or if it is given for a letter that can be mailed: only the mail server's word
    counts there.
    """
    if address and mail:
        if told:
            raise Refused.at({"told": GOES}, "P8")
        return True
    if told:
        return False
    why = "there is no e-mail address." if not address else "e-mail isn’t set up here."
    raise Refused.at({"told": HOW_TOLD.format(why=why)}, "P8")


_DAY = timedelta(days=1)
BEFORE_CUT_OFF = timedelta(hours=1)
LATE_FROM = timedelta(seconds=1)
"""An answer at the due moment itself is still in time."""


def days_before(calendar: Calendar, day: date, number: int) -> date:
    """Return the working day that is `number` working days before a day of the line's."""
    while number:
        day -= _DAY
        number -= calendar.off(day) is None
    return day


def last_day_before(calendar: Calendar, due: Due) -> datetime:
    """Return the morning of the last working day before the due day, from which on the request is due soon."""
    return calendar.begins(days_before(calendar, due.local.date(), 1))


def next_reminder(calendar: Calendar, due: Due, before: Iterable[int], now: datetime) -> datetime | None:
    """Return the first morning after `now` (aware) that is so many working days before the due day; None if none is
    left.
    """
    day = due.local.date()
    moments = (calendar.begins(days_before(calendar, day, number)) for number in before)
    return min((at for at in moments if at > now), default=None)


def next_on_the_day(calendar: Calendar, due: Due, now: datetime) -> datetime | None:
    """Return the morning of the due day, then an hour before its cut-off; None once both are past."""
    moments = (calendar.begins(due.local.date()), due.at - BEFORE_CUT_OFF)
    return min((at for at in moments if at > now), default=None)


def next_late(calendar: Calendar, due: Due, now: datetime, *, missed: bool) -> datetime:
    """Return just after the due moment until it is recorded as `missed`; then the next working morning."""
    return next_morning(calendar, now) if missed else due.at + LATE_FROM


def next_morning(calendar: Calendar, now: datetime) -> datetime:
    """Return when work begins next on one of the line's working days, after `now` (aware)."""
    day = now.astimezone(ZoneInfo(calendar.zone)).date()
    while calendar.off(day) is not None or calendar.begins(day) <= now:
        day += _DAY
    return calendar.begins(day)


_YEARS_BACK = 5


def first_asked(day: date | None, now: datetime, today: date, zone: str, began: datetime | None) -> datetime:
    """Return when the deadline's count starts: now, or the beginning of the `day` the customer asked, in an IANA zone.

    `today` is the latest date anywhere in the company; `began` is when the call began, and no one can have asked before
    that. Raises `Refused` at the field.
    """
    if day is None:
        return now
    if day > today:
        raise Refused.at({"received_on": "This day is in the future. Please choose today or earlier."}, "P8")
    if day.year < today.year - _YEARS_BACK:
        raise Refused.at({"received_on": f"This is more than {_YEARS_BACK} years ago. Please check the year."}, "P8")
    at = min(moment_of(day, time(), zone), now)
    if began is None or at >= began:
        return at
    local = began.astimezone(ZoneInfo(zone)).date()
    if local == day:
        return began
    words = f"The call was on {local:%a} {local.day} {local:%b}, and they can’t have asked for it before that. If they asked for other calls then, please file those separately."
    raise Refused.at({"received_on": words}, "P8")


def working_days_since(calendar: Calendar, day: date, today: date) -> int:
    """Return how many working days there are after a day, up to and including today."""
    days = (day + number * _DAY for number in range(1, (today - day).days + 1))
    return sum(calendar.off(one) is None for one in days)


def left_words(calendar: Calendar, due: datetime, now: datetime) -> str:
    """Return how far off a due moment is, in working days of its line: “in 3 working days”, “today”, “1 working day
    late”.
    """
    here = ZoneInfo(calendar.zone)
    day, today = due.astimezone(here).date(), now.astimezone(here).date()
    if now > due:
        over = max(working_days_since(calendar, day, today), 0)
        return f"{_working_days_words(over)} late" if over else "overdue since today"
    left = working_days_since(calendar, today, day)
    return f"in {_working_days_words(left)}" if left else "today"


def _working_days_words(number: int) -> str:
    return f"{number} working day{'' if number == 1 else 's'}"
