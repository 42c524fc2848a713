"""What stands in the forms of a hold when they open, and the look-ups in them (P12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from handlers import colleagues, role_people
from handlers.acting import Act
from handlers.cards import Filled, Option, Sheet
from handlers.forms import Answers, Form
from handlers.holds.calls import THERE, erased_at, may_hold
from handlers.holds.forms import AskForm, HoldForm
from handlers.rules import holds as rule
from handlers.words import counted, length_words, line_words, masked, moment_words
from storage.records import Recording, Request
from storage.tables.erasures import ErasurePause

MOST_OPTIONS = 40


def asking(act: Act, request: str) -> tuple[Sheet, Filled]:
    """The form that asks for a hold, about the calls of a request where one is named."""
    return _filled(act, AskForm, request, asked(act))


def asked(act: Act, _: str = "") -> str:
    """What somebody reads first who asks for a hold."""
    days = act.policy.holds.provisional_working_days
    head = act.policy.role("head_of_customer_success").title
    return (
        f"The calls are kept at once, for {counted(days, 'working day')}. The {head} confirms the hold or lets it go."
    )


def setting(act: Act, request: str) -> tuple[Sheet, Filled]:
    """The form that sets a hold, about the calls of a request where one is named."""
    sheet, filled = _filled(act, HoldForm, request, lasting(act))
    return sheet, replace(filled, values={**filled.values, **until(act, {})})


def lasting(act: Act, _: str = "") -> str:
    """What somebody reads first who sets a hold."""
    return f"A hold lasts {act.policy.holds.most_days} days at most, and can be renewed."


def until(act: Act, answers: Answers) -> Mapping[str, str]:
    """The end that stands where none was chosen."""
    return {"until": rule.last_day(act.policy, act.now).isoformat()}


def people(act: Act, typed: str) -> list[Option]:
    """Whom a case may be about: for whoever sets holds anybody who was ever here, for all others those in a role."""
    return colleagues.find(act, typed) if _sets(act) else role_people.find(act, typed)


def people_named(act: Act, values: Iterable[str]) -> list[Option]:
    """Whoever was chosen before."""
    return colleagues.named(act, values) if _sets(act) else role_people.named(act, values)


def _sets(act: Act) -> bool:
    return rule.may_set(act.policy, act.me.email_key)


def _filled(act: Act, form: type[Form], request: str, words: str) -> tuple[Sheet, Filled]:
    sheet = form.sheet(act.policy, intro=words)
    calls = [one for one in _calls_of(act, request) if may_hold(act, one)]
    there = [one for one in calls if one.state in THERE]
    moments = [at for one in calls if one.state == "erased" and (at := erased_at(act, one)) is not None]
    gone = " ".join(f"A call of {request} was erased on {moment_words(at, act.me.zone, act.now)}." for at in moments)
    offered = [_option(act, one) for one in there]
    values = {"recordings": [one.value for one in offered]} if offered else {}
    return replace(sheet, intro=f"{gone} {words}".strip()), Filled(
        values, {}, {"recordings": offered} if offered else {}
    )


def _calls_of(act: Act, request: str) -> list[Recording]:
    """The calls of a request whose card this person holds, or those that wait in a pause; nothing for anybody else."""
    found = act.store.matters.get(request) if request else None
    if found is None or act.me.id not in act.store.matters.holders(found):
        return []
    if isinstance(found, ErasurePause):
        return act.store.recordings.all_of(act.store.pauses.calls(found.id, MOST_OPTIONS))
    return act.store.recordings.of_request(found.id) if isinstance(found, Request) else []


def _option(act: Act, one: Recording) -> Option:
    label = f"{moment_words(one.started, line_words(one.line, act.policy)[1], act.now)} · {one.operator_name}"
    small = [one.direction, masked(one.caller), length_words(one.seconds), one.crm]
    return Option(str(one.id), label, " · ".join(part for part in small if part))
