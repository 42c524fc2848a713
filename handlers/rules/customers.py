"""A customer's request: when the customer first asked, who answers it, what has to be there before, and when reminders go (P8)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.policy.values import RoleName
from handlers.rules.refusal import Refused
from handlers.rules.routing import Circumstances, Why
from handlers.rules.working_days import Calendar, Due, moment_of

_CHAIN: tuple[RoleName, ...] = ("team_leader", "head_of_customer_success", "manager_human_resources")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCircumstances(Circumstances, clause="P8"):
    """One customer's request; addresses are in normal form.

    Its askers are the staff who wrote any of it down: that it was asked for, since when, or where the mail goes. `namesakes` have the customer's name, or the same name before the @. `elsewhere`: an operator wants it at an address that is not the company’s.
    """

    asker: str
    namesakes: frozenset[str] = frozenset()
    elsewhere: bool = False

    @property
    def chain(self) -> tuple[RoleName, ...]:
        to_head = self.asker == "relative" or self.elsewhere
        return _CHAIN[1:] if to_head else _CHAIN

    def beside(self, name: RoleName) -> tuple[str, ...]:
        return self.policy.customers.handlers if name == "team_leader" else ()

    def own_case(self, person: str) -> Why | None:
        if why := self.involved.why(person):
            return "filer" if why == "requester" else why
        return "customer" if person in self.namesakes else None


def for_the_head(case: CustomerCircumstances) -> CustomerCircumstances:
    """The same as if it were a relative's: what only the Head may say of it."""
    return replace(case, asker="relative")


"""How far off the day may be by which a late answer is announced."""
IDENTITY = (
    "How the requester’s identity was checked isn’t written down yet. The person who filed it adds that on the card."
)
ADDRESS = "There is no e-mail address yet. The person who filed it adds the customer’s address on the card."
CALLS = (
    "It names no call. Press Ask a question to find out which one is meant, and have the request filed again with it, by the same"
    " name and address: it stays one request, and the clock goes on. Else press Refuse."
)
GONE = "The recordings that it names are erased or no longer there. Press Refuse, and choose the reason that fits."
LOCKED = (
    "The caller asked not to be recorded, so this call is locked until it is decided whether the recording is kept. It is still"
    " there, so please don’t refuse this as a call that we don’t hold. You can release it after the decision."
)
LETTER = (
    "Which letter gives them authority, and of what day, is not written down. Press Ask a question, and have the request filed"
    " again with it: it stays one request, and the clock goes on."
)
MAIL = (
    "Mail is not set up here, so nothing can be sent. Please ask the bot’s administrator: recording-steward check says what is"
    " missing. The clock goes on."
)
WEIGHED = "Please write why the customer may hear it although someone else is in it."
CHANGED = (
    "Something of this request is no longer as it was shown to you: a call, the address, or who asks for what. So nothing was"
    " done. Please press Details, look again, and open the form again."
)
HOW_TOLD = "Please write how and on which day they were told: {why}"
GOES = (
    "There is an address, so the letter goes by mail, and counts once the mail server has it. Please leave this empty."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a request when somebody presses Release: whether it is there; `calls` are named, `there` have audio.

    `locked`: none can be had now, and at least one is only locked since its caller declined.
    `letter`: the kind and day of the letter that gives authority, where one is needed. `mail`: letters can be sent.
    """

    identified: bool
    address: bool
    calls: int
    there: int
    letter: bool
    mail: bool
    locked: bool = False


def release(known: Known) -> None:
    """Raises `Refused` with everything that is missing, each with what to do."""
    wanted = (
        ("not_identified", IDENTITY, known.identified), ("no_letter", LETTER, known.letter), ("no_call", CALLS, known.calls > 0),
        ("locked", LOCKED, not known.locked), ("erased", GONE, known.there > 0 or known.calls == 0 or known.locked), ("no_address", ADDRESS, known.address), ("no_mail", MAIL, known.mail),
    )  # fmt: skip
    missing = [(code, words) for code, words, there in wanted if not there]
    if missing:
        raise Refused(" ".join(words for _, words in missing), clause="P8", code=missing[0][0])


def as_shown(seen: str, now: str) -> None:
    """A release is for what was shown; both are marks of it, and no mark is nothing that was seen. Raises `Refused`."""
    if seen != now:
        raise Refused(CHANGED, clause="P8", code="not_as_shown")


def weigh(voices: str, words: str) -> None:
    """Raises `Refused` where somebody else is heard, the customer may hear it all the same, and nobody says why."""
    if voices == "may_hear" and not words:
        raise Refused.at({"weighed": WEIGHED}, "P8")


def by_mail(told: str, *, address: bool, mail: bool) -> bool:
    """Whether a refusal goes by mail; where it can't, somebody has to have `told` the customer otherwise, and says how.

    Raises `Refused` until that is said; and where it is said of a letter that can go, since no word stands for the mail server's.
    """
    if address and mail:
        if told:
            raise Refused.at({"told": GOES}, "P8")
        return True
    if told:
        return False
    why = "there is no e-mail address." if not address else "mail is not set up here."
    raise Refused.at({"told": HOW_TOLD.format(why=why)}, "P8")


_DAY = timedelta(days=1)
BEFORE_CUT_OFF = timedelta(hours=1)
LATE_FROM = timedelta(seconds=1)
"""What comes at the due moment itself is still in time."""


def days_before(calendar: Calendar, day: date, number: int) -> date:
    """The working day that is so many working days before a day of the line's."""
    while number:
        day -= _DAY
        number -= calendar.off(day) is None
    return day


def last_day_before(calendar: Calendar, due: Due) -> datetime:
    """The morning of the last working day before the due day."""
    return calendar.begins(days_before(calendar, due.local.date(), 1))


def next_reminder(calendar: Calendar, due: Due, before: Iterable[int], now: datetime) -> datetime | None:
    """The first morning after `now` (aware) that is so many working days before the due day; None where none is left."""
    day = due.local.date()
    moments = (calendar.begins(days_before(calendar, day, number)) for number in before)
    return min((at for at in moments if at > now), default=None)


def next_on_the_day(calendar: Calendar, due: Due, now: datetime) -> datetime | None:
    """The morning of the due day, then an hour before its cut-off; None once both are past."""
    moments = (calendar.begins(due.local.date()), due.at - BEFORE_CUT_OFF)
    return min((at for at in moments if at > now), default=None)


def next_late(calendar: Calendar, due: Due, now: datetime, *, missed: bool) -> datetime:
    """Just after the due moment, past or to come, until it is on record as `missed`; from then on each working morning."""
    return next_morning(calendar, now) if missed else due.at + LATE_FROM


def next_morning(calendar: Calendar, now: datetime) -> datetime:
    """When work begins next on one of the line's working days, after `now` (aware)."""
    day = now.astimezone(ZoneInfo(calendar.zone)).date()
    while calendar.off(day) is not None or calendar.begins(day) <= now:
        day += _DAY
    return calendar.begins(day)


_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h ]?(?P<minute>\d\d))?\s*(?P<half>[ap])?\.?(?(half)m\.?)", re.ASCII | re.IGNORECASE
)
_YEARS_BACK = 5
LIKE = "I can’t read this time. Write it like 14:30, or leave it empty."


