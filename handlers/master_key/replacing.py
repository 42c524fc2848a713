"""One master key takes the place of another, a piece at a time; what is cut off goes on where it stood."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.keys import LASTING, Unopened
from handlers.master_key import intents
from handlers.master_key.known import first, look, wraps
from handlers.sealing import wrapped_anew


def take_over(act: Act, intent: intents.TakeOver) -> Done[None]:
    """Once in the life of a database: whatever follows from its first master key and can't be made anew, stays."""
    keys, stands = act.keys, look(act.store, act.keys)
    if stands.taken_over:
        return Done(None, quiet=True)
    place = first(act.store, keys, intent.of)
    lasting = dict(intent.lasting) or {name: keys.first(place, name) for name in LASTING}
    act.store.master_keys.keep(wraps(keys, lasting))
    for key in {keys.ids[place], stands.newest}:
        act.store.master_keys.add(key, act.now)
    return Done(None, quiet=True)


def begin(act: Act, intent: intents.Begin) -> Done[None]:
    """From now on both keys are needed, until nothing is left that the one before has wrapped."""
    stands = look(act.store, act.keys)
    if stands.begun:
        return Done(None, quiet=True)
    act.store.master_keys.keep(wraps(act.keys, stands.lasting))
    act.store.master_keys.add(stands.newest, act.now)
    return Done(None, subject=f"key:{stands.newest}", detail={"from": sorted(stands.known)})


def wrap_anew(act: Act, intent: intents.WrapAnew) -> Done[intents.Piece]:
    """What no key opens stays as it is: it was not the key before that wrapped it."""
    page = act.store.matter_keys.page(intent.after, intent.most)
    anew, unopened = 0, 0
    for row in page:
        try:
            anew += wrapped_anew(act.keys, row)
        except Unopened:
            unopened += 1
    last = page[-1].matter_id if len(page) == intent.most else None
    detail = {"matters": anew, "unopened": unopened}
    return Done(intents.Piece(last, anew, unopened), detail=detail, quiet=not anew)


def replaced(act: Act, intent: intents.Replaced) -> Done[None]:
    """The one before opens nothing of this database any more, and is not asked for."""
    stands = look(act.store, act.keys)
    before = sorted(stands.known.keys() - {stands.newest})
    act.store.master_keys.replace(before, act.now)
    return Done(None, subject=f"key:{stands.newest}", detail={"from": before}, quiet=not before)
