"""Whom a new request goes to, and what is said about it (P7, P9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from handlers.access.promised import promise
from handlers.access.view import View, what
from handlers.acting import Act
from handlers.alarms import warned_by
from handlers.approved import asked as asked_for
from handlers.approved import versions
from handlers.effects import Effect
from handlers.matters.alarming import alarm
from handlers.matters.asking import on_record, parties, reached, shows
from handlers.rules import access as rule
from handlers.rules.calls import were_on
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.routing import Route
from handlers.sealing import Seal
from handlers.written import Written, write
from storage.records import Recording, Remark, Request

NOBODY: Mapping[str, int] = MappingProxyType({})


def way(
    act: Act, request: Request, requester: str, recordings: list[Recording], concerned: Iterable[str] = ()
) -> Route:
    """Where a new request goes; who asks, was on the call or is concerned counts under every address that he or she ever had."""
    on_it = (key for one in recordings for key in were_on(one.operator_key, one.operators_before))
    operators, mine, named = act.store.people.aliases_of(on_it, [requester], concerned)
    day = rule.company_day(act.policy, act.now)
    return reached(
        act,
        RequestCircumstances(
            policy=act.today,
            today=day,
            requester=requester,
            operators=operators,
            reason=request.reason,
            concerned=named,
            longer=request.longer,
            also=mine,
        ),
    )


def put(
    act: Act, request: Request, written: Written, requester: str, recordings: list[Recording],
    concerned: Mapping[str, int] = NOBODY,
) -> tuple[dict[str, object], tuple[Effect, ...]]:  # fmt: skip
    """Store a new request with what was written and ask whoever decides it; what the audit log says of it, and who gets its card.

    `concerned` are those whom it names as concerned: ids, by address.
    """
    where = way(act, request, requester, recordings, concerned)
    request.state, request.line = "waiting" if where.approvers else "stuck", recordings[0].line
    asked = parties(act, request, where)
    moments = promise(act, request, recordings)
    Seal(act).begin(request.id)
    write(act, request, written)
    act.store.requests.add(request, recordings, asked)
    act.store.deadlines.begin(request.id, moments)
    act.store.matters.concern(request.id, concerned)
    detail: dict[str, object] = {
        "recordings": [one.id for one in recordings],
        **versions(recordings),
        **asked_for(written.salt, recordings),
        "reason": request.reason,
        "longer": request.longer,
        **on_record(asked),
        **({"concerned": sorted(concerned.values())} if concerned else {}),
    }
    approvers, told = (
        [one.person_id for one in asked if one.part == "approver"],
        alarm(act, request, what(request), where),
    )
    return detail | warned_by(told), (*told, *shows(request, [request.requester_id, *approvers]))


def remark(act: Act, view: View, kind: str, words: str) -> dict[str, Any]:
    """Store somebody's words about a request, which stay on its card; returns what the audit log is to hold of them."""
    request = view.request
    in_order = f"{request.id}.{request.revision:06d}"
    said = Remark(id=in_order, matter_id=request.id, person_id=act.me.id, kind=kind, at=act.now)
    act.store.matters.say(said)
    view.written.remarks[said.id] = words
    write(act, request, view.written)
    return {"remark": said.id}
