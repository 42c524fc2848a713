"""Words that more than one feature needs: how a call, a length, a moment, a due date and a state are named to people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from handlers.cards import Sign, When, Words
from handlers.policy import Policy
from handlers.rules import access, phone
from handlers.rules.routing import Why
from handlers.rules.working_days import DayOff, Due
from storage.erasures import is_wiped
from storage.records import Recording, Request
from storage.requests import Sent
from storage.tables.calls import UnregisteredFile

SIGNS = {
    "waiting": Sign.WAITING,
    "stuck": Sign.ALARM,
    "approved": Sign.APPROVED,
    "denied": Sign.DENIED,
    "withdrawn": Sign.WITHDRAWN,
    "ended": Sign.ENDED,
    "lapsed": Sign.ENDED,
}

OUT: Mapping[Why, str] = {
    "requester": "asks for it", "operator": "was on one of these calls", "passed_on": "passed it on", "away": "is away",
    "unreachable": "can’t be reached", "team_leader": "may not decide it", "concerned": "is named in it", "filer": "filed it",
    "customer": "may not release it", "superior": "deputises for someone who was passed over, and no one decides for a superior",
}  # fmt: skip
"""Why a person doesn't decide a request, to follow their name or title."""


BROWSER = "opens your browser"
"""The hint of Listen, since nothing can be played in a chat."""
NO_LINE = "Line not known"
"""The label of a call whose line isn't known."""


def moment_words(at: datetime, zone: str, now: datetime | None, *, exact: bool = False) -> str:
    """Return a moment in an IANA zone, such as “Tue 24 Nov, 10:04 Sydney”, with the year if it isn't the year of `now`.

    Every moment that no platform formats itself is written this way. An unknown zone counts as UTC. Without `now` the
    year is always given, for words that are kept. With `exact` seconds are given. If clocks go back and a time comes
    twice, its offset follows it.
    """
    here = _known_zone(zone) or UTC
    local, today = at.astimezone(here), now.astimezone(here).date() if now else None
    return f"{day_words(local.date(), today)}, {_clock_time(local, exact=exact)} {zone_city(zone)}"


def moment_and_notes(when: When, zone: str) -> str:
    """Return a moment in the reader's zone, with all that is told beside it: “Wed 5 May, 08:00 London (in 7 days; 17:00
    Sydney)”.
    """
    return f"{reader_moment(when, zone)}{moment_notes(when, zone)}"


def reader_moment(when: When, zone: str) -> str:
    """Return a moment in the reader's zone, whose city a brief one leaves out if it is known."""
    told = moment_words(when.at, zone, when.now or when.at, exact=when.exact)
    return told.removesuffix(f" {zone_city(zone)}") if when.brief and _known_zone(zone) else told


def moment_notes(when: When, zone: str) -> str:
    """Return in brackets how far off it is, and the line's local time if it differs from the reader's."""
    notes = "; ".join(note for note in (when.left, _line_time(when, zone)) if note)
    return f" ({notes})" if notes else ""


def time_left_words(until: datetime, now: datetime) -> str:
    """Return how far off a moment is, such as “in 7 days”, in the largest unit that fits twice; empty once it is over."""
    left = until - now
    units = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
    unit, count = next(((name, left / size) for name, size in units.items() if left >= 2 * size), ("minute", 1.0))
    number = int(count + 0.5)
    return f"in {number} {unit}{'s' if number > 1 else ''}" if left > timedelta() else ""