def read_clock(typed: str) -> time:
    """A time of day as people write it, such as 14:30, 1430 or 2.30 pm; raises `ValueError` with a sentence."""
    found = _CLOCK.fullmatch(typed.strip())
    if found is None:
        raise ValueError(LIKE)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(LIKE)
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(LIKE) from None


def first_asked(day: date, clock: str, zone: str, began: datetime | None) -> datetime:
    """That day at that time, in an IANA zone; without a time its earliest moment, though not before the call `began` (aware)."""
    at = moment_of(day, read_clock(clock) if clock else time(), zone)
    same_day = not clock and began is not None and began.astimezone(ZoneInfo(zone)).date() == day
    return max(at, began) if same_day and began is not None else at


def refuse_future_day(field: str, day: date, here: datetime) -> None:
    """Raise `Refused` at this field unless the day has begun where it counts: at `here`, in an IANA zone."""
    if day > here.date():
        told = f"In {_city(str(here.tzinfo))} it is still {here:%a} {here.day} {here:%b}, so this day has not come yet."
        raise Refused.at({field: told}, "P8")


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def readable(day: date, now: datetime, zone: str) -> None:
    """Raises `Refused` at the field for a day that can't be meant."""
    here = now.astimezone(ZoneInfo(zone))
    refuse_future_day("received_on", day, here)
    if day.year < here.year - _YEARS_BACK:
        told = f"This is more than {_YEARS_BACK} years ago. Please look at the year again."
        raise Refused.at({"received_on": told}, "P8")


def possible(at: datetime, now: datetime, zone: str, began: datetime | None, *, several: bool = False) -> None:
    """Raises `Refused` at the field for a moment that has not come yet, or that was before the call, or the last of `several`, `began`."""
    here = ZoneInfo(zone)
    city = _city(zone)
    if at > now:
        told = f"In {city} it is {now.astimezone(here):%H:%M}, so this time has not come yet."
        raise Refused.at({"received_at": told}, "P8")
    if began is not None and at < began:
        local = began.astimezone(here)
        call = "One of these calls" if several else "The call"
        told = f"{call} began on {local:%a} {local.day} {local:%b} at {local:%H:%M} {city}, and they can’t have asked for it before that."
        told += " File it as a request of its own." if several else ""
        field = "received_on" if at.astimezone(here).date() < local.date() else "received_at"
        raise Refused.at({field: told}, "P8")


def working_days_since(calendar: Calendar, day: date, today: date) -> int:
    """How many working days there are after a day, until today and with it."""
    days = (day + number * _DAY for number in range(1, (today - day).days + 1))
    return sum(calendar.off(one) is None for one in days)


def left_words(calendar: Calendar, due: datetime, now: datetime) -> str:
    """How far off a due moment is, in working days of its line: “in 3 working days”, “today”, “1 working day late”."""
    here = ZoneInfo(calendar.zone)
    day, today = due.astimezone(here).date(), now.astimezone(here).date()
    if now > due:
        over = max(working_days_since(calendar, day, today), 0)
        return f"{_counted(over)} late" if over else "late since today"
    left = working_days_since(calendar, today, day)
    return f"in {_counted(left)}" if left else "today"


def _counted(number: int) -> str:
    return f"{number} working day{'' if number == 1 else 's'}"
