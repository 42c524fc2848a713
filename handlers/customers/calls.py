"""The calls of a customer's request: found one by one, by their number, or by what somebody wrote (P4, P7, P8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers import finding, why
from handlers.acting import Act
from handlers.cards import Filled, Option, Sheet
from handlers.customers.forms import WhichForm
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.rules.searching import may_know, scope
from handlers.rules.wishes import wish
from handlers.words import counted, day_words, masked
from storage.records import Recording
from storage.searches import Wanted

NUMBER = "number:"
MOST_NUMBERS = 3  # that are offered as a whole
GONE = "One of these calls is no longer there. Please choose again."
LONGEST_WISH = 200  # characters that are read
FOUND = "These calls may be meant. Please look through them: who asks decides which are theirs."
NONE = "No call was found by these words. Leave it empty if none is found yet."


@dataclass(frozen=True, slots=True)
class Meant:
    """The calls that somebody chose, oldest first, and the number (E.164) where all calls with it are meant."""

    recordings: Sequence[Recording]
    number: str = ""

    @property
    def began(self) -> datetime | None:
        """Before when nobody can have asked: when the last of them began, or the first of all with a number; None without one."""
        began = [one.started for one in self.recordings]
        return (min if self.number else max)(began, default=None)


def find(act: Act, typed: str) -> list[Option]:
    """Calls that match what was typed, and of each number that does all its calls at once."""
    found = finding.look(act, typed)
    whole = numbers(act, found.exactly) if typed.strip() else []
    return finding.offered([*whole, *found.all], typed)


def numbers(act: Act, found: Sequence[Option]) -> list[Option]:
    """All calls at once of each number that some found calls came from."""
    calls = act.store.recordings.all_of(int(one.value) for one in found)
    callers = [one for one in dict.fromkeys(call.caller for call in calls) if one][:MOST_NUMBERS]
    return [option for one in callers if (option := _option(act, one))]


def named(act: Act, values: Iterable[str]) -> list[Option]:
    """What was chosen before, in that order; what this person may not know of is left out."""
    chosen = list(values)
    singles = {one.value: one for one in finding.named(act, (one for one in chosen if not one.startswith(NUMBER)))}
    numbers = {one: option for one in chosen if (option := _option(act, one.removeprefix(NUMBER), least=1))}
    return [(numbers | singles)[one] for one in chosen if one in numbers or one in singles]


def meant(act: Act, values: Iterable[str]) -> Meant:
    """The calls that were chosen, which this person may know of; raises `Refused` at the field."""
    chosen = list(dict.fromkeys(values))
    numbers = [one.removeprefix(NUMBER) for one in chosen if one.startswith(NUMBER)]
    if len(numbers) > 1:
        raise _refused("These are several numbers. Please file a request for each, or choose single calls.")
    ids = [int(one) for one in chosen if not one.startswith(NUMBER)]
    single = [
        one for one in act.store.recordings.present((one for one in ids if one < 2**31), act.now) if _may_know(act, one)
    ]
    if len(single) < len(ids):
        raise _refused(GONE)
    of_number = [one for number in numbers for one in _with(act, number)]
    if numbers and not of_number:
        raise _refused(GONE)
    found = {one.id: one for one in (*single, *of_number)}
    most = act.policy.customers.most_calls
    if len(found) > most:
        told = f"A request takes {counted(most, 'call')} at most, and these are more. Type the number and a day, and choose single calls."
        raise _refused(told)
    return Meant(sorted(found.values(), key=lambda one: (one.started, one.id)), numbers[0] if numbers else "")


def is_shared(act: Act, recordings: Iterable[Recording]) -> bool:
    """Whether the register has a number of these calls under several CRM references, so that it is no customer's alone."""
    return any(len(refs) > 1 for refs in act.store.recordings.references(one.caller for one in recordings).values())


def sought(act: Act, words: str) -> tuple[Sheet, Filled]:
    """The form for what a customer wants, with the calls that the words find; one is chosen only where one alone fits."""
    words = " ".join(words.split())[:LONGEST_WISH]
    zone = act.me.zone or act.policy.lines[act.policy.company.home_line].time_zone
    found = finding.wished(act, wish(act.policy, words, act.now, zone))
    chosen = [one.value for one in found.exactly] if len(found.exactly) == 1 else []
    today = company_day(act.policy, act.now).isoformat()
    values: dict[str, str | list[str]] = {
        "reason": why.OWN_CALL,
        "asker": "customer",
        "received_on": today,
        "recordings": chosen,
    }
    sheet = WhichForm.sheet(act.policy, intro=FOUND if found.all else NONE)
    offered = [*found.all, *(numbers(act, found.exactly or found.otherwise))]
    return replace(sheet, sought=""), Filled(values, {}, {"recordings": offered})


def _option(act: Act, number: str, least: int = 2) -> Option | None:
    calls = _with(act, number) if number else []
    if len(calls) < least:
        return None
    most = act.policy.customers.most_calls
    how_many = f"All {counted(len(calls), 'call')}" if len(calls) <= most else f"All calls, more than {most},"
    days = [day_words(_day(act, one), None) for one in (calls[-1], calls[0])]
    return Option(f"{NUMBER}{number}", f"{how_many} with {masked(number)}", " to ".join(dict.fromkeys(days)))


def _with(act: Act, number: str) -> list[Recording]:
    """Calls with exactly this number that this person may know of, newest first; one more than a request takes, at most."""
    departments, operator = scope(act.policy, act.me.email_key)
    wanted = Wanted(caller=number, departments=departments, mine=operator)
    found = act.store.searches.find(wanted, act.policy.customers.most_calls + 1, act.now)
    return [one for one in found if one.line in act.policy.lines]


def _may_know(act: Act, one: Recording) -> bool:
    return may_know(act.policy, act.me.email_key, one.department, one.operator_key, one.line)


def _day(act: Act, one: Recording) -> date:
    return one.started.astimezone(ZoneInfo(act.policy.lines[one.line].time_zone)).date()


def _refused(words: str) -> Refused:
    return Refused.at({"recordings": words}, "P8")
