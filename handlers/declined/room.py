"""What declined calls add to the bot: the kind of matter, what is at home, and the room (P5)."""

from handlers.acting import Context
from handlers.cards import Button, Row, Sign, When
from handlers.declined import cards, deciding, saying
from handlers.declined.deciding import DeclinedCase, KeepForm, declined_reminder_row
from handlers.home import to_do_list
from handlers.matters.showing import MatterOf
from handlers.room import Asks, Chore, Command, Does, Lists, Opens, Room
from storage.tables.calls import Declined

SAYS = "A caller doesn’t want to be recorded"
HELP = "Use {word} while you are on the call. I switch its recording off, check that it is off, and tell you. After the call, I ask which one it was (P5)."
ASKS = "Press it while you are on the call. I switch its recording off, and tell you when it is definitely off."
DONE = "I’m looking for your call. The card in our chat tells you when its recording is definitely off."
MEANWHILE = "Until then the call may still be recorded: please switch its recording off in the phone system."
LABEL = "A caller declines"
DECLINED = Button("declined", LABEL, "")


DECLINED_CALLS = MatterOf(DeclinedCase, cards.declined_card, declined_reminder_row)


def declined_lists(ctx: Context) -> Lists:
    """List the declines where this person must name the call, and those that are waiting for their decision."""
    matters, me = ctx.store.matters, ctx.me.id

    def rows() -> list[Row]:
        names = (one for one in matters.held_by(Declined, me) if one.said_by == me and one.is_unchosen)
        decides = (one for one in matters.waiting_for(me, Declined) if one.erase_at is None)
        return [_declined_row(ctx, one) for one in (*sorted(names, key=lambda one: (one.asked_at, one.id)), *decides)]

    return {"waiting": lambda: to_do_list(rows())}


def _declined_row(ctx: Context, one: Declined) -> Row:
    """Return the row of a decline at home: which call it was, or whether its recording is erased."""
    words = "A caller declined: erase or keep the recording?"
    if one.is_unchosen:
        words = "Which call did the caller decline?"
    call = ("call of ", When(one.began, now=ctx.now), " · ") if one.began is not None else ()
    small = (*call, "entered ", When(one.asked_at, now=ctx.now), f" · {one.id}")
    return Row(f"{Sign.QUESTION} {words}", Button("details", "Details", one.id, "primary"), small)


ROOM = Room(
    "declined",
    commands={
        "recording-declined": Command(
            SAYS, HELP, does="declined", done=DONE, meanwhile=MEANWHILE, asks=ASKS, short="A caller wants no recording"
        )
    },
    buttons={
        "declined": Does(lambda _: saying.note_declined(), LABEL, back="home"),
        "declined_choose": Does(saying.choose_call, "This call"),
        "declined_none": Does(saying.dismiss_matter, "None of these"),
        "declined_erase": Does(deciding.decide_to_erase, "Erase"),
        KeepForm.name: Opens(KeepForm.name, "Keep"),
    },
    begins=(DECLINED,),
    forms=(
        Asks(
            KeepForm, lambda about, form, _: deciding.decide_to_keep(about, form), intro=deciding.keep_form_introduction,
        ),
    ),
    due={
        deciding.GO: deciding.erase_if_not_kept, deciding.REMIND: deciding.remind_of_decline,
        deciding.UNCHOSEN: deciding.remind_or_hand_over, deciding.HAND_OVER: deciding.hand_over,
    },
    calls=Chore(
        lambda store, now: [*store.declines.met(), *deciding.matters_with_new_calls(store, now)], (deciding.take_registered_calls, deciding.offer_more_calls)
    ),
    matter=DECLINED_CALLS,
    lists=declined_lists,
)  # fmt: skip
