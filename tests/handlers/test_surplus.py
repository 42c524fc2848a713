"""A bound on what waits for one person: beyond it one message says how much was left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from handlers.acting import DELIVERY, Visitor
from handlers.delivering import Aside, Claim, Job, Postpone
from handlers.door import leave
from handlers.effects import Effect, LeftOut, Show, Tell, Warn, Whisper
from handlers.surplus import AT_ONCE, MOST_WAITING, words
from storage.database.store import Store
from storage.outbox import Left
from tests.handlers.builders import Company, audit, ledger
from tests.spoiling import said

pytestmark = pytest.mark.long


async def _left(company: Company, *effects: Effect) -> None:
    await company.database.write(lambda store: leave(store, effects, company.clock.now))


async def _claim(company: Company) -> list[Job]:
    return [one for one in await company.door.enter(Claim(8), DELIVERY) if isinstance(one, Job)]


async def _turned_back(company: Company) -> None:
    """One turn of the worker, and the platform refuses."""
    for job in await _claim(company):
        await company.door.enter(Postpone(job.taken.id, "ratelimited", company.clock.now, free=True), DELIVERY)


async def _waiting(company: Company, who: Visitor) -> list[tuple[str, object]]:
    rows = [one for one in await ledger(company, who) if one.state == "queued"]
    return [(one.kind, one.payload.get("number", "")) for one in rows]


def _tells(who: Visitor, first: int, last: int) -> list[Effect]:
    return [Tell(who.person_id or 0, "A word.", f"{number}") for number in range(first, last)]


async def test_beyond_the_bound_one_message_says_how_much(company: Company) -> None:
    """A5: a person who can't be reached for long does not cost everybody else, nor drown when it is over."""
    await _left(company, *_tells(company.anna, 0, MOST_WAITING + 30))
    await _turned_back(company)
    told = [("tell", "")] * MOST_WAITING + [("leftout", 30), ("home", "")]
    assert await _waiting(company, company.anna) == told
    await _left(company, *_tells(company.anna, 200, 212))
    await _turned_back(company)
    told = [("tell", "")] * MOST_WAITING + [("leftout", 42), ("home", "")]
    assert await _waiting(company, company.anna) == told
    person = f"{company.anna.person_id}"
    details = [one[4] for one in await audit(company) if one[1] == "delivery.claim"]
    assert details == [{"left_out": {person: 30}}, {"left_out": {person: 12}}]


async def test_what_fits_is_left_alone(company: Company) -> None:
    await _left(company, *_tells(company.anna, 0, MOST_WAITING), *_tells(company.tara, 0, 3))
    await _turned_back(company)
    assert len(await _waiting(company, company.anna)) == MOST_WAITING
    assert len(await _waiting(company, company.tara)) == 3


async def test_the_oldest_are_sent_and_whoever_is_left_out_finds_the_rest_at_home(company: Company) -> None:
    person = company.anna.person_id or 0
    await _left(company, *(Show(person, f"R-{number}", 1) for number in range(MOST_WAITING + 5)))
    await _turned_back(company)
    rows = await ledger(company, company.anna)
    ended = [one.payload["matter"] for one in rows if one.code == "left_out"]
    assert len(ended) == 5
    assert {one.state for one in rows if one.code == "left_out"} == {"superseded"}
    [home] = [one.payload for one in rows if one.kind == "home"]
    assert home == {"platform": "slack", "fresh": True}


async def test_words_without_an_order_have_a_bound_too_and_both_are_told_in_one(company: Company) -> None:
    """The trial put 5,000 whispers into the way of everybody."""
    person = company.anna.person_id or 0
    whispers = [Whisper(person, "No.", f"{number}", "slack") for number in range(MOST_WAITING + 20)]
    await _left(company, *whispers, *_tells(company.anna, 0, MOST_WAITING + 3))
    await _turned_back(company)
    waiting = await _waiting(company, company.anna)
    assert sorted(waiting, key=str) == sorted(
        [("tell", "")] * MOST_WAITING + [("whisper", "")] * MOST_WAITING + [("leftout", 23), ("home", "")], key=str
    )


async def test_no_transaction_ends_more_than_a_few_hundred(company: Company) -> None:
    await _left(company, *_tells(company.anna, 0, MOST_WAITING + AT_ONCE + 7))
    for number in (AT_ONCE, AT_ONCE + 7):
        await _turned_back(company)
        assert ("leftout", number) in await _waiting(company, company.anna)


def _changed(sentence: str, **values: object) -> Callable[[Store], object]:
    return lambda store: store.session.execute(text(f"UPDATE outbox SET {sentence} WHERE kind = 'leftout'"), values)


