"""What holds bring to the house (P12)."""

from __future__ import annotations

from functools import partial

from handlers import opening
from handlers.acting import Act, Done
from handlers.cards import Actions, Button, Line, Page, Sign, When
from handlers.holds import beginning, deciding, ending, filling, forms, intents
from handlers.holds.matter import HoldMatters, all_calls
from handlers.holds.rows import lists, offers
from handlers.matters import asking, showing
from handlers.room import Asks, Does, Opens, Room, Search, Shows
from handlers.telling import ON_A_LINE
from handlers.words import counted


def held(begun: intents.Begun) -> Page:
    """What stands there when it was sent: until when, and what came too late."""
    until = Line((_kept(begun.number), When(begun.until), "."), Sign.APPROVED)
    asked = (Line("Somebody has to confirm it by then. Your card shows how it stands."),) if begun.asked else ()
    erased = (Line(("A call was erased on ", When(at), " and can't be held."), Sign.ALARM) for at in begun.erased)
    late = (Line(_too_late(begun.too_late), Sign.ALARM),) if begun.too_late else ()
    details = Actions((Button(f"{ON_A_LINE}{showing.DETAILS}", "Details", begun.hold),))
    return Page("Held", (until, *asked, *erased, *late, details))


def _kept(number: int) -> str:
    return f"{counted(number, 'call')} {'is' if number == 1 else 'are'} held until "


def _too_late(number: int) -> str:
    those = "one of these calls" if number == 1 else f"{number} of these calls"
    return (
        f"The recording system was asked already to delete {those}, so the hold may come too late. The card shows it."
    )


def _on_its_way(_: str) -> Page:
    return Page("Sent", (Line("The calls are being held. You get a card that shows how it stands."),))


def _sent(about: str) -> Page:
    return Page("Sent", (Line(f"The card of {about} shows how it stands."),))


def _reroute(act: Act, intent: intents.Reroute) -> Done[None]:
    return asking.reroute(act, intent, MATTER.case(act, intent.matter))


MATTER = HoldMatters()
_new = partial(Asks, sent=_on_its_way, new=True, after=held)
_of_hold = partial(Asks, begin=intents.BeginChanging, sent=_sent)

ROOM = Room(
    "holds",
    does=(
        intents.Begin.by(opening.begin),
        intents.BeginSetting.by(beginning.begin_setting),
        intents.BeginChanging.by(opening.begin),
        intents.Ask.by(beginning.ask),
        intents.Set.by(beginning.set_),
        intents.Confirm.by(deciding.confirm),
        intents.Renew.by(deciding.renew),
        intents.Release.by(deciding.release),
        intents.End.by(deciding.end),
        intents.Ending.by(ending.ending),
        intents.Reroute.by(_reroute),
        intents.Recheck.by(deciding.recheck),
    ),
    buttons={
        forms.AskForm.name: Opens(forms.AskForm.name, "Ask for a hold", anew=True),
        forms.HoldForm.name: Opens(forms.HoldForm.name, "Set a hold", anew=True),
        "hold_confirm": Does(intents.Confirm, "Confirm"),
        "hold_let_go": Opens(forms.ReleaseForm.name, "Let go"),
        "hold_renew": Opens(forms.RenewForm.name, "Renew"),
        "hold_release": Opens(forms.ReleaseForm.name, "Release hold"),
        "hold_calls": Shows(all_calls, "Show all", back="matter", turns=True),
    },
    offers=offers,
    forms=(
        _new(
            forms.AskForm, begin=intents.Begin, send=lambda _, form, key: intents.Ask(form, key), again=filling.asking, intro=filling.asked,
        ),
        _new(
            forms.HoldForm, begin=intents.BeginSetting, send=lambda _, form, key: intents.Set(form, key),
            again=filling.setting, intro=filling.lasting, supplied=filling.until,
        ),
        _of_hold(
            forms.RenewForm, send=lambda about, form, _: intents.Renew(about, form), intro=deciding.renewal,
            supplied=filling.until,
        ),
        _of_hold(
            forms.ReleaseForm, send=lambda about, form, _: intents.Release(about, form), intro=deciding.introduction,
        ),
    ),
    searches={
        forms.PEOPLE: Search(filling.people, filling.people_named),
    },
    due={ending.END: intents.End, ending.ENDING: intents.Ending},
    matter=MATTER,
    lists=lists,
)  # fmt: skip
