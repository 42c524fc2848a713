"""How a hold begins: anybody of the staff asks for it, or whoever may sets it; it keeps its calls at once (P12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from handlers import colleagues, opening
from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.effects import Effect
from handlers.handling import handler
from handlers.holds.cards import Chosen, chosen
from handlers.holds.ending import watch
from handlers.holds.forms import AskForm, HoldForm
from handlers.holds.view import Begun, seen
from handlers.ids import new_id
from handlers.matters.alarming import alarm
from handlers.matters.asking import on_record, parties, reached, shows
from handlers.rules import holds as rule
from storage.erasures import HOLD
from storage.tables.erasures import Keep
from storage.tables.holds import Hold


@handler("hold.begin_setting", clause="P12")
def begin_setting(act: Act, form: str = "", about: str = "", sought: str = "", *, new: bool = False) -> Done[None]:
    """Whoever can only ask reads so before anything is typed."""
    rule.begin_setting(act.policy, act.me.email_key)
    return opening.open_form(act, form, about, sought, new=new)


@handler("hold.ask", clause="P12")
def ask(act: Act, form: AskForm, key: str) -> Done[Begun]:
    """The calls are kept at once, for some working days; the Head confirms it or lets it go."""
    if before := act.store.holds.begun(key):
        return _before(act, before)
    found = chosen(act, form.recordings)
    rule.number_of_calls(act.policy, len(found.calls))
    ids = [one.id for one in found.calls]
    rule.once(act.store.holds.asked_since(ids, rule.since(act.now)), ids)
    until = rule.provisional_end(act.policy, {one.line for one in found.calls}, act.now)
    hold = _hold(act, key, "asked", (form.case, form.reason), until)
    return _put(act, hold, found, colleagues.addresses(act, form.concerned, "concerned"))


@handler("hold.set", clause="P12")
def set_(act: Act, form: HoldForm, key: str) -> Done[Begun]:
    """A hold that needs nobody to confirm it."""
    rule.begin_setting(act.policy, act.me.email_key)
    if before := act.store.holds.begun(key):
        return _before(act, before)
    until = rule.end(act.policy, act.now, form.until)
    hold = _hold(act, key, "set", (form.case, form.reason), until)
    hold.set_by, hold.set_at = act.me.id, act.now
    found = chosen(act, form.recordings)
    rule.number_of_calls(act.policy, len(found.calls))
    return _put(act, hold, found, colleagues.addresses(act, form.concerned, "concerned"))


def _hold(act: Act, key: str, begun: str, words: tuple[str, str], until: datetime) -> Hold:
    return Hold(
        id=new_id("H"), key=key, begun=begun, asked_by=act.me.id, case_name=words[0], reason=words[1], ends_at=until,
        asked_at=act.now, due_at=until,
    )  # fmt: skip


def _before(act: Act, hold: Hold) -> Done[Begun]:
    number = act.store.holds.number(hold.id)
    return Done(Begun(hold.id, hold.ends_at, hold.begun == "asked", number), quiet=True)


def _put(act: Act, hold: Hold, found: Chosen, about: Iterable[str]) -> Done[Begun]:
    """Store it with its calls, and ask whoever sees to it. Raises `Refused` for whoever may not set it."""
    hold.line = found.calls[0].line
    keeps = [
        Keep(recording_id=one.id, matter_id=hold.id, why=HOLD, since=act.now, ends_at=hold.ends_at)
        for one in found.calls
    ]
    act.store.holds.add(hold, keeps)
    concerned = act.store.people.ids_for(dict.fromkeys(about))
    act.store.matters.concern(hold.id, concerned)
    asked, effects = _asked(act, hold)
    act.store.people.prefers_first(act.me, act.who.platform)
    detail = {
        "recordings": [one.id for one in found.calls], "until": hold.ends_at.isoformat(),
        **({"concerned": sorted(concerned.values())} if concerned else {}), **asked,
    }  # fmt: skip
    number, asks = len(found.calls), hold.begun == "asked"
    begun = Begun(hold.id, hold.ends_at, asks, number, found.erased, found.too_late)
    return Done(begun, effects, hold.id, detail)


def _asked(act: Act, hold: Hold) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Ask whoever sees to it; what the audit log says of that, and who gets its card."""
    view = seen(act, hold)
    if hold.begun == "set":
        rule.decides(view.circumstances, act.me.email_key)
    where = reached(act, view.circumstances)
    asks = hold.begun == "asked"
    hold.state = "active" if not asks else "waiting" if where.approvers else "stuck"
    asked = parties(act, hold, where)
    for one in asked:
        act.store.matters.ask(one)
    watch(act, hold)
    told = alarm(act, hold, view.what, where) if asks else ()
    shown = [one.person_id for one in asked if not asks or one.part == "approver"]
    return {**on_record(asked), **warned_by(told)}, (*told, *shows(hold, [hold.asked_by, *shown]))