async def test_a_message_that_is_being_sent_keeps_its_number_and_the_next_has_its_own(company: Company) -> None:
    person = company.anna.person_id or 0
    await _left(company, LeftOut(person, 7), *_tells(company.anna, 0, MOST_WAITING + 1))
    [sending] = await _claim(company)
    assert sending.effect == LeftOut(person, 7)
    await _left(company, *_tells(company.anna, 200, 203), Whisper(person, "No.", "1", "slack"))
    await _turned_back(company)
    assert [one for one in await _waiting(company, company.anna) if one[0] == "leftout"] == [
        ("leftout", 7),
        ("leftout", 5),
    ]


@pytest.mark.parametrize("payload", ["[]", '{"number": "many"}'])
async def test_a_message_that_nobody_can_read_is_written_anew(company: Company, payload: str) -> None:
    person = company.anna.person_id or 0
    await _left(company, *_tells(company.anna, 0, MOST_WAITING + 2), LeftOut(person, 7))
    await company.database.write(_changed("payload = :payload", payload=payload))
    await _turned_back(company)
    assert ("leftout", 2) in await _waiting(company, company.anna)


def test_the_words_say_how_much_and_where_everything_stands() -> None:
    assert words(412) == (
        "More came for you than I could send, so 412 messages were left out. Your home shows where everything stands."
    )
    assert words(1).startswith("More came for you than I could send, so one message was left out.")


async def test_b4_an_alarm_is_never_left_out(company: Company) -> None:
    """A card says that somebody is being told: what is ended in silence would make it a lie."""
    anna = company.anna.person_id or 0
    await _left(company, *(Whisper(anna, "A word.", f"{one}", "slack") for one in range(MOST_WAITING + 3)))
    await _left(company, Warn(anna, "Nobody may decide request R-1.", "A-1", "R-1"))
    await _turned_back(company)
    waits = await _waiting(company, company.anna)
    assert len([one for one in waits if one[0] == "whisper"]) < MOST_WAITING + 3
    assert ("warn", "") in waits


async def _queue_unknown(company: Company, lane: str, number: int) -> None:
    """What a newer version, that runs beside this one during an upgrade, leaves for Anna."""
    person, at = company.anna.person_id or 0, company.clock.now
    row = (person, {"a": 1}, at, at, lane)
    names = [f"{one:012d}.000.newer{lane[:2]}" for one in range(number)]
    for name in names:
        new = Left(name, name, "newer", *row)
        await company.database.write(lambda store, new=new: store.outbox.leave(new))  # type: ignore[misc]


@pytest.mark.parametrize("lane", ["", "in order"])
async def test_a6_what_only_a_newer_version_knows_is_never_left_out_nor_counted(company: Company, lane: str) -> None:
    number = MOST_WAITING + 5
    await _queue_unknown(company, lane, number)
    await _left(company, *_tells(company.anna, 0, MOST_WAITING))
    for _ in range(3):
        found = await company.door.enter(Claim(8), DELIVERY)
        for one in found:
            await company.door.enter(Postpone(one.taken.id, "ratelimited", company.clock.now, free=True), DELIVERY)
    waiting = [kind for kind, _ in await _waiting(company, company.anna)]
    assert (waiting.count("newer"), waiting.count("tell"), len(waiting)) == (
        number,
        MOST_WAITING,
        number + MOST_WAITING,
    )


async def test_a6_beside_it_what_is_too_much_of_the_rest_is_left_out(company: Company) -> None:
    await _queue_unknown(company, "in order", 30)
    await _left(company, *_tells(company.anna, 0, MOST_WAITING + 7))
    await _turned_back(company)
    waiting = await _waiting(company, company.anna)
    assert ("leftout", 7) in waiting
    assert [kind for kind, _ in waiting].count("newer") == 30


async def test_of_a_person_who_can_not_be_read_nothing_is_left_out(company_in_a_file: Company) -> None:
    """A1: to say how much it was takes a person; and nobody else's messages wait for that."""
    company = company_in_a_file
    await _left(company, *_tells(company.anna, 0, MOST_WAITING + 7), Tell(company.tara.person_id or 0, "A word.", "1"))
    await company.database.write(said("UPDATE accounts SET checked_at = 'x' WHERE account_id = 'UANNA'"))
    found = await company.door.enter(Claim(8), DELIVERY)
    codes = sorted(one.code if isinstance(one, Aside) else one.taken.kind for one in found)
    assert codes == ["tell", "unreadable_person"]
    assert len(await _waiting(company, company.anna)) == MOST_WAITING + 7
