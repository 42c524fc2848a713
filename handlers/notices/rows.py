"""At a glance, for the Head and the Manager, Human Resources: each notice and each outage; for others what waits for them (P3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.lists import few, waiting
from handlers.notices.cards import home_day, the_day
from handlers.notices.forms import OutageForm
from handlers.notices.glance import astray, declines
from handlers.notices.outages import days
from handlers.notices.standing import lost_since, overruling
from handlers.notices.view import View, seen
from handlers.notices.words import NAMES, overruled, saw
from handlers.room import Rows
from handlers.rules import notices as rule
from handlers.rules.access import company_day
from handlers.words import counted, line_words
from storage.tables.notices import NoticeCheck, Outage

LONGEST = 80  # characters of what was heard that stand in a row
NOBODY_DECLINED = f"{Sign.APPROVED} Nobody has declined to be recorded this month."
NOTHING_ASTRAY = f"{Sign.APPROVED} Nothing lies where it should not."


def lists(act: Act) -> Mapping[str, Rows]:
    """What waits for whoever asks; for those who oversee all of it, how everything stands."""
    today = company_day(act.policy, act.now)
    if not rule.may_enter(act.today, act.me.email_key, today) and act.me.email_key not in act.policy.roles.everybody():
        return {}
    found = {"waiting": waiting([_waiting(act, one) for one in act.store.notices.waiting_for(act.me.id)])}
    if rule.oversees(act.today, act.me.email_key, today):
        found["notices"] = few("Notices to callers", list(_notices(act)))
    if rule.may_enter(act.today, act.me.email_key, today):
        found["outages"] = few("When callers were not told", list(_outages(act)))
    if rule.oversees(act.today, act.me.email_key, today):
        found["declines"] = few("Declined this month", list(declines(act)) or [Row(NOBODY_DECLINED)])
        found["astray"] = few("Recordings that should not be there", list(astray(act)) or [Row(NOTHING_ASTRAY)])
    return found


def _waiting(act: Act, one: NoticeCheck) -> Row:
    button = Button("details", "Details", one.id, "primary")
    small = ("since ", When(one.asked_at, now=act.now), f" · {one.id}")
    return Row(f"{Sign.WAITING} {NAMES[one.notice]}: to be confirmed", button, small)


def _notices(act: Act) -> Iterator[Row]:
    open_now = {one.notice: one for one in act.store.notices.open()}
    for notice in rule.NOTICES:
        last = act.store.notices.last(notice, ("confirmed", "no"))
        yield _notice(act, notice, seen(act, last) if last else None, open_now.get(notice))


def _notice(act: Act, notice: str, last: View | None, waiting: NoticeCheck | None) -> Row:
    """One notice: how it stands, by whom, with what, and what the page was seen to say."""
    changed = last is not None and last.check.digest != rule.digest(act.policy, notice)
    if last is None:
        sign, words = Sign.QUESTION, f"{NAMES[notice]} · never confirmed"
    else:
        who = last.people[last.answers[-1].person_id].name
        yes = last.check.state == "confirmed"
        sign = Sign.ALARM if changed else Sign.APPROVED if yes else Sign.DENIED
        how = "confirmed" if yes else "answered no"
        words = f"{NAMES[notice]} · {how} {home_day(last)} by {who}{', and changed since' if changed else ''}"
    against, lost = _against(act, notice, last), _lost(act, notice, last)
    if not against and _is_seen_without(act, notice):
        sign = Sign.ALARM
    if lost and not changed:
        sign = Sign.QUESTION
    parts = (_with_what(last), lost, _page(act, notice), against, _waits(act, waiting))
    small = " · ".join(one for one in parts if one)
    about = waiting or (last.check if last else None)
    return Row(f"{sign} {words}", Button("details", "Details", about.id) if about else None, small or None)


def _with_what(last: View | None) -> str:
    if last is None:
        return ""
    found = []
    for one in last.answers:
        words = one.words if len(one.words) <= LONGEST else f"{one.words[:LONGEST]}…"
        where = f"{line_words(one.line, last.policy)[0]}: " if one.line else ""
        found.append(f"{where}“{' '.join(words.split())}”")
    return " · ".join(found)


def _page(act: Act, notice: str) -> str:
    if notice != "website":
        return ""
    look = act.store.notices.looked()
    if look is None or look.digest != rule.digest(act.policy, notice):
        return "I have not looked at the pages yet."
    return f"I looked: {saw(look.answer, look.reasons)}"


def _against(act: Act, notice: str, last: View | None) -> str:
    """Whose word counts against what was seen last."""
    look = act.store.notices.looked() if notice == "website" else None
    one = overruling(act, look) if look is not None else None
    if last is None or one is None or last.check.state != "confirmed":
        return ""
    return overruled(last.people[one.person_id].name, one.overrules)


def _lost(act: Act, notice: str, last: View | None) -> str:
    """What could be seen when it was confirmed, and can't be seen any more."""
    until = lost_since(act, last.check) if notice == "website" and last is not None else None
    return f"I saw it until {the_day(act.policy, until)}, and not since." if until is not None else ""


def _is_seen_without(act: Act, notice: str) -> bool:
    look = act.store.notices.looked() if notice == "website" else None
    return look is not None and look.answer == "no" and look.digest == rule.digest(act.policy, notice)


def _waits(act: Act, waiting: NoticeCheck | None) -> str:
    if waiting is None:
        return ""
    asked = [act.store.people.get(one.person_id).name for one in seen(act, waiting).approvers]
    return f"waits for {' or '.join(asked) or 'nobody'} ({waiting.id})"


def _outages(act: Act) -> Iterator[Row]:
    for one in act.store.outages.all():
        if one.ended_at is None:
            yield Row(
                f"{Sign.ALARM} {days(one)} · {_lines(act, one)}",
                Button("outage_withdraw", "Withdraw", one.id),
                _beneath(act, one),
            )
    yield Row("Was the announcement down?", Button(OutageForm.name, "Enter an outage", ""))


def _lines(act: Act, one: Outage) -> str:
    return (
        "every line"
        if set(one.lines) >= set(act.policy.lines)
        else ", ".join(line_words(line, act.policy)[0] for line in one.lines)
    )


def _beneath(act: Act, one: Outage) -> str:
    number, who = act.store.outages.calls(one), act.store.people.get(one.entered_by).name
    how = f"after a no ({one.source})" if one.source else "by hand"
    why = one.why if len(one.why) <= LONGEST else f"{one.why[:LONGEST]}…"
    return f"{counted(number, 'call')} · entered {how} by {who} · “{' '.join(why.split())}” · {one.id}"
