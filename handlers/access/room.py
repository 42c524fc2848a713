"""What requests for access bring to the house."""

from __future__ import annotations

from functools import partial

from handlers import opening, role_people, why
from handlers.access import call_changed, decisions, filling, forms, intents, opened, passing, waiting
from handlers.access.matter import AccessRequests
from handlers.access.rows import lists
from handlers.approved import giving
from handlers.cards import Actions, Button, Line, Page
from handlers.forms import Form
from handlers.matters import showing
from handlers.room import Asks, Chore, Command, Does, Given, Opens, Room, Search, Step
from handlers.telling import ON_A_LINE

HELP = (
    "{word} asks to hear a recorded call (P7, P9). You say why, and whoever may decide is asked.\n"
    "That a customer wants their own call is the first choice in its form, and needs nobody's permission (P8).\n"
    "{word} 03 5550 0120 looks for a call first. A part of the number, a day, an operator's name or a CRM reference will do.\n"
    "You may also say it in words of your own, or ask what you would like to know.\n"
    "What waits for you, what you asked for and what you may hear stands at home."
)


def _variant(given: Given) -> type[Form]:
    reason, purpose = (str(given.answers.get(name, "")) for name in ("reason", "purpose"))
    return forms.form_for(given.policy, reason, purpose, asked="special" in given.answers)


def _details(request: str) -> Actions:
    return Actions((Button(f"{ON_A_LINE}{showing.DETAILS}", "Details", request),))


def _already(filed: intents.Filed) -> Page | None:
    if not filed.again:
        return None
    words = f"You asked for these calls before, and {filed.request} is still open. Its card in your messages shows how it stands."
    return Page("Already asked", (Line(words), _details(filed.request)))


def _on_its_way(_: str) -> Page:
    return Page("Sent", (Line("Your request is on its way. You get a card that shows how it stands."),))


def _sent(about: str) -> Page:
    return Page("Sent", (Line(f"The card of {about} shows how it stands."),))


MATTER = AccessRequests()
_of_words = partial(Asks, begin=intents.Begin, sent=_sent)

ROOM = Room(
    "access",
    does=(
        intents.Begin.by(opening.begin),
        intents.File.by(decisions.file),
        intents.Approve.by(decisions.approve),
        intents.Deny.by(decisions.deny),
        intents.Question.by(decisions.question),
        intents.Answer.by(decisions.answer),
        intents.PassOn.by(passing.pass_on),
        intents.Withdraw.by(decisions.withdraw),
        intents.Expire.by(decisions.expire),
        intents.Remind.by(waiting.remind),
        intents.AskDeputy.by(waiting.ask_deputy),
        intents.AskNext.by(waiting.ask_next),
        intents.Lapse.by(waiting.lapse),
        intents.StillUndecided.by(waiting.still_undecided),
        intents.Ending.by(waiting.ending),
        intents.Reroute.by(waiting.reroute),
        intents.Recheck.by(waiting.recheck),
        intents.EndRestored.by(decisions.end_restored),
        intents.CallChanged.by(call_changed.call_changed),
    ),
    commands={"recording-request": Command("Ask to hear a recording", HELP, forms.AccessForm.name)},
    buttons={
        "approve": Does(intents.Approve.pressed, "Approve"),
        "withdraw": Does(partial(intents.Withdraw, access=False), "Withdraw"),
        "end": Does(intents.Withdraw, "Withdraw"),
        "request": Opens(forms.AccessForm.name, "Ask for a recording"),
        "again": Opens(forms.AccessForm.name, "Ask again", anew=True),
        "deny": Opens(forms.DenyForm.name, "Deny"),
        "question": Opens(forms.QuestionForm.name, "Ask a question"),
        "answer": Opens(forms.AnswerForm.name, "Answer"),
        "pass_on": Opens(forms.PassOnForm.name, "Pass on"),
    },
    begins=(Button("request", "Ask for a recording", "", "primary"),),
    forms=(
        Asks(
            forms.AccessForm, intents.Begin, lambda _, form, key: intents.File(form, key), _on_its_way, new=True,
            variant=_variant, leads=why.leads, supplied=filling.supplied, after=_already, sought=filling.sought, again=filling.again,
        ),
        _of_words(forms.DenyForm, send=lambda about, form, _: intents.Deny(about, form.words), intro=opened.decision),
        _of_words(forms.QuestionForm, send=lambda about, form, _: intents.Question(about, form.words), intro=opened.decision),
        _of_words(forms.AnswerForm, send=lambda about, form, _: intents.Answer(about, form.words), intro=opened.answer),
        _of_words(forms.PassOnForm, send=lambda about, form, _: intents.PassOn(about, form.words), intro=opened.pass_on),
    ),
    searches={role_people.SOURCE: Search(role_people.find, role_people.named)},
    due={
        "access.end": intents.Expire,
        **{one.action: one for one in (
            intents.Remind, intents.AskDeputy, intents.AskNext, intents.Lapse, intents.StillUndecided, intents.Ending
        )},
    },
    calls=Chore(
        lambda store, now: store.requests.of_changed_calls(now),
        (Step(intents.CallChanged), Step(intents.Recheck)),
    ),
    restored=Chore(giving(MATTER.prefix), (Step(intents.EndRestored),)),
    matter=MATTER,
    lists=lists,
)  # fmt: skip