def waited_words(since: datetime, now: datetime) -> str:
    """Return how long something has waited, such as “6 days” or, from two weeks on, “3 weeks”."""
    days = (now - since + timedelta(hours=12)) // timedelta(days=1)
    if days >= 14:
        return quantity_words(days // 7, "week")
    return quantity_words(days, "day")


def _line_time(when: When, zone: str) -> str:
    """Return the time on the line's clock, with the day if it is another one; empty if it is the same as the reader's."""
    at_reader, at_line = (when.at.astimezone(_known_zone(one) or UTC) for one in (zone, when.zone or zone))
    if at_reader.utcoffset() == at_line.utcoffset():
        return ""
    if at_reader.date() != at_line.date():
        return moment_words(when.at, when.zone, when.now or when.at, exact=when.exact)
    return "" if when.brief else f"{_clock_time(at_line, exact=when.exact)} {zone_city(when.zone)}"


def _clock_time(local: datetime, *, exact: bool) -> str:
    """Return a time of day, with its UTC offset if it comes twice because clocks go back."""
    clock = f"{local:%H:%M:%S}" if exact else f"{local:%H:%M}"
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return clock if first == second else f"{clock} {local.isoformat()[-6:]}"


def _known_zone(name: str) -> tzinfo | None:
    """Return the zone of this name, or None for an unknown one: platforms send none for some accounts."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def zone_city(zone: str) -> str:
    """Return how a zone (IANA) is named after a time, such as “Sydney”; UTC if it is unknown."""
    return zone.rpartition("/")[2].replace("_", " ") if _known_zone(zone) else "UTC"


def quantity_words(number: int, one: str, several: str = "") -> str:
    """Return how many of a thing, such as “1 entry” or “2,140 entries”; `several` is the plural if it isn't `one` with
    an s.
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def months_after(number: int) -> str:
    """Return how long after something else: “12 months after”, or “as soon as” for 0."""
    return f"{quantity_words(number, 'month')} after" if number else "as soon as"


def until_then(advice: str) -> str:
    """Return the policy's advice on where to turn, to follow a sentence that says what is awaited."""
    return f"Until then, p{advice[1:]}" if advice.startswith("Please ") else advice


def capitalise(words: str) -> str:
    """Capitalise the first letter, for the start of a line or sentence."""
    return words[:1].upper() + words[1:]


def coming_day(at: When, zone: str, now: datetime) -> str:
    """Return the day of a moment to come: “Thursday”, or “Thu 3 Dec” if it is six days off.

    It is the line's day, with its city where the reader's zone (IANA) has another: “Friday (London)”.
    """
    mine, day = (at.at.astimezone(_known_zone(one) or UTC).date() for one in (zone, at.zone))
    today = now.astimezone(_known_zone(at.zone) or UTC).date()
    told = f"{day:%A}" if day - today < timedelta(days=6) else day_words(day, today)
    return told if mine == day else f"{told} ({zone_city(at.zone)})"


def size_words(size: int) -> str:
    """Return the size of a file (bytes), such as “2.4 MB”."""
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return quantity_words(size, "byte")


def day_words(day: date, today: date | None) -> str:
    """Return a day such as “Tue 24 Nov”, with its year if it is another one, or without `today`."""
    year = f" {day.year}" if today is None or day.year != today.year else ""
    return f"{day:%a} {day.day} {day:%b}{year}"


def whole_seconds(seconds: float) -> int:
    """Round a length to seconds as it is shown everywhere; half a second rounds up."""
    return int(seconds + 0.5)


def length_words(seconds: float) -> str:
    """Return a length such as “1 min 3 s”, never broken over two lines."""
    minutes, rest = divmod(whole_seconds(seconds), 60)
    words = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def line_words(number: str, policy: Policy) -> tuple[str, str]:
    """Return a line's label and zone (IANA); for one that is no longer in the policy, its number and UTC."""
    line = policy.line(number)
    return (line.label, line.time_zone) if line else (number or NO_LINE, "UTC")


def masked_number(number: str) -> str:
    """Return a number to its last three digits, never broken over two lines; says when it was withheld."""
    return phone.mask_number(number).replace("• ", "•\N{NO-BREAK SPACE}")


def call_words(recordings: Sequence[Recording], policy: Policy, now: datetime) -> tuple[str | When, ...]:
    """Return which calls, for a row of a list: the first one's moment and caller, and how many more there are."""
    first, others = recordings[0], len(recordings) - 1
    more = f" and {others} more {'call' if others == 1 else 'calls'}" if others else ""
    when = When(first.started, line_words(first.line, policy)[1], now)
    return ("Call of ", when, f" · {_caller_words(first)}{more}")


def which_calls(recordings: Sequence[Recording], policy: Policy, now: datetime) -> str:
    """Return which calls, within a sentence: “Sunday’s call with •••• 156”, by the line’s day; or “3 calls”, with the caller
    if they have one.
    """
    callers = {"" if is_wiped(one) else one.caller for one in recordings}
    whom = f" with {masked_number(min(callers))}" if len(callers) == 1 and any(callers) else ""
    if len(recordings) != 1:
        return f"{quantity_words(len(recordings), 'call')}{whom}"
    [call] = recordings
    day, today = date.fromisoformat(call.local_day), now.astimezone(ZoneInfo(line_words(call.line, policy)[1])).date()
    recent = timedelta() <= today - day < timedelta(days=6)
    return f"{f'{day:%A}’s call' if recent else f'the call of {day_words(day, today)}'}{whom}"


def join_sentences(several: Iterable[Words]) -> Words:
    """Join several sentences into one text."""
    return tuple(one for words in several for one in (*((words,) if isinstance(words, str | When) else words), " "))[
        :-1
    ]


def one_line(typed: str) -> str:
    """Shorten typed words for a line or two of a card; Details has all of them."""
    words = " ".join(typed.split())
    return words if len(words) <= ON_A_CARD else f"{words[:ON_A_CARD].rsplit(' ', 1)[0]} …"


ON_A_CARD = 170
OUT_OF_REACH = {
    "declined": "locked: the caller declined to be recorded", "gone": "no longer in the recording system",
}  # fmt: skip


def call_line(
    one: Recording, policy: Policy, now: datetime, erased: datetime | None = None, card: tuple[str, int] | None = None
) -> tuple[str | When, ...]:
    """Return the line of a call; `erased` (aware) is when its audio was erased, if known.

    For a `card` in the chat, give its title and how many more calls it is about. What the title names isn't repeated; if
    there are more, only when it was and with whom. Details has the whole lines.
    """
    (line, zone), (title, more), brief = line_words(one.line, policy), card or ("", 0), card is not None
    minutes = f"{whole_seconds(one.seconds / 60)}\N{NO-BREAK SPACE}min"
    parts = (
        "" if more else one.direction if brief else f"{one.direction} call",
        "" if more else minutes if brief and one.seconds >= 60 else length_words(one.seconds),
        "" if one.operator_name in title else one.operator_name if brief else f"with {one.operator_name}",
        "" if more or erased or masked_number(one.caller) in title else _caller_words(one),
        "" if brief else line,
        "" if erased or is_wiped(one) else OUT_OF_REACH.get(one.state, ""),
    )
    words = "".join(f" · {part}" for part in parts if part)
    gone = " · erased ", When(erased or now, zone, now, brief=brief), "" if brief else ", with a certificate"
    rest = f" · +{more:,} more" if more else ""
    return ("📞 ", When(one.started, zone, now, brief=brief), words, *(gone if erased else ()), rest)


def call_and_reference(
    recording: Recording, policy: Policy, now: datetime, erased: datetime | None = None
) -> tuple[str | When, ...]:
    """Return the line of a call with its CRM reference, for the person who decides about that call."""
    return (*call_line(recording, policy, now, erased), f" · {recording.crm}" if recording.crm else "")


def _caller_words(recording: Recording) -> str:
    """Return who called or was called; after the number was erased, return why it is gone instead (P12)."""
    if is_wiped(recording):
        return OUT_OF_REACH.get(recording.state, recording.state)
    whom = "called" if recording.direction == "outgoing" else "caller"
    return f"{whom} {masked_number(recording.caller)}"


AT_RANDOM = "Drawn at random for review (P10)"
"""The reason given when a reviewer listens: no one approved it."""


def reason_words(policy: Policy, request: Request | Sent) -> str:
    """Return what a request is for; a reason that is no longer in the policy is named by its key."""
    return access.reason_of(policy, request.reason, longer=request.longer).label


def list_words(names: Sequence[str], last: str) -> str:
    """Return “A, B and C”, with `last` before the last of them; empty for none."""
    return f" {last} ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


Told = tuple[str | When, ...]


def sum_words(due: Due, now: datetime | None = None, what: str = "Due") -> Told:
    """Return how a deadline was counted, such as “Received Thu 22 Apr, 17:20 Sydney, … Due Wed 5 May, 17:00 Sydney …”.

    Moments are drawn in the reader's zone, with the line's if it differs; days are the line's. Without `now` (aware)
    each day has its year. `what` is said of the moment that was counted. Weekends are mentioned only if one delayed the
    receipt.
    """
    today = _today_there(due, now)
    days_off = [f"{_day_off_words(off, today)}. " for off in _worth_telling(due)]
    ending = f", on working day {len(due.counted)}."
    received, at = (When(moment, due.zone, now) for moment in (due.received, due.at))
    return "Received ", received, f"{_counts_as_words(due, today)}. {''.join(days_off)}{what} ", at, ending


def as_plain_text(words: Told, zone: str) -> str:
    """Return words with moments in them (`Told`) as plain text for a reader in an IANA zone."""
    return "".join(
        one if isinstance(one, str) else f"{moment_words(one.at, zone, one.now)}{moment_notes(one, zone)}"
        for one in words
    )


def holiday_caution(due: Due) -> str:
    """Warn that some public holidays may not be declared yet; empty if all years are complete."""
    if not due.undeclared:
        return ""
    years = " and ".join(map(str, due.undeclared))
    return f"The public holidays of {years} may not all be declared yet."


def day_off_reason(off: DayOff) -> str:
    """Return why a day isn't a working day: “public holiday, Good Friday”."""
    if off.why == "weekend" and off.day.weekday() < 5:
        return "non-working day"
    return f"{off.why}, {off.name}" if off.name else off.why


def later_reason(due: Due) -> str:
    """Return why day 0 isn't the day of receipt: “after 17:00 Sydney” or “on a weekend”; empty if it is."""
    if due.late:
        return f"after {due.cut_off:%H:%M} {zone_city(due.zone)}"
    return f"on a {day_off_reason(due.before[0])}" if due.before else ""


def _counts_as_words(due: Due, today: date | None) -> str:
    """Say why a deadline doesn't count from the day of receipt, and from which; empty if it does."""
    why = later_reason(due)
    return f", {why}, so it counts as {day_words(due.day0, today)}" if why else ""


def _worth_telling(due: Due) -> Iterator[DayOff]:
    """Yield the days off that explain how a deadline was counted: holidays and closures, but no weekends.
    The first day off is left out if `later_reason` has named it.
    """
    named_already = 0 if due.late else 1
    yield from (off for off in (*due.before[named_already:], *due.skipped) if off.why != "weekend")


def _day_off_words(off: DayOff, today: date | None) -> str:
    return f"{day_words(off.day, today)} is a {day_off_reason(off)}"


def _today_there(due: Due, now: datetime | None) -> date | None:
    """Return today at the deadline's line; None without `now`."""
    return now.astimezone(ZoneInfo(due.zone)).date() if now else None


TROUBLE: Mapping[str, str] = {
    "": "{they_are} next in turn",
    "unavailable": "the recording system didn’t answer",
    "held": "the recording system keeps its own hold on {them}",
    "retained": "the recording system keeps {them} for a period set when {they_were} stored, which no one can shorten",
    "changed": "the file there isn’t the one to erase, so I deleted nothing",
    "absent": "the recording system doesn’t show {them} any more, and I’ll ask once more to be sure",
    "left": "I still found something after deleting {them}",
}
"""Why closed calls still have their audio; `trouble_words` says it of a number of them."""
ONE = {"they": "it", "they_are": "it is", "they_were": "it was", "them": "it", "their": "its"}
MANY = {"they": "they", "they_are": "they are", "they_were": "they were", "them": "them", "their": "their"}
BY: Mapping[str, str] = {
    "hold": "by a hold",
    "request": "by an open request, for that request alone",
    "copy": "for a customer’s copy, until it is fetched",
}
"""What keeps a call past its moment."""


def trouble_words(why: str, number: int) -> str:
    """Say why so many calls are still there."""
    return TROUBLE.get(why, why).format(**(ONE if number == 1 else MANY))


WHY: Mapping[str, str] = {
    "no_metadata": "it has no metadata file",
    "metadata": "its metadata file can’t be used",
    "unreadable": "it or its metadata file can’t be read by the bot’s account",
    "empty": "it is empty",
    "ahead": "its metadata says that the call hasn’t begun yet",
    "not_ordinary": "it, or its metadata file, is a link or has another hard link",
    "shared": "another audio file has the same metadata file",
    "name": "its name has characters that I can’t store",
    "folder": "it is a folder that I can’t open",
    "hidden": "it was deleted before it was registered, and its versions are still there",
}
"""Why a file could not be registered."""


def file_line(file: UnregisteredFile, zone: str, now: datetime) -> tuple[str | When, ...]:
    """Return the line of a file for a card."""
    parts: list[str | When] = [f"🗂️ File {file.id}: {WHY.get(file.why, file.why)} · {size_words(file.size)}"]
    parts += [" · last written ", When(file.modified, zone, now)] if file.modified is not None else []
    return (*parts, " · first seen ", When(file.first_seen, zone, now))
