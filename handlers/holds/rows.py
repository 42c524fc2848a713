"""What stands at home of holds: what waits, what is held, and how one begins (P12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.holds.forms import AskForm, HoldForm
from handlers.room import Rows
from handlers.rules.holds import may_set
from handlers.words import counted
from storage.tables.holds import Hold

ASK, SET = Button(AskForm.name, "Ask for a hold", ""), Button(HoldForm.name, "Set a hold", "")


def offers(act: Act) -> Sequence[Button]:
    """Anybody of the staff may ask for one; whoever sees to holds in some case or other sets one, too."""
    return (SET, ASK) if may_set(act.policy, act.me.email_key) else (ASK,)


def lists(act: Act) -> Mapping[str, Rows]:
    """What waits for this person, and the other holds whose card he or she has."""
    mine = list(_mine(act))
    if not mine:
        return {}
    asked = {one.id for one in act.store.matters.waiting_for(act.me.id)}
    waiting = [one for one in mine if one.id in asked]
    rest = [one for one in mine if one.id not in asked]
    return {
        "waiting": _rows(act, "Waiting for you", waiting, ((len(waiting), "waiting for you"),)),
        "holds": _rows(act, "Holds", rest),
    }


def _mine(act: Act) -> Iterator[Hold]:
    """Those that keep calls, whose card this person has, and in which he or she has a part."""
    held = act.store.holds.held_by(act.me.id)
    if not held:
        return
    ids = [one.id for one in held]
    operators, named = act.store.holds.operators(ids), act.store.matters.concerned(ids)
    for one in held:
        about = [other.email_key for other in named.get(one.id, ())]
        without = act.store.people.aliases([*operators.get(one.id, ()), *about])
        asked = one.begun == "asked" and one.asked_by == act.me.id
        hidden = act.me.email_key in without or act.me.id not in act.store.matters.holders(one)
        if asked or not hidden:
            yield one


def _rows(act: Act, heading: str, holds: Sequence[Hold], told: tuple[tuple[int, str], ...] = ()) -> Rows:
    return Rows(
        heading, len(holds), lambda most, skip: [_row(act, one) for one in holds[skip : skip + most]], told
    )  # fmt: skip


def _row(act: Act, hold: Hold) -> Row:
    sign, style = (Sign.APPROVED, "plain") if hold.state == "active" else (Sign.WAITING, "primary")
    button = Button("details", "Details", hold.id, "primary" if style == "primary" else "plain")
    number = counted(act.store.holds.number(hold.id), "call")
    small = (f"{number} · until ", When(hold.ends_at, now=act.now), f" · {hold.id}")
    return Row(f"{sign} Hold · {hold.case_name}", button, small)
