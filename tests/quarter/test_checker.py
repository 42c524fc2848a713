"""The checker finds what it is there to find: each quarter here was spoilt by hand, in its log, its ledger or the chat's book (P7, P9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.quarter.checking import problems
from tests.quarter.facts import facts, sent
from tests.quarter.promised import broken
from tests.quarter.quarters import SMALL, Ended, Undisturbed
from tests.quarter.told import Sent

pytestmark = pytest.mark.soak

Entries = list[dict[str, Any]]
Spoil = Callable[[Entries, list[Sent]], None]
LATER = timedelta(hours=24)


@pytest.fixture
def ended(undisturbed: Undisturbed) -> Ended:
    return undisturbed(SMALL)


def _log(entries: Entries, action: str, **detail: Any) -> dict[str, Any]:
    """An entry with this action, whose detail has something of these names."""
    return next(
        one for one in entries if one["action"] == action and all(one["detail"].get(name) for name in detail or ())
    )


def _row(ledger: list[Sent], kind: str) -> int:
    return next(place for place, one in enumerate(ledger) if one.kind == kind)


def twice_in_the_log(entries: Entries, ledger: list[Sent]) -> None:
    entries.append(deepcopy(_log(entries, "matters.remind")))


def never_told(entries: Entries, ledger: list[Sent]) -> None:
    gone = _log(entries, "matters.remind")
    entries.remove(gone)
    at, person = datetime.fromisoformat(gone["at"]), int(gone["subject"].removeprefix("person:"))
    ledger[:] = [one for one in ledger if (one.person, one.at, one.kind) != (person, at, "digest")]


def one_thing_of_a_morning_left_out(entries: Entries, ledger: list[Sent]) -> None:
    next(one for one in entries if len(one["detail"].get("told", ())) > 1 and one["action"] == "matters.remind")[
        "detail"
    ]["told"].pop()


def to_somebody_else(entries: Entries, ledger: list[Sent]) -> None:
    asked = _log(entries, "access.remind", told=...)["detail"]["told"]
    asked[0] = asked[0] % 6 + 1


def a_day_late(entries: Entries, ledger: list[Sent]) -> None:
    told = _log(entries, "matters.remind")
    moment = datetime.fromisoformat(told["at"])
    told["at"] = (moment + LATER).isoformat()
    ledger[:] = [replace(one, at=one.at + LATER) if one.at == moment else one for one in ledger]


def in_two_messages(entries: Entries, ledger: list[Sent]) -> None:
    ledger.append(ledger[_row(ledger, "digest")])


def of_other_things(entries: Entries, ledger: list[Sent]) -> None:
    place = _row(ledger, "digest")
    ledger[place] = replace(ledger[place], payload={"reminders": ledger[place].payload["reminders"][:-1]})


def never_sent(entries: Entries, ledger: list[Sent]) -> None:
    place = _row(ledger, "digest")
    ledger[place] = replace(ledger[place], state="failed")


def nobody_asked_the_deputy(entries: Entries, ledger: list[Sent]) -> None:
    entries.remove(_log(entries, "access.deputy"))


def the_requester_decides(entries: Entries, ledger: list[Sent]) -> None:
    filed = _log(entries, "access.file")
    filed["detail"]["asked"] = [int(filed["actor"].removeprefix("person:"))]


def lapsed_a_day_early(entries: Entries, ledger: list[Sent]) -> None:
    lapsed = _log(entries, "access.lapse")
    lapsed["at"] = (datetime.fromisoformat(lapsed["at"]) - LATER).isoformat()


def warned_twice(entries: Entries, ledger: list[Sent]) -> None:
    ledger.append(ledger[_row(ledger, "warn")])


def warned_who_is_silent(entries: Entries, ledger: list[Sent]) -> None:
    warned = _log(entries, "access.next", to_warn=...)["detail"]
    warned["to_warn"] = [one % 6 + 1 for one in warned["to_warn"]]


def warned_at_night(entries: Entries, ledger: list[Sent]) -> None:
    moment = datetime.fromisoformat(_log(entries, "alarm.morning")["at"])
    _log(entries, "alarm.morning")["at"] = (moment - timedelta(hours=3)).isoformat()
    place = next(n for n, one in enumerate(ledger) if one.kind == "warn" and one.at == moment)
    ledger[place] = replace(ledger[place], at=moment - timedelta(hours=3))


def no_card(entries: Entries, ledger: list[Sent]) -> None:
    ledger[:] = [one for one in ledger if one.kind != "show" or one.state != "sent" or one.payload["revision"] > 1]


def a_second_card(entries: Entries, ledger: list[Sent]) -> None:
    ledger.append(ledger[_row(ledger, "show")])


def nobody_was_passed_over(entries: Entries, ledger: list[Sent]) -> None:
    entries.remove(_log(entries, "access.reroute", asked=...))


def passed_over_in_silence(entries: Entries, ledger: list[Sent]) -> None:
    del _log(entries, "access.reroute", warned=...)["detail"]["warned"]


def passed_on_to_somebody_else(entries: Entries, ledger: list[Sent]) -> None:
    passed = _log(entries, "access.pass_on")["detail"]
    passed["asked"] = [one % 6 + 1 for one in passed["asked"]]


def reached_while_out_of_reach(entries: Entries, ledger: list[Sent]) -> None:
    place = next(place for place, one in enumerate(ledger) if one.state == "failed")
    ledger[place] = replace(ledger[place], state="sent")


def lost_while_there(entries: Entries, ledger: list[Sent]) -> None:
    place = _row(ledger, "tell")
    ledger[place] = replace(ledger[place], state="failed")


SPOILT = (
    twice_in_the_log, never_told, one_thing_of_a_morning_left_out, to_somebody_else, a_day_late, in_two_messages,
    of_other_things, never_sent, nobody_asked_the_deputy, the_requester_decides, lapsed_a_day_early, warned_twice,
    warned_who_is_silent, warned_at_night, no_card, a_second_card, nobody_was_passed_over, passed_over_in_silence,
    passed_on_to_somebody_else, reached_while_out_of_reach, lost_while_there,
)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda one: one.__name__)
def test_p7_p9_a_quarter_that_was_spoilt_is_found(ended: Ended, spoil: Spoil) -> None:
    entries, ledger = deepcopy([dict(one) for one in ended.log]), sent(ended)
    assert problems(entries, ledger, facts(ended)) == []
    spoil(entries, ledger)
    assert problems(entries, ledger, facts(ended)) != []


def test_what_was_sent_again_without_a_death_or_without_a_word_is_found(ended: Ended) -> None:
    [first, *_] = [one for one in ended.taken if one.method == "post"]
    again, once = replace(first, again=True), Counter({first.outgoing: 1})
    taken, ledger, firm = ended.taken, ended.ledger, ended.firm
    assert list(broken(taken, ledger, firm)) == []
    assert list(broken([*taken, again], ledger, firm, once)) == []
    assert list(broken([*taken, again], ledger, firm)) != []
    assert list(broken([*taken, first], ledger, firm, once)) != []
    assert list(broken([one for one in taken if one != first], ledger, firm, once)) != []
    assert list(broken([replace(one, account="UMILES") for one in taken], ledger, firm)) != []
    assert list(broken(taken, [one for one in ledger if one.id != first.outgoing], firm)) != []
