"""Why a request came to whoever reads its card, who is next, and what there is to do now (P7, P9)."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from handlers.access.alarmed import held
from handlers.access.promised import ahead, why_first
from handlers.access.view import View
from handlers.cards import Line
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, route
from handlers.words import OUT


def turn(view: View, reader: int) -> tuple[Line, ...]:
    """A sentence or two; nothing for whoever has nothing to do and nothing to wait for."""
    if reader != view.request.requester_id:
        return (*map(Line, _of_others(view, reader)), *((*why_first(view), *_ahead(view)) if view.asks(reader) else ()))
    match view.phase:
        case "waiting" if view.question:
            words = f"Please answer the question. Your request may also be decided before you do. {_decides(view)}"
            return (Line(words), *_ahead(view))
        case "waiting":
            return (Line(f"{_decides(view)} This card tells you the outcome."), *_ahead(view))
        case "stuck":
            return (held(view), *_ahead(view))
        case "approved" if not view.audible:
            return (Line(_silent(view)),)
        case "approved":
            return (Line("Press Listen to hear it in your browser. Every listening is recorded."),)
        case "ended" | "withdrawn" if view.grant is not None and view.askable:
            return (Line("If you still need the calls, please ask again."),)
        case _:
            return ()


def _silent(view: View) -> str:
    """P5: why there is no Listen, and whether it may come back."""
    one, declined = len(view.recordings) == 1, any(call.state == "declined" for call in view.recordings)
    if not declined:
        return f"{'This call is' if one else 'These calls are'} closed to everybody now, so there is nothing to hear."
    why = (
        "This call can’t be heard now, since its caller"
        if one
        else "None of these calls can be heard now, since a caller"
    )
    return f"{why} declined to be recorded. If it is kept after all, Listen is here again."


def _ahead(view: View) -> tuple[Line, ...]:
    words = ahead(view)
    return (Line(words),) if words else ()


def _of_others(view: View, reader: int) -> tuple[str, ...]:
    if view.phase == "approved" and reader == view.request.decided_by:
        return ("You can withdraw this access at any time, under Home.",)
    authority = _authority(view, reader) if view.request.state == "waiting" and view.asks(reader) else None
    if authority is None:
        return ()
    return (f"{_why(view, authority)} {_next(view, authority)}",)


def _authority(view: View, reader: int) -> Authority | None:
    try:
        return view.authority(view.people[reader])
    except Refused:
        return None


def _why(view: View, authority: Authority) -> str:
    """As what this person is asked, and who was passed over for that."""
    title = view.policy.role(authority.role).title
    over = {email: why for email, why in route(view.circumstances).passed_over if email != authority.email}
    if authority.deputy:
        why = over.get(view.policy.role(authority.role).holder)
        return f"It came to you as deputy of the {title}{f', who {OUT[why]}' if why else ''}."
    before = takewhile(lambda role: role != authority.role, view.circumstances.chain)
    earlier = [(role, why) for role in before if (why := over.get(view.policy.role(role).holder))]
    if not earlier:
        return f"It came to you as {title}."
    role, why = earlier[-1]
    return f"It came to you as {title}, since the {view.policy.role(role).title} {OUT[why]}."


def _decides(view: View) -> str:
    names = view.approver_names
    first = _authority(view, view.approvers[0].person_id) if view.approvers else None
    if first is None:
        return f"{names} decides."
    after = _after(view)
    of = "deputy of the " if first.deputy else ""
    # Where several roles are asked beside each other, one title would be wrong of the others.
    alone = len({party.role for party in view.approvers}) == 1
    role = f", as {of}{view.policy.role(first.role).title}" if alone else ""
    next_ = f" Next would be {_whom(view, after, first, 'the deputy')}." if after else ""
    return f"{names} decides{role}.{next_}"


def _next(view: View, authority: Authority) -> str:
    """Who would be asked if these can't be reached; silence alone passes nothing on."""
    after = _after(view)
    if after is None:
        return "If you can’t be reached, nobody else may decide it."
    return f"If you can’t be reached, {_whom(view, after, authority, 'your deputy')} is asked."


def _after(view: View) -> Authority | None:
    out = view.circumstances.unreachable | {view.people[party.person_id].email_key for party in view.approvers}
    return next(iter(route(replace(view.circumstances, unreachable=out)).approvers), None)


def _whom(view: View, after: Authority, authority: Authority, deputy: str) -> str:
    title = view.policy.role(after.role).title
    if after.deputy:
        return deputy if after.role == authority.role else f"a deputy of the {title}"
    return f"the {title}"
