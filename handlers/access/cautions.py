"""What somebody should know before a request is decided: of its reason, its calls and its CRM reference (P3, P7, P9)."""

from __future__ import annotations

from handlers.access.view import View
from handlers.cards import Line, Sign, When, Words
from handlers.rules.reference import compact


def cautions(view: View, reader: int) -> tuple[Line, ...]:
    """For as long as there is something to decide; the requester reads what he or she can still put right."""
    if view.request.state != "waiting":
        return ()
    asked = view.asks(reader)
    to_decide = (*_reason(view), *_announcement(view)) if asked else ()
    of_reference = (*_reference(view), *_shared(view)) if asked or reader == view.request.requester_id else ()
    return tuple(Line(words, Sign.ALARM) for words in (*to_decide, *of_reference))


def _reason(view: View) -> tuple[str, ...]:
    reason = view.policy.reasons.get(view.request.reason)
    if reason is None:
        return ("The policy no longer has this reason. You may still approve.",)
    if reason.announced:
        return ()
    return ("The announcement to callers does not name this reason. You may still approve.",)


def _announcement(view: View) -> tuple[str, ...]:
    known = [one for one in view.recordings if one.line in view.policy.lines]
    down = [one for one in known if view.policy.announcement_down(one.line, one.started)]
    if not down:
        return ()
    one = "This call is" if len(view.recordings) == 1 else "One of these calls is"
    which = one if len(down) == 1 else f"{len(down)} of these calls are"
    return (f"{which} from a time when the announcement was down.",)


def _reference(view: View) -> tuple[str, ...]:
    """A reference that is not the calls' own may be right: a complaint has one of its own."""
    own = list(dict.fromkeys(one.crm for one in view.recordings if one.crm))
    if not own or compact(view.request.crm) in map(compact, own):
        return ()
    named = own[0] if len(own) == 1 else f"{own[0]} and {len(own) - 1} more"
    which = "this call" if len(view.recordings) == 1 else "these calls"
    return (f"{view.request.crm} is not the CRM reference of {which} ({named}).",)


def _shared(view: View) -> tuple[Words, ...]:
    if not view.sharing:
        return ()
    told = f"{view.request.crm} stands in "
    if len(view.sharing) > 1:
        return (f"{told}{len(view.sharing)} other open requests as well.",)
    return ((f"{told}another open request as well, asked ", When(view.sharing[0].asked_at, now=view.now), "."),)
