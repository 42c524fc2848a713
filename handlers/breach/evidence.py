"""The calls that belong to a report: who listened to them, and by whose approval, gathered at one press (P11, P13)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from handlers import finding
from handlers.acting import Act, Visitor
from handlers.breach.around import Rooms, may_know
from handlers.breach.known import Hearing, Known
from handlers.breach.view import CallView
from handlers.cards import When
from handlers.rules import search
from handlers.rules.refusal import Refused
from handlers.words import call_line, moment_words
from storage.records import Recording

MOST = 20
_ID = re.compile(r"[A-Z]-[0-9A-Z]{8}")


def gathered(act: Act, rooms: Rooms, words: str) -> list[int]:
    """Calls by the id of a request, or by number, operator, day or CRM reference; raises `Refused` where there are none, or too many.

    A request that whoever asks may not know of is answered like one that there is not (P9).
    """
    name = _ID.search(words.upper())
    if name is not None:
        found = _of_request(act, rooms, name.group())
    else:
        found = [int(option.value) for option in finding.look(act, words).exactly]
    if not found:
        raise Refused.at(
            {"words": "I find no call by that. Try the request’s number, a part of the phone number or a day."}
        )
    if len(found) > MOST:
        raise Refused.at({"words": f"These are more than {MOST} calls. Please write something that fewer have."})
    return found


def _of_request(act: Act, rooms: Rooms, request: str) -> list[int]:
    if not may_know(act, rooms, request, act.me):
        return []
    key, calls = act.me.email_key, act.store.recordings.of_request(request)
    known = (one for one in calls if search.may_know(act.policy, key, one.department, one.operator_key, one.line))
    return [one.id for one in known]


def as_reader(act: Act, email: str) -> Act:
    """The same, asked by a reader who came to the page: what may be known of calls is asked for that person."""
    person = act.store.people.with_keys([email]).get(email)
    return replace(act, who=Visitor("web", person.id)) if person else act


def call_views(act: Act, rooms: Rooms, known: Known, reader: str) -> tuple[CallView, ...]:
    """Every call of the report as one reader sees it: of who listened only under what that reader may know of (P9)."""
    calls = act.store.recordings.all_of(known.calls)
    return tuple(_call_view(act, known, one, reader, _listened(act, rooms, one)) for one in calls)


def to_be_decided(act: Act, known: Known, reader: str) -> tuple[CallView, ...]:
    """What whoever only decides whether a call is heard sees: those calls alone, and of none of them who listened."""
    asked = {one.recording for one in known.hearings if one.decider == reader and one.state == "asked"}
    calls = act.store.recordings.all_of(one for one in known.calls if one in asked)
    return tuple(_call_view(act, known, one, reader, ()) for one in calls)


def words_of_all(act: Act, ids: str) -> str:
    """Calls by their ids, each in a line."""
    return "; ".join(words_of(act, one) for one in act.store.recordings.all_of(map(int, ids.split())))


def words_of(act: Act, recording: Recording) -> str:
    """One call in a line, in the time of its line."""
    return "".join(
        one if isinstance(one, str) else moment_words(one.at, one.zone or "UTC", act.now)
        for one in call_line(recording, act.policy, act.now)
    )


def _call_view(act: Act, known: Known, recording: Recording, reader: str, listened: tuple[str, ...]) -> CallView:
    """What was kept says what the call was, also once that is forgotten with the original."""
    kept = next((one for one in known.audio if one.recording == recording.id and one.parts), None)
    hearing = _hearing(known, recording.id, reader)
    state = _state(act, hearing, reader) if hearing else ("ask" if kept else "nothing")
    asks = hearing.by if hearing and state == "decide" else ""
    return CallView(
        recording.id, kept.words if kept else words_of(act, recording), listened, kept.name if kept else "", kept.parts if kept else 0, state,
        name_of(act, asks), asks,
    )  # fmt: skip


def _hearing(known: Known, recording: int, reader: str) -> Hearing | None:
    """What concerns this reader: first what he or she is to decide, then what he or she asked for last."""
    these = [one for one in known.hearings if one.recording == recording]
    decide = (one for one in these if one.decider == reader and one.state == "asked")
    return next(decide, next((one for one in reversed(these) if one.by == reader), None))


def _state(act: Act, hearing: Hearing, reader: str) -> str:
    if hearing.state == "asked":
        return "decide" if hearing.decider == reader else "asked"
    if hearing.state == "refused":
        return "refused"
    return "hear" if act.now <= datetime.fromisoformat(hearing.until) else "ask"


def _listened(act: Act, rooms: Rooms, recording: Recording) -> tuple[str, ...]:
    """P9, P11: by matters that the reader may know of; of any other there is no line, and no gap."""
    zone, me = act.policy.lines[act.policy.company.home_line].time_zone, act.me
    heard = act.store.grants.listened_to(recording.id)
    known = {one for one in {each.matter_id for each in heard} if may_know(act, rooms, one, me)}
    found = [one for one in heard if one.matter_id in known]
    people = act.store.people.named(
        {one.person_id for one in found} | {one.decided_by for one in found if one.decided_by}
    )
    return tuple(
        f"{people[one.person_id].name} listened {_when(act, When(one.first), zone)}"
        + (f", approved by {people[one.decided_by].name}" if one.decided_by in people else "")
        + f" ({one.matter_id})"
        for one in found
    )


def _when(act: Act, when: When, zone: str) -> str:
    return moment_words(when.at, zone, act.now)


def name_of(act: Act, email: str) -> str:
    """Whose address (normal form) it is, as that is known; the address itself of somebody whom nobody has met, nothing of none."""
    found = act.store.people.with_keys([email]) if email else {}
    return found[email].name if email in found else email
