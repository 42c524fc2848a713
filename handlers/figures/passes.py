"""Getting to the page of a month: a code from chat for a minute and one use, and a session for an hour, both sealed.

Of each a hash is stored for as long as it opens anything, and taken away for good: what a wrong clock says later brings none back.
Neither gives a right: who comes with one is asked anew, at each request, whether the month is his or hers to see.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from handlers.acting import Act, Done
from handlers.figures import intents
from handlers.ids import hashed
from handlers.keys import Unopened
from handlers.rules.figures import may_see, month_named
from handlers.rules.refusal import Refused
from handlers.unseen import Unseen
from storage.people import LIVING
from storage.records import Person

CODE_LASTS, SESSION_LASTS = timedelta(seconds=60), timedelta(hours=1)
PURPOSE = "figures pass"
SPENT = "This link was used already, or is older than a minute. Press Open with pictures again."
CLOSED = "This page is no longer open to you. Press Open with pictures in your chat again."
Kind = Literal["code", "session"]


class Pass(Unseen):
    """Whose it is, and from when on and until when it opens anything (aware)."""

    person: int
    since: AwareDatetime
    until: AwareDatetime


def open_(act: Act, intent: intents.Open) -> Done[intents.Link]:
    """A code for whoever may see the month now."""
    may_see(act.today, act.me.email_key, act.now)
    month = month_named(act.policy, intent.month, act.now)
    code = _sealed(act, "code", act.me.id, CODE_LASTS)
    detail = {"code": hashed(code), "month": month.name}
    return Done(intents.Link(code, month.name), subject=f"person:{act.me.id}", detail=detail)


def exchange(act: Act, intent: intents.Exchange) -> Done[str]:
    """Once, within its minute."""
    found = opened(act, "code", intent.code)
    if found is None or not act.store.figure_passes.take(hashed(intent.code)):
        raise Refused(SPENT, code="code_spent")
    reader = _reader(act, found)
    session = _sealed(act, "session", reader.id, SESSION_LASTS)
    detail = {"code": hashed(intent.code), "session": hashed(session)}
    return Done(session, subject=f"person:{reader.id}", detail=detail)


def leave(act: Act, intent: intents.Leave) -> Done[None]:
    """Whatever copy of the cookie there is opens nothing any more."""
    found = opened(act, "session", intent.session)
    if found is None or not act.store.figure_passes.take(hashed(intent.session)):
        return Done(None, quiet=True)
    return Done(None, subject=f"person:{found.person}", detail={"session": hashed(intent.session)})


def stands(act: Act, kind: Kind, told: str) -> bool:
    """Whether a code or a session is one of ours, in its time and not used up: what is asked before the door only reads."""
    return _standing(act, kind, told) is not None


def reading(act: Act, session: str) -> Person:
    """Who reads by this session; raises `Refused` once it is over, and for whoever may not see the month any more."""
    found = _standing(act, "session", session)
    if found is None:
        raise Refused(CLOSED, code="no_session")
    return _reader(act, found)


def opened(act: Act, kind: Kind, told: str) -> Pass | None:
    """What a code or a session says, while its time lasts; None for what is none of ours."""
    try:
        raw = urlsafe_b64decode(told.encode("ascii", "replace") + b"==")
        found = Pass.model_validate_json(act.keys.open(raw, kind, PURPOSE))
    except (Unopened, ValidationError, binascii.Error, ValueError):
        return None
    return found if found.since <= act.now < found.until else None


def _standing(act: Act, kind: Kind, told: str) -> Pass | None:
    found = opened(act, kind, told)
    return found if found is not None and act.store.figure_passes.has(hashed(told)) else None


def _reader(act: Act, found: Pass) -> Person:
    """The person, who must still be a member and hold or stand in for one of the two roles."""
    person = act.store.people.get(found.person)
    if person.standing != LIVING:
        raise Refused(CLOSED, code="not_member")
    may_see(act.today, person.email_key, act.now)
    return person


def _sealed(act: Act, kind: Kind, person: int, lasts: timedelta) -> str:
    told = Pass(person=person, since=act.now, until=act.now + lasts)
    made = urlsafe_b64encode(act.keys.seal(told.model_dump_json().encode(), kind, PURPOSE)).decode().rstrip("=")
    act.store.figure_passes.add(hashed(made), told.since, told.until)
    return made
