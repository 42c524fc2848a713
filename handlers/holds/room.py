"""What holds add to the bot: the kind of matter, what is at home, and the room (P12)."""

from collections.abc import Mapping, Sequence
from functools import partial

from handlers import finding, phrases, telling
from handlers.acting import Context, Result
from handlers.cards import Button, Card, Line, Page, Row, Sign, When
from handlers.holds import cards, state, steps
from handlers.holds.state import BegunHold, HoldCase, HoldForm
from handlers.home import drawn_list, leaf_parts, short_list
from handlers.matters.asking import involved_people
from handlers.matters.showing import MatterOf
from handlers.room import Asks, Does, Lists, Opens, Room, Rows, Search, Shows
from handlers.rules import Refused
from storage.tables.calls import Hold


def held_page(begun: BegunHold) -> Page:
    """Return the page shown after asking for a hold: until when, and which calls came too late."""
    until = Line((_held_until_words(begun.number), When(begun.until), "."), Sign.APPROVED)
    who = phrases.list_words(begun.asked, "or")
    asked = (Line(f"{who} has to confirm it by then. Your card shows its status."),) if who else ()
    erased = (Line(("A call was erased ", When(at), " and can’t be held."), Sign.ALARM) for at in begun.erased)
    late = (Line(_too_late(begun.too_late), Sign.ALARM),) if begun.too_late else ()
    return Page("Held", (until, *asked, *erased, *late, telling.details_button(begun.hold)))


def _held_until_words(number: int) -> str:
    return f"{phrases.quantity_words(number, 'call')} {'is' if number == 1 else 'are'} held until "


def _too_late(number: int) -> str:
    """Say that the recorder is deleting so many of the calls already."""
    which = "one of these calls" if number == 1 else f"{number} of these calls"
    return f"The recording system is already deleting {which}, so the hold may come too late. Details will show whether it did."


class HoldMatters(MatterOf[HoldCase]):
    """P12: holds, `H-…`."""

    def drawn_for(self, ctx: Context, case: HoldCase, reader: int, *, whole: bool) -> Card | None:
        """As `MatterOf.drawn_for`, but the copy of a person who turned out to have no part in it is blanked."""
        if not whole and case.party_of(reader) and case.has_no_part(reader) and reader not in case.everybody():
            return cards.bare_card(case)
        return super().drawn_for(ctx, case, reader, whole=whole)

    def _recheck(self, ctx: Context, matter: str) -> Result[None]:
        """Also ask new deciders of a hold in force; see `MatterOf`."""
        return steps.recheck_hold_deciders(ctx, self.case(ctx, matter))


def all_calls(ctx: Context, value: str) -> Page:
    """Return a page with all calls of a hold, for a holder of its card (`value` is such as `H-…:15`).

    Raises `Refused` for anyone else.
    """
    hold, _, offset = value.partition(":")
    case = HoldCase.load(ctx, hold)
    if ctx.me.id not in case.everybody():
        raise Refused(HoldCase.kind.gone, code="no_copy")

    def lines(most: int, skip: int) -> list[Line]:
        found = ctx.store.holds.calls(case.matter.id, most, skip)
        return [cards.held_call_line(ctx.policy, one, ctx.now) for one in found]

    return Page(f"Calls of {hold}", tuple(leaf_parts("hold_calls", f"{hold}:", offset, case.number, lines)))


def hold_lists(ctx: Context) -> Lists:
    """List the holds waiting for this person, the way to hold calls, and the other holds whose card they have."""
    ask = Row("Must calls be kept for a case?", Button(HoldForm.name, "Hold", ""))
    return {
        "hold": lambda: short_list("Hold", [ask]),
        "waiting": lambda: _hold_list(ctx, "To do", waiting=True),
        "holds": lambda: _hold_list(ctx, "Holds", waiting=False),
    }


def _hold_list(ctx: Context, heading: str, *, waiting: bool) -> Rows:
    """List the holds in force whose card this person has, unless they have a conflict and didn't ask for it: those that
    are waiting for this person, or the others.
    """
    held = ctx.store.matters.held_by(Hold, ctx.me.id, waiting=waiting)
    calls = ctx.store.recordings.operators([one.id for one in held]) if held else {}
    operators = {hold: each.keys() - {0} for hold, each in calls.items()}
    everyone = set[int]().union(*operators.values(), *(one.concerned for one in held))
    involved_people(ctx.store, concerned=everyone)  # reads them all at once

    def shows(one: Hold) -> bool:
        own = involved_people(ctx.store, operators=operators[one.id], concerned=one.concerned).why(ctx.me.id)
        return own is None or (one.begun == "asked" and one.asked_by == ctx.me.id)

    drawn = partial(_hold_rows, ctx, {hold: each.total() for hold, each in calls.items()})
    return drawn_list(heading, [one for one in held if shows(one)], drawn, "to do" if waiting else "")


def _hold_rows(ctx: Context, numbers: Mapping[str, int], holds: Sequence[Hold]) -> list[Row]:
    names = {one.id: f"{one.name} asks" for one in ctx.store.people.named({one.asked_by for one in holds}).values()}
    names[ctx.me.id] = "You asked"
    return [_hold_home_row(ctx, one, numbers[one.id], names[one.asked_by]) for one in holds]


def _hold_home_row(ctx: Context, hold: Hold, number: int, asker: str) -> Row:
    """Return the line of a hold of so many calls; `asker` says who asks for it ("You asked")."""
    calls = phrases.quantity_words(number, "call")
    small = ("until ", When(hold.ends_at, now=ctx.now), f" · {hold.id}")
    if hold.state == "active":
        words = f"{Sign.APPROVED} {calls} held for {hold.case_name}"
        return Row(words, Button("details", "Details", hold.id), small)
    words = f"{Sign.WAITING} {asker} to keep {calls} for {hold.case_name}"
    return Row(words, Button("details", "Details", hold.id, "primary"), small)


MATTER = HoldMatters(HoldCase, cards.hold_card, steps.hold_reminder_row)

ROOM = Room(
    "holds",
    buttons={
        state.HoldForm.name: Opens(state.HoldForm.name, "Hold", prefilled=True),
        "hold_confirm": Does(steps.confirm_hold, "Confirm"),
        "hold_let_go": Opens(state.ReleaseForm.name, "Don’t keep"),
        "hold_renew": Opens(state.RenewForm.name, "Renew"),
        "hold_release": Opens(state.ReleaseForm.name, "Release hold"),
        "hold_calls": Shows(all_calls, "Show all", back="matter", turns=True),
    },
    forms=(
        Asks(
            HoldForm, lambda _, form, key: steps.ask_for_hold(form, key), new=True,
            after=held_page, again=state.filled_hold_form, intro=state.hold_introduction,
        ),
        Asks(
            state.RenewForm, send=lambda about, form, _: steps.renew_hold(about, form), intro=steps.renewal_introduction,
            supplied=state.default_end,
        ),
        Asks(
            state.ReleaseForm, send=lambda about, form, _: steps.release_hold(about, form), intro=steps.release_introduction,
        ),
    ),
    searches={state.PEOPLE: Search(finding.find_colleagues, finding.name_colleagues)},
    due={steps.END: steps.end_hold, steps.ENDING: steps.warn_of_end},
    matter=MATTER,
    lists=hold_lists,
)  # fmt: skip
