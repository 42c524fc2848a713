"""Requests for access as their cards are drawn: one in every state, with the same people and calls."""

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from handlers.access.state import RequestCase
from handlers.policy import load_policy
from handlers.policy.terms import Period
from handlers.rules.deadlines import Schedule, schedule_silence
from handlers.rules.routing import Involved
from handlers.sealing import Written
from storage.records import Grant, Party, Person, Recording, Remark, Request

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday, 14:00 in Sydney
ANNA, TARA, HELENA, DEVEN = 1, 2, 3, 4
NAMES = {"anna.quill": ANNA, "tara.lindqvist": TARA, "helena.marsh": HELENA, "deven.okafor": DEVEN}


def ids(named: Collection[str]) -> dict[str, int]:
    """The people whom the cards name, and others with their own numbers."""
    return {one: NAMES.get(one.partition("@")[0], 100 + place) for place, one in enumerate(sorted(named))}


POLICY = load_policy((Path(__file__).parents[2] / "policy.yaml").read_text(encoding="utf-8")).seated(ids)


def a_person(number: int, name: str) -> Person:
    address = f"{name.lower().replace(' ', '.')}@fernhill.example"
    person = Person(email_key=address, email=address, name=name, zone="Australia/Sydney")
    person.id = number
    return person


PEOPLE = {
    ANNA: a_person(ANNA, "Anna Quill"), TARA: a_person(TARA, "Tara Lindqvist"), HELENA: a_person(HELENA, "Helena Marsh"),
    DEVEN: a_person(DEVEN, "Deven Okafor"),
}  # fmt: skip


def asked(matter: str, person: int = HELENA, role: str = "head_of_customer_success") -> Party:
    """A person who decides about a matter."""
    return Party(matter_id=matter, person_id=person, part="approver", role=role, since=NOW)


def a_call(number: int, line: str) -> Recording:
    started = NOW - timedelta(days=number)
    made = Recording(
        system="file", native_id=f"call-{number}", stamp="1", line=line, direction="incoming",
        caller=f"+6141234567{number}", operator_name="Bram Tolliver", operator_key="bram.tolliver@fernhill.example",
        department="customer_success", started=started, local_day=f"{started:%Y-%m-%d}", seconds=61.0 * number,
        crm="CS-10442", media_type="audio/wav", size=488_000,
    )  # fmt: skip
    made.id = number
    return made


def a_request(**facts: Any) -> Request:
    told = {
        "id": "R-2027-0001", "key": "k", "fingerprint": "t", "requester_id": ANNA, "reason": "complaint", "crm": "CS-10442",
        "asked_at": NOW,
    }  # fmt: skip
    request = Request(**{**told, **facts})
    counted = schedule_silence(POLICY, {"+61281979000": None}, NOW)
    request.promise = TypeAdapter(Schedule).dump_python(counted, mode="json") if request.state == "waiting" else None
    return request


def written(**words: Any) -> Written:
    return Written(**{"purpose": "A customer says that we promised a refund.\nI need the exact words.", **words})


def a_view(request: Request, approver: int = TARA, **facts: Any) -> RequestCase:
    party = asked(request.id, approver, "team_leader")
    party.because = "away" if approver == DEVEN else ""
    calls = [a_call(1, "+61281979000"), a_call(2, "+442036953777")]
    view = RequestCase(
        request, [party], PEOPLE, POLICY, NOW, involved=Involved(frozenset({ANNA})), recordings=calls,
        written=written(),
    )  # fmt: skip
    return replace(view, **facts)


def said_in(view: RequestCase, kind: str, person: int, words: str) -> RequestCase:
    remark = Remark(f"N-{kind}", person, kind, NOW)
    request = Request(**{one.name: getattr(view.matter, one.name) for one in fields(Request) if one.init})
    request.add_remark(remark)
    return replace(view, matter=request, written=written(remarks={remark.id: words}))


WAITING = a_view(a_request())
AWAY = Period.model_validate({"from": date(2026, 11, 23), "to": date(2026, 12, 4)})
FOR_TARA = replace(a_view(a_request(), DEVEN), policy=POLICY.absent([(TARA, AWAY)]))
PASSED_ON = replace(
    said_in(a_view(a_request(), HELENA), "passed_on", TARA, "The customer is my aunt."), parties=[
        Party(matter_id="R-2027-0001", person_id=TARA, part="passed", role="team_leader", since=NOW),
        asked("R-2027-0001"),
    ],
)  # fmt: skip
ASKED = said_in(WAITING, "question", TARA, "Which complaint is this?")
DECIDED: dict[str, Any] = {"closed_at": NOW, "decided_by": TARA, "decided_as": "team leader"}
DENIED = a_view(a_request(state="denied", **DECIDED), written=written(decision="The complaint was closed in May."))
ERASED = replace(
    said_in(DENIED, "question", TARA, ""), written=Written(salt=""), gone_at=NOW, now=NOW + timedelta(days=30)
)
GRANT = Grant(
    id="G-1", matter_id="R-2027-0001", person_id=ANNA, starts_at=NOW,
    ends_at=NOW + timedelta(days=POLICY.access.default_days),
)  # fmt: skip
APPROVED = a_view(a_request(state="approved", **DECIDED), grant=GRANT)
WANTS_MORE = a_view(
    a_request(state="approved", more_asked_at=NOW, nudged=[TARA], nudged_at=NOW, **DECIDED), grant=GRANT
)
OUT_OF_REACH = replace(APPROVED, recordings=[a_call(1, "+61281979000")])
OUT_OF_REACH.recordings[0].state = "declined"
ALL_ENDED = replace(
    APPROVED,
    grant=Grant(
        id="G-2", matter_id="R-2027-0001", person_id=ANNA, starts_at=NOW, ends_at=GRANT.ends_at, ended_at=NOW,
        ended_why="all_ended",
    ),
)  # fmt: skip
CRIME = a_request(reason="legal_claim", longer=True)
CLAIM = written(legal_matter="Customer claim, March invoice", basis="Claim 4711", audience="Solicitor")
CONCERNS_TARA = a_view(a_request(reason="legal_claim", longer=True, people=[TARA]), HELENA, written=CLAIM)
