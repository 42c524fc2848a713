"""A request about which everything possible was written, and the moment at which that is erased."""

import json
from datetime import UTC, datetime

import pytest

from handlers import inbox, keeping, open_form
from handlers.access import deciding, waiting
from handlers.acting import CLOCK, DELIVERY
from handlers.inbox import Press
from handlers.rules import Refused
from storage.database.store import Store
from storage.records import Copy, Matter
from tests.handlers.builders import CLAIM, Company, ask
from tests.moments import NOW
from tests.restoring import copied

CANARY = "Canary-7f3a"
WORDS = tuple(
    f"{CANARY}-{one}" for one in ("purpose", "matter", "basis", "audience", "question", "answer", "passed", "denied")
)
GOES = datetime(2027, 11, 24, 3, tzinfo=UTC)
"""Twelve calendar months after `NOW`, at 14:00 in Sydney."""


async def talked(company: Company) -> str:
    """Return a claim of Anna's, closed at `NOW`, in which everything that can be written is one of `WORDS`."""
    purpose, matter, basis, audience, question, answer, passed, denied = WORDS
    told = {**CLAIM, "purpose": purpose, "matter": matter, "basis": basis, "audience": audience}
    request = await ask(company, company.anna, **told)
    await company.door.enter(deciding.ask_requester(request, question), company.helena)
    await company.door.enter(deciding.answer_question(request, answer), company.anna)
    await company.door.enter(deciding.pass_on(request, passed), company.helena)
    await company.door.enter(deciding.deny_request(request, denied), company.ruth)
    return request


async def much_more(company: Company, request: str) -> None:
    """Say whatever else can be said about an ended request, and file one with the same words that is still waiting."""
    with pytest.raises(Refused):
        await company.door.enter(deciding.deny_request(request, WORDS[-1]), company.helena, key="late", whisper=True)
    await company.door.enter(open_form("access", request, post=True), company.anna)
    press = Press("slack", "UANNA", "again", request, "K1")
    await company.door.enter(inbox.keep_press(press, company.clock.now), DELIVERY)
    other = await ask(company, company.bram, **{**CLAIM, "purpose": WORDS[0], "matter": WORDS[1]})
    for step in (waiting.ask_next, waiting.still_undecided):
        await company.door.enter(step(other), CLOCK)
    await company.door.enter(deciding.pass_on(other, WORDS[6]), company.helena)


async def erase(company: Company, matter: str, now: datetime = GOES) -> None:
    """Have the clock ask for it, and for the cards."""
    company.clock.now = now
    await company.door.enter(keeping.erase_words(matter), CLOCK)
    await company.door.enter(keeping.show_erased(matter), CLOCK)


async def destroy_key(company: Company, matter: str) -> None:
    """Check that the words of a matter are gone."""

    def work(store: Store) -> None:
        key = store.matter_keys.get(matter)
        assert key is not None
        store.matter_keys.destroy(key, company.clock.now)

    await company.database.write(work)


async def key_of(company: Company, matter: str) -> Matter | None:
    return await company.database.read(lambda store: store.matter_keys.get(matter))


async def ended(company: Company, matter: str) -> Matter | None:
    """Return the matter, once its words were erased."""
    found = await company.database.read(lambda store: store.matters.get(matter))
    return found if found is not None and found.words_erased_at is not None else None


async def stands(company: Company, matter: str, *people: str) -> None:
    """Give these people a message that is a copy of its card."""
    copies = [
        Copy(
            matter=matter, person_id=company.people[one].person_id or 0, platform="slack", conversation=one,
            message="1", revision=1, drawn_at=NOW,
        )
        for one in people
    ]  # fmt: skip
    await company.database.write(lambda store: store.session.add_all(copies))


async def everything(company: Company) -> str:
    """Return every row of every table, and the log, as text."""
    return json.dumps(await copied(company.database), default=repr)
