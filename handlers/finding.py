"""Finding a call in the register, by what somebody typed or chose before (P7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.acting import Act
from handlers.cards import Option
from handlers.policy import Policy
from handlers.rules import search as rule
from handlers.rules.wish import Wish
from handlers.words import length_words, masked, moment_words
from storage.recordings import Wanted
from storage.records import Recording

MOST_OPTIONS = 40
LONGEST_ID = 10  # digits


def find(act: Act, typed: str) -> list[Option]:
    """P7: calls that match what was typed and that this person may know of, newest first."""
    me = act.me
    zone = act.policy.lines[act.policy.company.home_line].time_zone
    search = rule.query(typed, act.now, me.zone or zone)
    narrowed, operator = rule.scope(act.policy, me.email_key)
    wanted = Wanted(search.digits, search.words, search.day, narrowed, operator)
    found = act.store.recordings.find(wanted, MOST_OPTIONS, act.now)
    return [_option(act.policy, one, act.now) for one in found if one.line in act.policy.lines]


def wished(act: Act, wish: Wish) -> list[Option]:
    """P7: calls that a wish in plain words is about, newest first: by the most exact thing that finds any, within its hours if some are."""
    found = next((these for one in wish.searches if (these := find(act, one))), [])
    if wish.hours is None or not found:
        return found
    calls = act.store.recordings.all_of(int(one.value) for one in found)
    started = {
        str(one.id): one.started.astimezone(ZoneInfo(act.policy.lines[one.line].time_zone)).time() for one in calls
    }
    begins, ends = wish.hours
    return [one for one in found if begins <= started[one.value] <= ends] or found


def named(act: Act, values: Iterable[str]) -> list[Option]:
    """P7: calls that were chosen before, in that order; those that this person may not know of are left out."""
    me, found = act.me.email_key, act.store.recordings.present(filter(None, map(_id, values)), act.now)
    known = (one for one in found if rule.may_know(act.policy, me, one.department, one.operator_key, one.line))
    return [_option(act.policy, one, act.now) for one in known]


def _id(value: str) -> int:
    """The id that was chosen; 0 for what can be none (a client may send anything)."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_ID else 0
    return number if number < 2**31 else 0


def _option(policy: Policy, recording: Recording, now: datetime) -> Option:
    # In the line's time, which is also the one that a day is looked for by.
    started = moment_words(recording.started, policy.lines[recording.line].time_zone, now)
    small = [recording.direction, masked(recording.caller), length_words(recording.seconds), recording.crm]
    label = f"{started} · {recording.operator_name}"
    return Option(str(recording.id), label, " · ".join(part for part in small if part))
