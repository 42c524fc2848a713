"""What a status suggests is put to whose it is, and to nobody else; nothing follows from it that this person does not press."""

from __future__ import annotations

from datetime import date, datetime

from handlers.acting import Act, Done
from handlers.away import intents, saying, words
from handlers.cards import Actions, Button, Card, Line, Sign, Small
from handlers.effects import Suggest
from handlers.rules import absences as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.telling import ON_A_LINE

NAME = "away"
YES, NO = "away_yes", "away_no"
WHAT = "Your status suggests it. If you say yes, what waits for you goes to whoever stands in."
OTHER = "For other days press I'm away. Nobody else is asked, and nothing happens unless you say yes."
SETTLED = "This has been answered. Your home shows when you are away."
NEVER = "All right. I won’t ask you about these days again."


def suspect(act: Act, intent: intents.Suspect) -> Done[None]:
    """Quietly: of whoever has nothing to hand over, nothing is done and nothing kept."""
    until = _moment(intent.until)
    if act.who.person_id is None or until is None:
        return Done(None, quiet=True)
    me = act.me
    found = rule.suggested(act.today, me.email_key, until, me.zone, act.now)
    if found is None:
        return Done(None, quiet=True)
    return Done(None, (Suggest(me.id, NAME, found.last.isoformat(), platform=act.who.platform),), quiet=True)


def accept(act: Act, intent: intents.Accept) -> Done[None]:
    """As if it was said at home, from today on."""
    last = _day(intent.last)
    done = saying.enter(act, rule.Span(company_day(act.policy, act.now), last))
    return Done(None, (*done.effects, _answered(act, last, "yes")), done.subject, done.detail, quiet=done.quiet)


def dismiss(act: Act, intent: intents.Dismiss) -> Done[None]:
    """Quietly: the message says that it is settled, and this is not asked again."""
    rule.only_who_may(act.policy, act.me.email_key)
    return Done(None, (_answered(act, _day(intent.last), "no"),), quiet=True)


def card(act: Act, wanted: Suggest) -> Card | None:
    """The question, or what became of it; None for one that is answered by what was said meanwhile, or by the calendar."""
    last, today = date.fromisoformat(wanted.about), company_day(act.policy, act.now)
    if wanted.answer == "no":
        return Card((Line(NEVER),), NEVER)
    span, policy, me = rule.Span(today, last), act.today, act.me.email_key
    away = rule.covered(policy, me, span)
    if wanted.answer and (last < today or not away):
        return Card((Line(SETTLED),), SETTLED)
    if wanted.answer:
        told, back = saying.away(act, span)
        out = act.store.people.out_of_reach(policy.roles.everybody())
        cautions = (Line(one, Sign.ALARM) for one in words.cautions(policy, me, span, today, out))
        return Card((Line(told), *cautions, *back), told)
    return None if last < today or away else question(span)


def question(span: rule.Span) -> Card:
    """What is asked of an absence that begins today."""
    asked, about = f"Are you away {words.days(span, span.first)}?", span.last.isoformat()
    buttons = (
        Button(f"{ON_A_LINE}{YES}", "Yes", about, "primary"),
        Button(f"{ON_A_LINE}{NO}", "No", about),
        Button(f"{ON_A_LINE}away", "I'm away", ""),
    )
    return Card((Line(f"{asked} {WHAT}"), Actions(buttons), Small(OTHER)), asked)


def _answered(act: Act, last: date, answer: str) -> Suggest:
    return Suggest(act.me.id, NAME, last.isoformat(), answer, act.who.platform)


def _moment(iso: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _day(iso: str) -> date:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        raise Refused("I can’t read this day any more. Please say at home when you are away.", code="unknown") from None
