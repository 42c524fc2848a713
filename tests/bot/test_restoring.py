"""P12: a database behind the journal was restored: all access ends, what was erased is erased again; a crash is never taken for that."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.proof.journalling import read_for_verification, read_newest
from bot.proof.restoring import Restoring
from bot.proof.verification import verify_log
from handlers import inbox, listening
from handlers.access import deciding
from handlers.acting import DELIVERY, WEB
from handlers.customers import links
from handlers.inbox import Press
from handlers.listening import open_hearing
from handlers.retention.guard import judge_erasures
from handlers.rules import Refused
from storage.database.store import Database, Store
from storage.inbox import Incoming
from tests.bot.log.shell import rechained
from tests.erasing import SIGHTED
from tests.handlers.builders import POLICY, ask, audit, player_of, refusal, words_for
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import accepted, mails, nothing_to_collect, passcode, refuse, release
from tests.moments import NOW
from tests.reconciled import findings
from tests.restoring import Program, Rows, a_program, copied, put_back


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


async def _approved(program: Program, name: str = "one") -> str:
    company = program.company
    began = company.clock.now - timedelta(days=1)
    request = await ask(company, company.anna, calls=[await program.record(name, began)])
    await company.door.enter(deciding.approve_request(request), company.tara)
    return request


async def _restored(program: Program, url: str, rows: Rows) -> Program:
    """The next start finds these rows."""
    await program.leave()
    await put_back(program.company.database, rows)
    after = await program.again(url)
    assert (after.restoring.state, after.restoring.found) == ("", True)
    return after


async def _erased(program: Program, *numbers: int) -> None:
    """Their twelve months are over."""
    program.until(NOW, days=370)
    await program.tick()
    assert {(await program.by_id(one)).state for one in numbers} == {"erased"}


async def _sound(program: Program) -> None:
    """Nothing is called forged, and the log continues from what the journal holds."""
    assert await findings(program.company.database) == []
    found = read_for_verification(program.journal.file, program.journal.seal)
    assert (await verify_log(program.company.database, found)).faults == []
    await program.leave()


async def test_p12_access_of_a_restored_database_ends_before_anyone_enters(program: Program, database_url: str) -> None:
    """Whatever was pressed, withdrawn or opened since yesterday: no one gets back what had ended."""
    company, request = program.company, await _approved(program)
    opened = await player_of(company, request)
    unspent = await company.door.enter(listening.make_listen_code(request), company.anna)
    await company.door.enter(inbox.keep_press(Press("slack", "UTARA", "approve", "R-1", "k"), NOW), DELIVERY)
    yesterday = await copied(company.database)
    await company.door.enter(deciding.withdraw_request(request), company.tara)

    after = await _restored(program, database_url, yesterday)
    company = after.company
    assert "withdrawn" in str(await refusal(company, listening.make_listen_code(request), company.anna))
    assert await refusal(company, listening.exchange_code(unspent), WEB)
    with pytest.raises(Refused):
        await company.database.read(
            lambda store: open_hearing(company.door.context(store, WEB), opened.grant, opened.secret)
        )
    assert not await company.database.read(lambda store: store.has(Incoming.id > 0))
    assert "ended all access to calls" in (await words_for(company, company.anna))[-1]
    for who in (company.helena, company.ruth):
        assert [one for one in await words_for(company, who) if one.startswith("My database was restored from a copy.")]
    [entry] = [one for one in await audit(company) if one[1] == "log.restored"]
    assert (entry[4]["presses"], len(entry[4]["grants"]), entry[4]["noted"] > entry[4]["found"]) == (1, 1, True)
    await _sound(after)


async def test_p8_no_link_of_a_customer_comes_back_and_no_letter_goes_twice_in_silence(
    program: Program, database_url: str
) -> None:
    company = program.company
    company.calls = [await program.record(name, NOW - timedelta(days=1)) for name in ("one", "two", "three")]
    sent, waiting, refused = [await a_request(company, recordings=[str(one)]) for one in company.calls]
    await release(company, sent)
    code = re.search(r"/copy#([\w-]+)", str((await accepted(company)).written))
    assert code is not None
    digits = (await passcode(company, sent)).passcode
    await release(company, waiting)
    await refuse(company, refused)
    yesterday = await copied(company.database)
    for _ in range(2):
        await accepted(company)

    after = await _restored(program, database_url, yesterday)
    company = after.company
    assert not (await company.door.enter(links.open_link(code[1], digits), WEB)).link
    company.clock.pass_(hours=1)
    for _ in range(3):
        assert await nothing_to_collect(company)
    states = [(await stored(company, one)).state for one in (sent, waiting, refused)]
    letters = [(await mails(company, one))[0].state for one in (sent, waiting, refused)]
    assert (states, letters) == (["answered", "waiting", "unknown"], ["accepted", "dropped", "unknown"])
    assert [one for one in await words_for(company, company.tara) if "send the customer a new link" in one]
    await _sound(after)


@pytest.mark.parametrize("told", [0, 1])
async def test_p12_what_was_erased_since_is_erased_again_though_its_audio_is_back(
    program: Program, database_url: str, told: int
) -> None:
    """The register of the copy knows one call; the other came later, and its audio has another name and start by now."""
    company, known = program.company, await program.record("one", NOW - timedelta(days=1))
    yesterday = await copied(company.database)
    later = await program.record("two", audio=b"some other audio", caller="+61499999123")
    await _erased(program, known, later)
    assert {len(one[name]) for one in program.lines("erased") for name in ("call", "audio", "size")} == {64}

    program.recorder.keep(replace(SIGHTED, native_id="one", started=NOW - timedelta(days=1)), b"audio")
    program.recorder.keep(replace(SIGHTED, native_id="odd", caller="+61499999123"), b"some other audio")
    after = await _restored(program, database_url, yesterday)
    if told:  # by a start at which nothing is found any more
        await after.leave()
        after = await after.again(database_url)
        assert not after.restoring.found
    assert (await after.by_id(known)).state == "closed"
    await after.sync.sync()
    assert ((await after.call("odd")).state, (await after.call("odd")).caller) == ("closed", "")
    await after.tick()
    assert program.recorder._audio == {}
    erasure = await after.erasure(known)
    assert erasure is not None and (erasure.why, erasure.state) == ("known_again", "erased")
    await _sound(after)


async def test_p12_a_number_that_is_given_to_another_call_is_not_taken_for_the_erased_one(
    program: Program, database_url: str
) -> None:
    yesterday = await copied(program.company.database)
    await _erased(program, await program.record("one"))
    after = await _restored(program, database_url, yesterday)
    other = await after.record("two", after.company.clock.now, audio=b"another call")
    await after.tick()
    assert (await after.by_id(other)).state == "present"
    await after.leave()


async def test_p12_nothing_else_is_erased_until_the_head_has_looked(program: Program, database_url: str) -> None:
    await program.record("one", NOW - timedelta(days=1))
    yesterday = await copied(program.company.database)
    await _approved(program, "two")
    after = await _restored(program, database_url, yesterday)
    after.until(NOW, days=366)
    await after.tick()
    assert (await after.call("one")).state == "closed"
    judged = await after.company.database.read(lambda store: judge_erasures(store, POLICY, after.company.clock.now))
    assert "restored" in judged.causes
    await _sound(after)


async def test_p12_it_is_told_once_and_the_next_start_finds_nothing(program: Program, database_url: str) -> None:
    await _approved(program)
    yesterday = await copied(program.company.database)
    await _approved(program, "two")
    first = await _restored(program, database_url, yesterday)
    await first.leave()
    second, third = await asyncio.gather(program.again(database_url), program.again(database_url))
    for one in (second, third):
        assert (one.restoring.state, one.restoring.found) == ("", False)
        await one.leave()
    assert [one[1] for one in await audit(second.company)].count("log.restored") == 1
    assert len(program.lines("restored")) == 1
    await second.company.database.close()


async def test_p12_a_crash_in_the_middle_of_what_follows_loses_nothing_of_it(
    program: Program, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut_off(self: Restoring) -> None:
        raise RuntimeError("the power went")

    number = await program.record("one", NOW - timedelta(days=1))
    yesterday = await copied(program.company.database)
    await _erased(program, number)
    await program.leave()
    await put_back(program.company.database, yesterday)
    with monkeypatch.context() as patched:
        patched.setattr(Restoring, "_erase_again", cut_off)
        first = await program.again(database_url)
        assert first.restoring.state == "restored"
        await first.company.database.close()
    second = await program.again(database_url)
    assert (second.restoring.state, second.restoring.found) == ("", True)
    assert (await second.by_id(number)).state == "closed"
    assert [one[1] for one in await audit(second.company)].count("log.restored") == 1
    await _sound(second)


def _put_back_on_purpose(program: Program, _: Store) -> None:
    program.journal.add([{"kind": "put_back"}])


def _rewrite(_: Program, store: Store) -> None:
    """As long as before, and another: an intruder who did that gets no access back by it."""
    rechained(store, lambda entry: setattr(entry, "at", f"{entry.at} "))


@pytest.mark.parametrize("did", [_put_back_on_purpose, _rewrite])
async def test_p12_a_copy_put_back_on_purpose_and_a_rewritten_log_are_restores_though_nothing_is_lost(
    program: Program, database_url: str, did: Callable[[Program, Store], None]
) -> None:
    request = await _approved(program)
    await program.leave()
    await program.company.database.write(lambda store: did(program, store))
    after = await program.again(database_url)
    assert after.restoring.found
    assert await refusal(after.company, listening.make_listen_code(request), after.company.anna)
    await after.leave()


async def test_p12_a_crash_is_never_taken_for_a_restore(program: Program, database_url: str) -> None:
    """The journal lags behind the database: what was erased and not written is written after the next start."""
    number = await program.record("one", NOW - timedelta(days=1))
    await program.noting.note(at_once=True)
    program.until(NOW, days=366)
    await program.sync.sync()
    await program.erasing.tick()
    assert (await program.by_id(number)).state == "erased"
    await program.company.database.close()  # killed, with nothing written
    after = await program.again(database_url)
    assert (after.restoring.state, after.restoring.found, program.lines("erased")) == ("", False, [])
    await after.noting.note()
    assert len(program.lines("erased")) == 1
    await _sound(after)


def _move(folder: Path, name: Path) -> None:
    folder.rename(name)


async def test_p12_a_journal_that_is_away_or_of_another_key_lets_no_one_in(
    program: Program, database_url: str, tmp_path: Path
) -> None:
    await _approved(program)
    await program.leave()
    _move(tmp_path, tmp_path.with_name("away"))
    after = await program.again(database_url)
    assert after.restoring.state == "journal_away"
    _move(tmp_path.with_name("away"), tmp_path)
    assert await after.restoring.compare_once()
    assert (after.restoring.state, after.restoring.found) == ("", False)
    await after.leave()
    wrong = await program.again(database_url, key=bytes(32))
    assert wrong.restoring.state == "journal_key"
    await wrong.company.database.close()


@pytest.mark.parametrize("left", [0, 1])
async def test_p12_a_journal_that_is_gone_or_cut_off_is_told_to_both_and_written_again(
    program: Program, database_url: str, left: int
) -> None:
    """Nothing can be said of a restore, so access continues."""
    company = program.company
    await _erased(program, await program.record("two", audio=b"two"))
    request = await _approved(program)
    await program.noting.note(at_once=True)
    await _approved(program, "three")
    await program.leave()
    lines = program.journal.file.read_text().splitlines(keepends=True)
    program.journal.file.write_text("".join(lines[:left]))
    for _ in range(2):
        after = await program.again(database_url)
        assert (after.restoring.state, after.restoring.found) == ("", False)
        await after.company.door.enter(listening.make_listen_code(request), after.company.anna)
        await after.leave()
    assert len(program.lines("erased")) == 1
    for who in (company.helena, company.ruth):
        told = await words_for(company, who)
        assert len([one for one in told if one.startswith("The journal that I keep outside my database is gone")]) == 1
    await company.database.close()


async def test_p12_a_forged_line_makes_no_restore(program: Program, database_url: str) -> None:
    await _approved(program)
    await program.leave()
    forged = {"kind": "head", "entries": 10_000, "hash": "0" * 64, "key": program.journal.seal.key_id, "seal": "0" * 64}
    with program.journal.file.open("a") as file:
        file.write(json.dumps(forged) + "\nno line\n" + json.dumps(forged)[:40])
    assert read_newest(program.journal.file, program.journal.seal, window=1).flawed == 2
    after = await program.again(database_url)
    assert (after.restoring.state, after.restoring.found) == ("", False)
    await after.leave()


async def test_p12_where_the_log_ends_is_noted_once_a_minute_and_at_a_clean_end(program: Program) -> None:
    for number in range(3):
        await _approved(program, f"call {number}")
        await program.noting.note()
    assert len(program.lines("head")) == 1
    program.seconds.now += 60
    await program.noting.note()
    assert len(program.lines("head")) == 2
    await _approved(program, "last")
    await program.leave()
    [*_, last] = program.lines("head")
    head = await program.company.database.read(lambda store: store.audit.head())
    assert (last["entries"], last["hash"]) == head
    await program.company.database.close()


async def test_c2_a_log_that_was_rewritten_while_the_bot_runs_gets_no_line_of_its_own(program: Program) -> None:
    await _approved(program)
    await program.noting.note(at_once=True)
    await program.company.database.write(lambda store: _rewrite(program, store))
    await _approved(program, "two")
    await program.noting.note(at_once=True)
    assert len(program.lines("head")) == 1
    found = read_for_verification(program.journal.file, program.journal.seal)
    assert [one for one in (await verify_log(program.company.database, found)).faults if "the log was rewritten" in one]
    await program.company.database.close()
