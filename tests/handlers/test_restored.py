"""P12: what follows a restore, handler by handler: access ends with a reason, both roles hear it once, erased calls are closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import AFTER_RESTORE
from handlers.access.cards import changes
from handlers.access.intents import EndRestored, Withdraw
from handlers.access.state import load
from handlers.acting import CLOCK, DELIVERY
from handlers.checkpoints import JournalLost, Restored
from handlers.declined.intents import Erase
from handlers.inbox import Keep, Press
from handlers.listening import Listen
from handlers.recordings import Register
from handlers.retention.intents import EraseAgain, Reappeared, Recall
from storage.recordings import Place
from storage.tables.erasures import Keep as KeptCall
from tests.handlers.builders import Company, approved, ask, audit, call, left, quiet, refusal, register, words_for
from tests.handlers.declined.acts import afterwards
from tests.handlers.holds.acts import hold
from tests.moments import NOW
from tests.reconciled import findings

FOUND = Restored(common=3, noted=9, hash="a" * 64, found=5)


@pytest.mark.soak
async def test_p12_access_of_a_restored_database_ends_and_its_holder_may_ask_again(company: Company) -> None:
    request = await approved(company)
    before = len(await left(company))
    await company.door.enter(EndRestored(request), CLOCK)
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    assert (grant.ended_at, grant.ended_by, grant.ended_why) == (NOW, None, "restored")
    assert set((await left(company))[before:]) == {("show", "anna"), ("show", "tara"), ("tell", "anna")}
    assert (await audit(company, request))[-1][1:4] == ("access.restored", "done", "P12")
    parts = await company.database.read(lambda store: changes(load(company.door.act(store, CLOCK), request)))
    assert ["restored from a copy" in str(one) for one in parts] == [True]
    told = await refusal(company, Listen(request), company.anna)
    assert str(told).startswith("Your access ended on ")
    assert "This access has ended because the database was restored." in str(
        await refusal(company, Withdraw(request), company.anna)
    )


async def test_p12_the_room_that_gave_access_finds_it_and_no_other_room_does(company: Company) -> None:
    request = await approved(company)
    found = await company.database.read(lambda store: [chore.find(store, NOW) for chore in AFTER_RESTORE])
    assert sorted(map(list, found)) == [[]] * (len(AFTER_RESTORE) - 1) + [[request]]
    await company.door.enter(Withdraw(request), company.tara)
    assert not any(await company.database.read(lambda store: [chore.find(store, NOW) for chore in AFTER_RESTORE]))


async def test_p12_access_that_is_over_already_stays_as_it_is(company: Company) -> None:
    request = await approved(company)
    await company.door.enter(Withdraw(request), company.tara)
    await company.door.enter(EndRestored(request), CLOCK)
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None and grant.ended_why == ""


async def test_p12_both_are_told_once_what_is_lost_and_what_was_pressed_before_is_not_done(company: Company) -> None:
    press = Press("slack", "UTARA", "approve", "R-1", "k")
    await company.door.enter(Keep(press, NOW), DELIVERY)
    await company.door.enter(FOUND, CLOCK)
    await quiet(company, FOUND, CLOCK)
    for who in (company.helena, company.ruth):
        [told] = await words_for(company, who)
        assert (
            "It ends at entry 5 of the audit log, the journal knew of 9, and up to entry 3 both say the same." in told
        )
    assert (await audit(company))[-1][4] == {"hash": "a" * 64, "common": 3, "noted": 9, "found": 5, "presses": 1}
    assert not await company.database.read(lambda store: store.inbox.has_any())


async def test_p12_that_the_journal_is_gone_is_told_once_for_each_checkpoint_that_it_lacks(company: Company) -> None:
    lost = JournalLost(7, "b" * 64)
    await company.door.enter(lost, CLOCK)
    await quiet(company, lost, CLOCK)
    assert len(await words_for(company, company.helena)) == len(await words_for(company, company.ruth)) == 1


@pytest.mark.by_hand
async def test_p12_what_was_erased_is_remembered_by_its_mark_and_closed_by_its_number(company: Company) -> None:
    assert await company.database.read(lambda store: store.recalls.any()) is False
    assert await company.door.enter(Recall({"m1": "E-1", "m2": "E-1"}), CLOCK) == 2
    assert await company.door.enter(Recall({"m2": "E-1", "m3": "E-2"}), CLOCK) == 1
    marks = await company.database.read(lambda store: store.recalls.known(["m1", "m3", "m4"]))
    assert marks == {"m1", "m3"}
    first, until = company.calls[0], NOW + timedelta(days=9)
    keep = KeptCall(
        recording_id=first, matter_id=await ask(company, company.anna), why="request", since=NOW, ends_at=until
    )
    await company.database.write(lambda store: store.erasures.keep(keep))
    await company.door.enter(EraseAgain((first, 999)), CLOCK)
    await company.door.enter(EraseAgain((first,)), CLOCK)
    erasures = [one for one in await audit(company) if one[1] == "retention.again"]
    assert [list(one[4]["erasures"]) for one in erasures] == [[str(first)]]
    assert await company.database.read(lambda store: store.recordings.present([first], NOW)) == []
    assert await company.database.read(lambda store: store.erasures.kept([first], NOW)) == set()
    places = await company.database.read(lambda store: store.recordings.places(0, 9))
    assert (len(places), places[0]) == (3, Place(first, "call-1", NOW - timedelta(days=1), NOW))


async def test_p12_a_call_that_reappears_is_closed_whether_it_was_known_or_not(company: Company) -> None:
    rows = [call(1, stamp="2"), call(8, caller="+61499999123", crm="CS-9")]
    await company.door.enter(Reappeared("file", rows), CLOCK)
    await company.door.enter(Reappeared("file", rows), CLOCK)
    known = await company.database.read(lambda store: store.recordings.known("file", ["call-1", "call-8"]))
    assert [(one.closed(NOW), one.stamp) for one in known.values()] == [(True, "2"), (True, "1")]
    assert (known["call-8"].caller, known["call-8"].crm) == ("", "")
    assert [one[1] for one in await audit(company)].count("retention.reappeared") == 1


async def test_p12_holds_that_end_with_it_fit_the_log_and_only_they_do(company: Company) -> None:
    """The older copy has a hold that had been released, and the call erased after it: said to be forged for good."""
    first, second = company.calls[:2]
    begun = await hold(company, company.helena, [first, second])
    other = await hold(company, company.helena, [first])
    await company.door.enter(EraseAgain((first, second)), CLOCK)
    told = (await audit(company))[-1][4]["let_go"]
    assert {one: sorted(holds) for one, holds in told.items()} == {
        str(first): sorted([begun.hold, other.hold]),
        str(second): [begun.hold],
    }
    assert await findings(company.database) == []
    await company.door.enter(Reappeared("file", [call(1)]), CLOCK)
    assert [one[1] for one in await audit(company)][-1] == "retention.again"
    company.clock.pass_(hours=1)
    late = await hold(company, company.helena, [first])
    await company.door.enter(Reappeared("file", [call(1)]), CLOCK)
    [entry] = [one for one in await audit(company) if one[1] == "retention.reappeared"]
    assert entry[4] == {"erasures": {}, "let_go": {str(first): [late.hold]}}
    assert await findings(company.database) == []


async def test_p12_the_erasure_of_a_declined_call_that_had_been_erased_fits_the_log(company: Company) -> None:
    matter = await afterwards(company)
    await company.door.enter(Erase(matter), company.helena)
    await company.door.enter(EraseAgain(tuple(company.calls[:1])), CLOCK)
    erasure = await company.database.read(lambda store: store.erasures.open(company.calls[0]))
    assert erasure is not None and erasure.why == "restored"
    assert await findings(company.database) == []
    await company.door.enter(Register("file", (), ("call-1",)), CLOCK)
    await register(company.door, call(1))
    back = await company.database.read(lambda store: store.recordings.get(company.calls[0]))
    assert back is not None and back.state == "closed"
