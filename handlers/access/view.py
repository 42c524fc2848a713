"""A request with all that belongs to it, read once, so that rules and cards need not ask the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from handlers.door import Act
from handlers.rules import access as rule
from handlers.rules.policy import Policy
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, may_decide
from storage.records import Grant, Party, Person, Recording, Remark, Request
from storage.store import Store


@dataclass(frozen=True, slots=True)
class View:
    """One request as it stands at `now`; `people` holds everybody that its card may name, by id.

    `operators` are all addresses, of now and of before, of those who were on the calls.
    """

    request: Request
    recordings: list[Recording]
    parties: list[Party]
    remarks: list[Remark]
    grant: Grant | None
    people: dict[int, Person]
    history: list[Request]
    operators: frozenset[str]
    policy: Policy
    now: datetime

    @property
    def requester(self) -> Person:
        return self.people[self.request.requester_id]

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the buttons and can be reached."""
        return [party for party in self.parties if party.part == "approver" and not party.unreachable]

    @property
    def investigation(self) -> bool:
        return self.policy.reasons[self.request.reason].route == "investigation"

    @property
    def clause(self) -> str:
        return "P9" if self.investigation else "P7"

    @property
    def access_open(self) -> bool:
        grant = self.grant
        return grant is not None and grant.ended_at is None and self.now < grant.ends_at

    @property
    def question(self) -> Remark | None:
        """The question that waits for an answer."""
        return self.remarks[-1] if self.remarks and self.remarks[-1].kind == "question" else None

    def authority(self, person: Person) -> Authority:
        """By which office this person may decide; raises `Refused` with the reason why not."""
        asked = frozenset(self.people[party.person_id].email_key for party in self.parties if party.part == "approver")
        return may_decide(
            self.policy, decider=person.email_key, requester=self.requester.email_key, operators=self.operators,
            reason=self.request.reason, asked=asked, today=rule.company_day(self.policy, self.now),
        )  # fmt: skip

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card; who is only told of the decision holds one from then on."""
        told = () if self.request.state in rule.OPEN else ("copy",)
        parts = ("approver", "former", *told)
        holders = [one.person_id for one in self.parties if not one.unreachable and one.part in parts]
        return [self.request.requester_id, *holders]


def load(store: Store, policy: Policy, now: datetime, request_id: str) -> View:
    """Read a request; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    request = store.requests.get(request_id)
    if request is None:
        raise Refused("I can't find this request.", code="unknown")
    parties, remarks = store.requests.parties(request_id), store.requests.remarks(request_id)
    ids = {request.requester_id, *(party.person_id for party in parties), *(remark.person_id for remark in remarks)}
    grant = store.requests.grant_of(request_id)
    ids |= {one for one in (request.decided_by, grant.ended_by if grant else None) if one is not None}
    history = store.requests.asked_by(request.requester_id, rule.history_since(policy, now))
    recordings = store.recordings.of_request(request_id)
    operators = store.people.aliases(one.operator_key for one in recordings if one.operator_key)
    return View(
        request, recordings, parties, remarks, grant, store.people.named(ids),
        [other for other in history if other.id != request_id], operators, policy, now,
    )  # fmt: skip


def known(act: Act, request_id: str, may: Callable[[View], object]) -> View:
    """Read a request for somebody; the same refusal whether it does not exist or is none of his or her business."""
    view = load(act.store, act.policy, act.now, request_id)
    try:
        may(view)
    except Refused as refusal:
        if act.who.person_id not in view.everybody():
            raise Refused("I can't find this request.", code=refusal.code or "not_entitled") from refusal
        raise
    return view
