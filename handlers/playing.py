"""What the listening page shows: who may hear which calls, why, by whose approval, until when (P7, P11)."""

from __future__ import annotations

from handlers.acting import Act
from handlers.cards import When
from handlers.listening import Hearing, hear
from handlers.rules.phone import mask
from handlers.words import AT_RANDOM, length_words, line_words, moment_words, reason_words, told
from storage.records import Recording, Request
from storage.tables.draws import CallReview

NOBODY = "Nobody: the call was drawn"
"""Who approved it, where a draw gave access (P10)."""


def described(act: Act, grant_id: str, session: str) -> dict[str, object]:
    """What the listening page shows: who may hear which calls, why, by whose approval, until when (ISO, UTC).

    Moments and lengths are also told in words, as on the card; in the zone in which the chat shows them to this person.
    """
    hearing = hear(act, grant_id, session)
    grant, matter = hearing.grant, hearing.matter
    giver = (matter.decided_by if isinstance(matter, Request) else None) or grant.person_id
    people = act.store.people.named({grant.person_id, giver})
    me, drawn = people[grant.person_id], isinstance(matter, CallReview)
    return {
        "person": me.name, "request": matter.id,
        "reason": reason_words(act.policy, matter) if isinstance(matter, Request) else AT_RANDOM if drawn else "",
        "until": hearing.ends_at().isoformat(), "until_told": moment_words(hearing.ends_at(), me.zone, act.now),
        "now": act.now.isoformat(), "erased": hearing.ends_at() < grant.ends_at,
        "approved_by": NOBODY if drawn else people[giver].name,
        "approved_told": moment_words(grant.starts_at, me.zone, act.now),
        "recordings": [_described(act, one, me.zone, hearing) for one in hearing.recordings if hearing.allows(one)],
    }  # fmt: skip


def _described(act: Act, recording: Recording, zone: str, hearing: Hearing) -> dict[str, object]:
    line, there = line_words(recording.line, act.policy)
    until = hearing.ends_at(recording)
    return {
        "id": str(recording.id), "started_told": told(When(recording.started, there, act.now), zone),
        "line": line, "direction": recording.direction, "caller": mask(recording.caller) if recording.caller else None,
        "operator": recording.operator_name, "crm": recording.crm, "media_type": recording.media_type,
        "until_told": moment_words(until, zone, act.now) if until < hearing.ends_at() else "",
        "seconds": recording.seconds, "length": length_words(recording.seconds),
        "department": act.policy.departments[recording.department].label,
    }  # fmt: skip
