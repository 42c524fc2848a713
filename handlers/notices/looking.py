"""What the two pages were seen to say: kept where it is something else than before, and asked about where it is gone (P3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.acting import Act, Done
from handlers.effects import Effect
from handlers.ids import new_id
from handlers.matters.asking import changed
from handlers.notices import hearing, intents
from handlers.notices.planning import plan
from handlers.notices.view import seen
from handlers.rules import notices as rule
from storage.tables.notices import NoticeCheck, PageLook

DAILY, WHILE_OPEN, UNSEEN_AGAIN = timedelta(days=1), timedelta(minutes=10), timedelta(hours=1)


def due(act: Act) -> bool:
    """Whether it is time to look: once a day, each hour after what could not be seen, more often while somebody waits for it; only reads."""
    last = act.store.notices.looked()
    if last is None or last.digest != rule.digest(act.policy, "website"):
        return True
    every = WHILE_OPEN if _open(act) is not None else UNSEEN_AGAIN if last.answer == "unseen" else DAILY
    # Whatever a clock that was set back says, it is looked at again.
    return not last.looked_at <= act.now < last.looked_at + every


def looked(act: Act, intent: intents.Looked) -> Done[None]:
    """What is as it was only counts as seen again; what is not is kept, and cards and homes show it."""
    last, now_wanted = act.store.notices.looked(), rule.digest(act.policy, "website")
    if intent.digest != now_wanted:
        return Done(None, quiet=True)  # the policy changed while the pages were read
    if last is not None and _same(last, intent, act.now):
        last.looked_at = act.now
        return Done(None, quiet=True)
    look = PageLook(
        id=new_id("PL"), number=last.number + 1 if last else 1, at=act.now, looked_at=act.now, answer=intent.answer, reasons=list(intent.reasons),
        digest=intent.digest,
    )  # fmt: skip
    act.store.notices.look(look)
    plan(act, intents.Plan())
    detail = {"answer": look.answer, "reasons": look.reasons, "digest": look.digest}
    return Done(None, (*_shown(act), *hearing.homes(act)), look.id, detail)


def _same(last: PageLook, intent: intents.Looked, now: datetime) -> bool:
    same = (last.digest, last.answer, last.reasons) == (intent.digest, intent.answer, list(intent.reasons))
    # From when on nothing could be seen is counted from; a clock that ran ahead puts that off no further than it is found out.
    return same and not (last.answer == "unseen" and last.at > now)


def _shown(act: Act) -> tuple[Effect, ...]:
    check = _open(act)
    return changed(seen(act, check)) if check is not None else ()


def _open(act: Act) -> NoticeCheck | None:
    return next((one for one in act.store.notices.open() if one.notice == "website"), None)
