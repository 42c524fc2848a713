"""How the pages stand by all that was seen of them, beside whoever confirmed them; only reads (P3)."""

from __future__ import annotations

from datetime import datetime

from handlers.acting import Act
from handlers.rules import notices as rule
from storage.tables.notices import NoticeAnswer, NoticeCheck, PageLook


def standing(act: Act) -> rule.Seen | None:
    """What the pages are seen to say, for the rules; None where nobody looked yet."""
    look = act.store.notices.looked()
    if look is None:
        return None
    at, until = look.at, None
    if look.answer == "unseen" and (before := act.store.notices.decided(look.digest)) is not None:
        at = act.store.notices.since(before) or at
        until = before.looked_at if before.answer == "yes" else None
    return rule.Seen(at, look.answer, look.digest, look.looked_at, overruling(act, look) is not None, until)


def overruling(act: Act, look: PageLook) -> NoticeAnswer | None:
    """The answer by which the notice was confirmed, where it says that what is seen is wrong, and it was never seen to be right since."""
    last = act.store.notices.last("website")
    one = act.store.notices.answers(last.id)[-1] if last is not None else None
    about = act.store.notices.seen(one.look) if one is not None and one.overrules else None
    if look.answer != "no" or about is None or about.digest != look.digest:
        return None
    if not rule.stays_overruled(look.reasons, about.reasons) or act.store.notices.was_there(look.digest, about.number):
        return None
    return one


def lost_since(act: Act, check: NoticeCheck) -> datetime | None:
    """When what was confirmed was last seen on its page, where that can't be seen for so long that it is to be looked at again."""
    found, ended = standing(act), ended_as(check)
    if found is None or ended is None or ended.state != "confirmed" or not rule.is_lost(found, ended):
        return None
    return found.until


def ended_as(check: NoticeCheck | None) -> rule.Ended | None:
    """How a confirmation ended, for the rules; None for one that waits."""
    if check is None or check.closed_at is None:
        return None
    return rule.Ended(check.closed_at, check.digest, check.state)
