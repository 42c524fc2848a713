"""Table of contents: which handler does what is wanted, and what commands, buttons and forms want."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from handlers import (
    alarms,
    checkpoints,
    delivering,
    filling,
    home,
    inbox,
    listening,
    people,
    recordings,
    settling,
    tidying,
)
from handlers.access import anew, asking, decisions, forms, intents, passing
from handlers.access.cards import card, question
from handlers.access.view import for_reader, load
from handlers.acting import Act, Handler, Intent
from handlers.cards import Filled, Lookup, Sheet
from handlers.delivering import Shown
from handlers.effects import Blank
from handlers.forms import Answers, Form
from handlers.rules.policy import Policy
from handlers.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Command:
    """What a command says in the list of commands, and the name of the form that it opens."""

    says: str
    form: str


HANDLERS: Mapping[type[Intent[Any]], Handler] = {
    intents.Begin: decisions.begin,
    intents.File: decisions.file,
    intents.Approve: decisions.approve,
    intents.Deny: decisions.deny,
    intents.Question: decisions.question,
    intents.Answer: decisions.answer,
    intents.PassOn: passing.pass_on,
    intents.Withdraw: decisions.withdraw,
    intents.Expire: decisions.expire,
    intents.Reroute: asking.reroute,
    intents.Recheck: asking.recheck,
    intents.Notice: asking.notice,
    intents.CallChanged: anew.call_changed,
    intents.AskAnew: anew.ask_anew,
    delivering.Claim: delivering.claim,
    delivering.LineUp: delivering.line_up,
    delivering.Delivered: delivering.delivered,
    delivering.Postpone: delivering.postpone,
    delivering.Fail: delivering.fail,
    listening.Listen: listening.listen,
    listening.Exchange: listening.exchange,
    listening.Heard: listening.heard,
    listening.Served: listening.served,
    listening.TurnedAway: listening.turned_away,
    recordings.Register: recordings.register,
    recordings.Identify: recordings.identify,
    home.OpenHome: home.open_home,
    home.Welcome: home.welcome,
    home.Prefer: home.prefer,
    alarms.Warned: alarms.warned,
    alarms.Unheard: alarms.unheard,
    people.Meet: people.meet,
    people.Leave: people.leave,
    people.Gone: people.gone,
    people.Block: people.block,
    settling.Keep: settling.keep,
    settling.AskAgain: settling.ask_again,
    inbox.Keep: inbox.keep,
    inbox.Collect: inbox.collect,
    inbox.PutOff: inbox.put_off,
    inbox.Settle: inbox.settle,
    inbox.Say: inbox.say,
    tidying.Tidy: tidying.tidy,
    tidying.Lapse: tidying.lapse,
    checkpoints.Take: checkpoints.take,
    checkpoints.Written: checkpoints.written,
    checkpoints.Broken: checkpoints.broken,
}
"""Everything that can be wanted, and who does it."""

COMMANDS: Mapping[str, Command] = {"recording-request": Command("Ask to hear a recording", "access")}
"""What people type, without a platform's slash."""

PRESSES: Mapping[str, Callable[[str], Intent[None]]] = {
    "approve": intents.Approve.pressed,
    "withdraw": lambda request: intents.Withdraw(request, access=False),
    "end": intents.Withdraw,
}
"""Buttons that do something at once; their value is the id of a request."""

OPENS: Mapping[str, str] = {
    "request": "access",
    "again": "access",
    "deny": "deny",
    "question": "question",
    "answer": "answer",
    "pass_on": "pass_on",
}
"""Buttons that open a form, and which; their value is what the form is about, empty for something new; for `again`, what was asked before."""

FORMS: Mapping[str, type[Form]] = {
    "access": forms.AccessForm,
    "deny": forms.DenyForm,
    "question": forms.QuestionForm,
    "answer": forms.AnswerForm,
    "pass_on": forms.PassOnForm,
}
"""Forms, by name, as they are opened."""

SENDS: Mapping[str, Callable[[str, Any, str], Intent[Any]]] = {
    "access": lambda _, form, key: intents.File(form, key),
    "deny": lambda about, form, _: intents.Deny(about, form.words),
    "question": lambda about, form, _: intents.Question(about, form.words),
    "answer": lambda about, form, _: intents.Answer(about, form.words),
    "pass_on": lambda about, form, _: intents.PassOn(about, form.words),
}
"""What sending a form wants: given what it is about, the form as it was read, and the submission's key."""

CHANGES: Mapping[str, Callable[[str], Intent[None]]] = {**PRESSES, "prefer": home.Prefer}
"""What changes something when it is pressed, so that it is not done too late."""

WANTED: Mapping[str, Callable[[str], Intent[None]]] = {
    **CHANGES,
    **{name: partial(intents.Begin, name) for name in FORMS},
    "sought": lambda words: intents.Begin(forms.AccessForm.name, sought=words),
    "home": lambda _: home.OpenHome(),
    "welcome": lambda _: home.Welcome(),
}
"""What can be kept until a platform says who asks: by the name of a button, of a form as a message, or of what was typed."""

DUE: Mapping[str, Callable[[str], Intent[None]]] = {"access.end": intents.Expire, "access.anew": intents.AskAnew}
"""Deadlines: what the clock wants when one has come."""


def shown(act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
    """A matter's card as it is for one reader now, `whole` as Details shows it; None where that reader holds no copy.

    Whoever was told of an alarm about it may look at it in Details.
    """
    view = load(act.store, act.policy, act.now, matter)
    if reader not in view.everybody() and not (whole and act.store.alarms.told(matter, reader)):
        return None
    drawn = card(for_reader(act.store, view, reader), reader)
    return Shown(passing.whole(drawn, view, reader) if whole else drawn, view.request.revision)


def intro(act: Act, form: str, about: str) -> str:
    """What stands above a form's fields for who asks, beyond the form's own words: the question, or who is asked next."""
    if form not in (forms.AnswerForm.name, forms.PassOnForm.name):
        return ""
    view = load(act.store, act.policy, act.now, about)
    return question(view, act.me.id) if form == forms.AnswerForm.name else passing.introduction(view, act.me)


def blank(act: Act, wanted: Blank) -> tuple[Sheet, Filled]:
    """The form that a `Blank` is to post, as it is for who asks now, and what stands in it or can be chosen."""
    if wanted.before:
        sheet, filled = filling.again(act, wanted.before)
    elif wanted.sought:
        sheet, filled = filling.sought(act, wanted.sought)
    else:
        sheet, filled = form_of(act.policy, wanted.form, {}).sheet(act.policy, "", _intro(act, wanted)), Filled()
    newest = {one.name: recordings.find(act, "") for one in sheet.fields if isinstance(one, Lookup)}
    offered = {name: [*filled.offered.get(name, ()), *found] for name, found in newest.items()}
    return replace(sheet, about=wanted.about), replace(filled, offered=offered)


def _intro(act: Act, wanted: Blank) -> str:
    try:
        return intro(act, wanted.form, wanted.about)
    except Refused:
        return ""


def form_of(policy: Policy, name: str, answers: Answers) -> type[Form]:
    """The form of this name, as the answers given so far need it; raises `Refused` where there is none (any more)."""
    if name not in FORMS:
        raise Refused("This form is out of date. Please open it again.", code="old_form")
    if name == forms.AccessForm.name:
        return forms.form_for(policy, str(answers.get("reason", "")))
    return FORMS[name]
