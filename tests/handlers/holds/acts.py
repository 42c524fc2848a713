"""What people, the clock and the recording system do about holds, for their tests."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from handlers import FORMS
from handlers.acting import CLOCK, Actor, Intent
from handlers.holds import steps
from handlers.holds.state import BegunHold, HoldForm, ReleaseForm, RenewForm
from handlers.matters.showing import kind_of
from handlers.retention import closing, erasing
from handlers.retention.erasing import Proof
from storage.tables.calls import Hold, Keep
from tests.erasing import newest_erasure
from tests.handlers.builders import Company, call, chosen, register
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.reading import looking
from tests.moments import NOW

_keys = count(1)
OLD = NOW - timedelta(days=364, hours=20)  # its moment comes in four hours and a day
WORDS = {"case": "Claim 12", "reason": "The customer claims damages."}


def about(*names: str) -> list[str]:
    """Return these people as a form has them chosen."""
    return [chosen(one) for one in names]


def key() -> str:
    return f"slack:H{next(_keys)}"


async def ask(company: Company, who: Actor, calls: Iterable[int] | None = None, **more: Any) -> BegunHold:
    """Ask for a hold of the first call, as this person."""
    chosen = [str(one) for one in (company.calls[:1] if calls is None else calls)]
    return await company.door.enter(
        steps.ask_for_hold(HoldForm.read({"recordings": chosen, **WORDS, **more}), key()), who
    )


async def hold(company: Company, who: Actor, calls: Iterable[int] | None = None, **more: Any) -> BegunHold:
    """Set a hold of the first call until 1 February, as a person who may."""
    return await ask(company, who, calls, **{"until": "2027-02-01", **more})


async def confirm(company: Company, one: str, who: Actor) -> None:
    await company.door.enter(steps.confirm_hold(one), who)


async def renew(company: Company, one: str, who: Actor, until: str) -> None:
    await company.door.enter(steps.renew_hold(one, RenewForm.read({"until": until})), who)


def releasing(one: str) -> Intent[None]:
    return steps.release_hold(one, ReleaseForm.read({"words": "The claim is settled."}))


async def release(company: Company, one: str, who: Actor) -> None:
    await company.door.enter(releasing(one), who)


async def stands(company: Company, one: str) -> Hold:
    """Return a hold as it is stored."""
    found = await company.database.read(lambda store: store.matters.of_kind(Hold, one))
    assert found is not None
    return found


async def keeps(company: Company, recording: int) -> list[Keep]:
    """Return all that keeps, or kept, a call."""
    return await company.database.read(lambda store: store.erasures.keeps_of(recording))


async def kept(company: Company, recording: int) -> bool:
    """Return True if anything keeps the call now."""
    now = company.clock.now
    return recording in await company.database.read(lambda store: store.erasures.kept([recording], now))


async def old_call(company: Company, number: int = 8, **facts: Any) -> int:
    """Return a call whose time is up in a day, at 18:00 of 25 November in Sydney."""
    [recording] = await register(company.door, call(number, started=OLD + timedelta(days=1), **facts))
    return recording


async def to_its_moment(company: Company, recording: int) -> datetime:
    """Move the clock to a second after the call's time is up; return that time."""
    found = await company.database.read(lambda store: store.recordings.get(recording))
    assert found is not None
    assert found.erase_at is not None
    company.clock.now = max(company.clock.now, found.erase_at + timedelta(seconds=1))
    return found.erase_at


async def close(company: Company, recording: int) -> str:
    """Have the clock close a call when its time is up; return the erasure."""
    await to_its_moment(company, recording)
    await company.door.enter(closing.close_call(recording), CLOCK)
    found = await company.database.read(lambda store: newest_erasure(store, recording))
    assert found is not None
    return found.id


async def asked_to_delete(company: Company, erasure: str) -> bool:
    """Ask the recorder to delete, unless something prevents it; return whether it was asked."""
    asked = await company.door.enter(erasing.ask_guard((erasure,)), CLOCK)
    return erasure in asked and await company.door.enter(erasing.send_delete(erasure, "a"), CLOCK)


async def certified(company: Company, erasure: str) -> None:
    """Record that the recorder answered, and that a second look found nothing."""
    proof = Proof(company.clock.now, "deleted", "backups", f"n-{erasure}", "a")
    await company.door.enter(erasing.certify_erased(erasure, proof), CLOCK)


async def erased(company: Company, recording: int) -> datetime:
    """Take a call all the way; return when it was erased."""
    erasure = await close(company, recording)
    assert await asked_to_delete(company, erasure)
    await certified(company, erasure)
    return company.clock.now


async def tick(company: Company) -> None:
    """Do what is due, and let go of what keeps no longer."""
    await fall(company)
    now = company.clock.now
    for pair in await company.database.read(lambda store: store.erasures.over(now, 100)):
        await company.door.enter(closing.end_keep(*pair), CLOCK)


async def at(company: Company, moment: datetime) -> None:
    """Let time pass until then, doing whatever is due when it is due."""
    await pass_until(company, moment)
    await tick(company)


async def rechecked(company: Company, one: str) -> None:
    """Have the clock find who is responsible for a hold now."""
    await company.door.enter(kind_of(one).recheck(one), CLOCK)


async def intro(company: Company, form: str, one: str, who: Actor) -> str:
    """Return what is above a form about a hold."""
    introduce = FORMS[form].intro
    assert introduce is not None
    return await looking(company, who, lambda ctx: introduce(ctx, one))
