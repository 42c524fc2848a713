"""What looking up who decides brings to the house: a button at home, a form and a page, for two roles only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handlers import opening, role_people
from handlers.acting import Act, Done, Intent, counting
from handlers.cards import Button, Facts, Line, Page, Small
from handlers.colleagues import addresses
from handlers.room import Asks, Opens, Room, Search
from handlers.rules.access import company_day
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.foreseeing import Foreseen, day_named, foresee, reason_named
from handlers.who_decides.form import SOURCE, WhoDecidesForm, find, may_look, named, reads
from handlers.who_decides.words import sentences
from handlers.words import day_words, moment_words

LABEL = WhoDecidesForm.title
BUTTON = Button("who_decides", LABEL, "")
SHOWN = Page(LABEL, (Line("This form has been answered."),))


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens the form."""

    action: ClassVar[str] = "who_decides.begin"


@dataclass(frozen=True)
class LookUp(Intent[Page]):
    """Somebody wants to know who would decide a request."""

    action: ClassVar[str] = "who_decides.look"
    form: WhoDecidesForm


def begin(act: Act, intent: Begin) -> Done[None]:
    """As any form, but for the two roles alone."""
    may_look(act)
    return opening.begin(act, intent)


def look_up(act: Act, intent: LookUp) -> Done[Page]:
    """The answer as things stand, also of who can't be reached now; it changes nothing, and leaves no entry."""
    may_look(act)
    form, people = intent.form, act.store.people
    day, received = day_named(act.policy, form.day, act.now)
    asker, operators = addresses(act, form.asker, "asker")[0], addresses(act, form.operators, "operators")
    concerned = role_people.chosen(act.policy, form.concerned, "concerned")
    case = RequestCircumstances(
        policy=counting(act.store, act.policy, day), today=day, requester=asker, operators=people.aliases(operators),
        reason=reason_named(act.policy, form.reason), concerned=people.aliases(concerned),
        unreachable=people.out_of_reach(act.policy.roles.everybody()), also=people.aliases([asker]),
    )  # fmt: skip
    page = _page(act, foresee(case, received), day, people.now_of(operators), people.now_of(concerned))
    return Done(page, quiet=True)


def _page(act: Act, found: Foreseen, day: date, operators: Collection[str], concerned: Collection[str]) -> Page:
    """`operators` and `concerned` as they were named, by the addresses of now too; the rules count every other one as well."""
    case = found.case
    known = act.store.people.with_keys({case.requester, *operators, *concerned, *act.policy.roles.everybody()})

    def name(email_key: str) -> str:
        return known[email_key].name if email_key in known else email_key

    facts = (
        ("Who asks", name(case.requester)), ("Reason", act.policy.reason(case.reason).label),
        ("On", day_words(day, company_day(act.policy, act.now))),
        *((("On the calls", ", ".join(map(name, sorted(operators)))),) if operators else ()),
        *((("Concerns", ", ".join(map(name, sorted(concerned)))),) if concerned else ()),
    )  # fmt: skip
    lapses = moment_words(found.lapses.at, found.lapses.zone, act.now) if found.lapses else ""
    lines = (Line(f"{label}: {sentence}") for label, sentence in sentences(found, name, lapses))
    return Page(LABEL, (Facts(facts), *lines, Small(f"{case.clause} · as things stand now, and nobody was asked")))


def _asked(about: str, form: WhoDecidesForm, key: str) -> LookUp:
    return LookUp(form)


ROOM = Room(
    "who_decides",
    does=(Begin.by(begin), LookUp.by(look_up)),
    buttons={BUTTON.action: Opens(WhoDecidesForm.name, LABEL)},
    offers=lambda act: (BUTTON,) if reads(act) else (),
    forms=(Asks(WhoDecidesForm, Begin, _asked, lambda _: SHOWN, new=True, after=lambda page: page),),
    searches={SOURCE: Search(find, named)},
)
