"""What somebody should know before a request is decided: of its reason, its calls and its CRM reference (P3, P7, P9, P12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers.access.view import View
from handlers.cards import Line, Sign, When, Words
from handlers.rules.access import grant_until
from handlers.rules.reference import compact
from handlers.words import line_words
from storage.records import Recording


def cautions(view: View, reader: int) -> tuple[Line, ...]:
    """For as long as there is something to decide; the requester reads what he or she can still put right."""
    if view.request.state != "waiting":
        return ()
    asked = view.asks(reader)
    to_decide = (*_reason(view), *_special(view), *_announcement(view), *_ending(view), *_past(view)) if asked else ()
    of_reference = (*_reference(view), *_shared(view)) if asked or reader == view.request.requester_id else ()
    return tuple(Line(words, Sign.ALARM) for words in (*to_decide, *of_reference))


def _reason(view: View) -> tuple[str, ...]:
    reason = view.policy.reasons.get(view.request.reason)
    if reason is None:
        return ("The policy no longer has this reason. You may still approve.",)
    if reason.announced:
        return ()
    return ("The announcement to callers does not name this reason. You may still approve.",)


def _special(view: View) -> tuple[str, ...]:
    if not view.written.not_special:
        return ()
    head = view.policy.role("head_of_customer_success").title
    return (
        f"This sounds like an investigation or a legal claim. If it is one, deny it and have it filed as one: the {head} decides those (P9).",
    )


def _announcement(view: View) -> tuple[str, ...]:
    known = [one for one in view.recordings if one.line in view.policy.lines]
    down = [one for one in known if view.policy.announcement_down(one.line, one.started)]
    if not down:
        return ()
    one = "This call is" if len(view.recordings) == 1 else "One of these calls is"
    which = one if len(down) == 1 else f"{len(down)} of these calls are"
    return (f"{which} from a time when the announcement was down.",)


def _ending(view: View) -> tuple[Words, ...]:
    """P12: calls that are closed before access that is given now would end."""
    until = grant_until(view.policy, view.now)
    there = (one for one in view.recordings if one.state == "present")
    moments = {one.id: one.erase_at for one in there if one.erase_at and view.now < one.erase_at < until}
    return _sooner(view, moments, ", before access that you give now would end.")


def sooner(view: View, reader: int) -> tuple[Line, ...]:
    """P12: for whoever may hear them, the calls that end before the access does, also those that are kept for it alone."""
    grant = view.grant
    if grant is None or not view.access_open or reader != view.request.requester_id:
        return ()
    there = (one for one in view.recordings if one.state in ("present", "closed") and view.hears(one))
    ends = {one.id: view.kept.get(one.id, one.erase_at) for one in there}
    moments = {number: at for number, at in ends.items() if at is not None and view.now < at < grant.ends_at}
    return tuple(Line(words, Sign.ALARM) for words in _sooner(view, moments, ", and can be heard until then."))


def _sooner(view: View, moments: Mapping[int, datetime], then: str) -> tuple[Words, ...]:
    if not moments:
        return ()
    first = min((one for one in view.recordings if one.id in moments), key=lambda one: moments[one.id])
    goes = "is erased " if len(moments) == 1 else "are erased, the first "
    return ((f"{_which(view, len(moments))} {goes}", _at(view, first, moments[first.id]), then),)


def _past(view: View) -> tuple[Words, ...]:
    """P12: calls that have had their time, and are kept for this request alone."""
    kept = [one for one in view.recordings if one.id in view.kept]
    if not kept:
        return ()
    first = min(kept, key=lambda one: view.kept[one.id])
    which, has = _which(view, len(kept)), "has" if len(kept) == 1 else "have"
    told = f"{which} {has} been kept as long as the policy allows, and stays for this request alone until "
    return ((told if len(kept) == 1 else told.replace("stays", "stay"), _at(view, first, view.kept[first.id]), "."),)


def _which(view: View, number: int) -> str:
    if len(view.recordings) == 1:
        return "This call"
    return "One of these calls" if number == 1 else f"{number} of these calls"


def _at(view: View, one: Recording, moment: datetime) -> When:
    return When(moment, line_words(one.line, view.policy)[1], view.now)


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
