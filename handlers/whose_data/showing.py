"""An investigation that is over is shown to whoever was on its calls, by whoever would decide it now (P9, P11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, cast

from handlers.acting import Act, Done, Intent
from handlers.door import Repeated
from handlers.effects import Home
from handlers.policy.values import RoleName
from handlers.rules import whose_data as rule
from handlers.rules.access import company_day
from handlers.rules.calls import were_on
from handlers.rules.refusal import Refused
from handlers.rules.routing import authority
from handlers.whose_data.gathering import SHOW, inquiries
from handlers.whose_data.words import GONE
from storage.records import Party, Request
from storage.whose_data import HeardCall


@dataclass(frozen=True)
class Show(Intent[None]):
    """Whoever was on the calls of an investigation may read from now on who listened to them."""

    action: ClassVar[str] = SHOW
    clause: ClassVar[str] = "P11"
    request: str

    @property
    def subject(self) -> str:
        return self.request


@dataclass(frozen=True, slots=True)
class Unshown:
    """An investigation that is over and that operators see nothing of yet: `operators` are addresses, `end` is aware."""

    request: Request
    end: datetime
    operators: frozenset[str]


def show(act: Act, intent: Show) -> Done[None]:
    """P11: on record in the log alone, which tells from then on that it was shown. Nothing is sent to whom it is shown.

    Whoever may not decide it reads what one reads of a request that there is not.
    """
    known = inquiries(act)
    heard = act.store.whose_data.heard_for([intent.request]) if intent.request in known.ends else []
    mine = _mine(act, {intent.request: heard} if heard else {})
    if not mine:
        raise Refused(GONE, clause="P11", code="unknown")
    if intent.request not in known.hidden:
        raise Repeated(intent.request)
    rule.show(act.now, known.ends[intent.request])
    homes = tuple(Home(act.me.id, one.platform) for one in act.store.people.homes(act.me.id))
    return Done(None, homes, detail={"grant": heard[0].grant})


def unshown(act: Act) -> list[Unshown]:
    """Those that whoever asks may show, the newest first."""
    known = inquiries(act)
    over = [one for one in known.hidden if known.ends[one] <= act.now]
    heard: dict[str, list[HeardCall]] = {}
    for one in act.store.whose_data.heard_for(over):
        heard.setdefault(one.request, []).append(one)
    found = [Unshown(one, known.ends[one.id], _operators(heard[one.id])) for one in _mine(act, heard)]
    return sorted(found, key=lambda one: (one.end, one.request.asked_at, one.request.id), reverse=True)


def _mine(act: Act, heard: dict[str, list[HeardCall]]) -> list[Request]:
    """Those of these requests that whoever asks would decide now, and of which there is anybody to show something to."""
    ids = [request for request, calls in heard.items() if _operators(calls)]
    requests, parties = act.store.requests.named(ids), act.store.matters.all_parties(ids)
    concerned = act.store.matters.concerned(ids)
    return [
        one
        for one in requests.values()
        if _decides(act, one, parties.get(one.id, []), [named.email_key for named in concerned.get(one.id, ())])
    ]


def _decides(act: Act, request: Request, parties: Iterable[Party], concerned: Collection[str]) -> bool:
    people = act.store.people
    calls = act.store.recordings.of_request(request.id)
    passers = {one.person_id: cast("RoleName", one.role) for one in parties if one.part == "passed"}
    named = people.named(passers)
    case = rule.ShowingCircumstances(
        policy=act.today, today=company_day(act.policy, act.now), requester=people.get(request.requester_id).email_key,
        operators=people.aliases(key for one in calls for key in were_on(one.operator_key, one.operators_before)),
        reason=request.reason, concerned=people.aliases(concerned), unreachable=people.out_of_reach(act.policy.roles.everybody()),
        passed_on=frozenset((named[one].email_key, role) for one, role in passers.items()), longer=True,
        also=people.aliases([people.get(request.requester_id).email_key]),
    )  # fmt: skip
    return authority(case, act.me.email_key, frozenset()) is not None


def _operators(heard: Iterable[HeardCall]) -> frozenset[str]:
    return frozenset(key for one in heard for key in one.operators)
