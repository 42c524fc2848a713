"""Whoever rang, listened or looked says what was heard or seen: a notice is confirmed, or it is not as it should be (P3)."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Act, Done
from handlers.commitments import noticed
from handlers.door import Repeated
from handlers.effects import Effect
from handlers.forms import Answers
from handlers.ids import hashed
from handlers.matters.asking import changed, takes_part
from handlers.notices import hearing, intents
from handlers.notices.forms import Told
from handlers.notices.planning import end
from handlers.notices.view import View, answering, seen
from handlers.notices.words import saw
from handlers.rules import notices as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from storage.tables.notices import NoticeAnswer

CHANGED = "The wording, an address or a line has changed since this was asked for. Its new card asks for it anew."


def introduction(act: Act, value: str) -> str:
    """What stands above the form: what is to be heard or seen; raises `Refused` where there is nothing left to answer, or nothing for this person."""
    view, _ = _answering(act, value.partition(":")[0])
    match view.check.notice:
        case "phone":
            return f"Ring the line from outside and listen until somebody answers. What callers are to hear: “{act.policy.notices.announcement}”"
        case "outgoing":
            return f"Listen how outgoing calls begin. What staff are to say: “{act.policy.notices.outgoing}”"
        case _:
            pages = f"Look at {act.policy.notices.website or 'the page with the notice'} and at {act.policy.notices.contact or 'the Contact us page'}."
            look = (
                f" When I looked: {saw(view.look.answer, view.look.reasons)}"
                if view.look
                else " I have not looked yet."
            )
            return f"{pages} What is to stand there: “{act.policy.notices.announcement}”.{look}"


def answer(act: Act, intent: intents.Answer) -> Done[None]:
    """What was heard or seen: the notice is confirmed once nothing is left to answer, and a single no ends it."""
    view, authority = _answering(act, intent.matter)
    check, told, look = view.check, intent.form.told, view.look
    overrules = told.overrules if _may(act, view, told) else ""
    kept = NoticeAnswer(
        matter_id=check.id, line=told.line, person_id=act.me.id, at=act.now, on_day=told.on_day.isoformat(),
        answers=told.answers, words=told.words, look=look.id if look else "",
        overrules=overrules,
    )  # fmt: skip
    act.store.notices.answer(kept)
    stepped_in = takes_part(act, view, authority)
    left = [one for one in view.left if one != told.line]
    state = "no" if rule.verdict([told.answers]) == "no" else "waiting" if left else "confirmed"
    if state != "waiting":
        end(act, check, state)
    detail = {
        "line": hashed(kept.line) if kept.line else "", "on": kept.on_day, "answers": kept.answers, "look": kept.look, "words": noticed(kept),
        "state": "open" if state == "waiting" else state, **stepped_in,
    }  # fmt: skip
    effects = (*changed(seen(act, check)), *_word(act, view, state), *hearing.homes(act))
    return Done(None, effects, detail=detail)


def _answering(act: Act, matter: str) -> tuple[View, Authority]:
    view, authority = answering(act, matter)
    if not view.check.is_open:
        told = CHANGED if view.check.state == "over" else "This was answered already. Its card says how."
        raise Refused(told, clause="P3", code="already")
    if view.check.digest != rule.digest(act.policy, view.check.notice):
        raise Refused(CHANGED, clause="P3", code="changed")
    return view, authority


def _may(act: Act, view: View, told: Told) -> bool:
    """Whether it overrules what the pages were seen to say; raises `Refused` where this can't be an answer, and `Repeated` where this person gave it already."""
    if told.line not in view.left:
        mine = [one for one in view.answers if one.line == told.line and one.person_id == act.me.id]
        if mine and (mine[-1].words, mine[-1].answers) == (told.words, told.answers):
            raise Repeated(view.check.id)
        raise Refused.at({"line": "This line was answered for already. Please choose another one."}, "P3")
    fresh = view.check.why in ("changed", "no", "seen", "lost")
    rule.answer(act.policy, act.now, view.check.asked_at, told.on_day, fresh=fresh)
    look = view.look
    return look is not None and rule.overrules(told.answers, look.answer, look.reasons, told.overrules)


def _word(act: Act, view: View, state: str) -> tuple[Effect, ...]:
    """A no is told to whoever oversees the notices."""
    if state != "no":
        return ()
    words = f"{view.name}: {act.me.name} answered no, so it is not as it should be ({view.check.id}). Press Details to read more."
    return hearing.word(act, words, f"notices:{view.check.id}:no", "details", view.check.id)


def supplied(act: Act, answers: Answers) -> Mapping[str, str]:
    """Where no day was chosen, it is today's."""
    return {"on_day": company_day(act.policy, act.now).isoformat()}
