"""P4, P7: calls are registered as the recording system shows them, and found by those who may know of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from handlers import recordings
from handlers.acting import CLOCK, Actor
from handlers.cards import HINT, Option
from handlers.finding import MOST_OPTIONS, chosen_calls, find_calls
from handlers.policy import Policy
from handlers.rules.refusal import Refused
from storage.records import Recording
from storage.tables.calls import UnregisteredFile
from tests.each import each
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import (
    POLICY,
    UK,
    Company,
    account,
    audit,
    call,
    email,
    meet,
    register,
    with_access,
)
from tests.handlers.reading import looking
from tests.moments import NOW
from tests.odd_files import NAME, listed, spoilt


async def _found(company: Company, who: Actor, typed: str = "") -> list[Option]:
    return await looking(company, who, lambda ctx: find_calls(ctx, typed))


async def _calls(company: Company, who: Actor, typed: str = "") -> list[int]:
    return [int(one.value) for one in await _found(company, who, typed) if one.value != HINT]


async def _named(company: Company, who: Actor, *chosen: object) -> list[int]:
    options = await looking(company, who, lambda ctx: chosen_calls(ctx, map(str, chosen)))
    assert set(options) <= set(await _found(company, who))
    return [int(one.value) for one in options]


async def test_p7_a_call_is_offered_by_when_where_and_who_without_its_whole_number(company: Company) -> None:
    options = await _found(company, company.anna)
    assert [int(one.value) for one in options] == company.calls
    assert options[0] == Option(
        str(company.calls[0]),
        "Mon 23 Nov, 14:00 Sydney · Bram Tolliver",
        "incoming · •••• 671 · 1\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}s · CS-10443",
    )


@each(
    ("typed", "places"),
    [
        ("0412 345 672", [1]),
        ("345 67", [0, 1, 2]),
        ("tolliver", [0, 1, 2]),
        ("bram.tolliver", [0, 1, 2]),
        ("CS-10444", [1]),
        ("10445", [2]),
        ("yesterday", [0]),
        ("22/11", [1]),
        ("Bram 21 Nov", [2]),
        ("nobody", []),
        ("100%", []),
        ("_", []),
    ],
)
async def test_p7_a_call_is_found_by_what_people_know_of_it(company: Company, typed: str, places: list[int]) -> None:
    assert await _calls(company, company.anna, typed) == [company.calls[one] for one in places]


async def test_p7_a_time_is_looked_for_on_each_day_by_the_clock_of_its_line(company: Company) -> None:
    at = datetime(2026, 11, 20, 5, 20, tzinfo=UTC)  # 16:20 in Sydney, and 5:20 in London
    sydney, london = await register(
        company.door, call(20, started=at), call(21, line=UK, started=datetime(2026, 11, 20, 16, 25, tzinfo=UTC))
    )
    assert await _calls(company, company.anna, "16:20") == [london, sydney]
    assert await _calls(company, company.anna, "20 nov 16:20 incoming london") == [london]
    assert await _calls(company, company.anna, "20 nov 5:20") == []


async def test_p7_a_time_finds_no_more_than_a_list_takes(company: Company) -> None:
    at = datetime(2026, 11, 20, 5, 20, tzinfo=UTC)
    await register(company.door, *(call(one, started=at) for one in range(100, 150)))
    assert len(await _found(company, company.anna, "16:20")) == MOST_OPTIONS


async def test_p7_today_is_the_day_of_whoever_types(company: Company) -> None:
    [late] = await register(company.door, call(9, started=datetime(2026, 11, 24, 14, tzinfo=UTC)))
    company.clock.now = datetime(2026, 11, 24, 15, tzinfo=UTC)
    london = await meet(company.door, account("UCLEO", "Cleo Marchetti", zone="Europe/London"))
    assert await _calls(company, company.anna, "today") == [late]  # it is Wednesday in Sydney, and so was the call
    assert await _calls(company, london, "today") == []


async def test_p7_not_more_is_offered_than_a_list_takes(company: Company) -> None:
    await register(company.door, *(call(one, caller="+61412345678") for one in range(10, 60)))
    assert len(await _found(company, company.anna)) == MOST_OPTIONS


async def test_p4_a_call_of_another_line_is_kept_out_of_reach_and_counted(company: Company) -> None:
    await register(company.door, call(7, line="+61298765432"), call(8))
    assert len(await _found(company, company.anna)) == 4
    detail = {
        "new": 2,
        "changed": 0,
        "gone": 0,
        "out_of_scope": 1,
    }
    assert (await audit(company))[-1] == ("clock", "recordings.register", "done", "P4", detail)
    counts = await company.database.read(lambda store: store.counts(Recording.state))
    assert counts == {"present": 4, "out_of_scope": 1}


async def test_p4_what_changed_and_what_is_gone_is_counted_too(company: Company) -> None:
    told = await company.door.enter(recordings.register_calls("file", [call(1, stamp="2")], ["call-2"]), CLOCK)
    assert (told.new, told.changed) == (0, 1)
    assert (await audit(company, "file"))[-1][4] == {
        "new": 0,
        "changed": 1,
        "gone": 1,
        "out_of_scope": 0,
        "vanished": [company.calls[1]],
    }
    assert await _calls(company, company.anna) == [company.calls[0], company.calls[2]]


async def test_p4_a_call_that_can_not_be_asked_for_is_not_named(company: Company) -> None:
    [outside] = await register(company.door, call(5, line="+611300000000"))
    await company.door.enter(recordings.register_calls("file", [], ["call-1"]), CLOCK)
    assert await _named(company, company.anna, outside, *company.calls) == company.calls[1:]


async def test_p7_an_account_of_nobody_finds_nothing(company: Company) -> None:
    with pytest.raises(Refused, match="no e-mail address"):
        await _found(company, Actor("slack:U9"))


class TestWithinTheDepartment:
    """P7: where the policy says so, staff look up the calls of their own department, and their own."""

    @pytest.fixture
    def policy(self) -> Policy:
        sales = POLICY.departments["sales"].model_copy(update={"staff": (email("Anna Quill"),)})
        narrow = with_access(POLICY, search_scope="department")
        return narrow.model_copy(update={"departments": {**POLICY.departments, "sales": sales}})

    async def test_others_calls_are_not_found(self, company: Company) -> None:
        [sold] = await register(company.door, call(5, department="sales"))
        assert await _calls(company, company.anna) == [sold]
        assert await _calls(company, company.anna, "CS-10443") == []
        assert await _named(company, company.anna, *company.calls, sold) == [sold]

    @each(
        "typed",
        [
            "Will Hart", "Wil Hart", "will", "will incoming", "CS-10459", "0499 111 222", "•••• 222", "yesterday", "november",
            "London", "outgoing", "sold",
        ],
    )  # fmt: skip
    async def test_what_others_have_changes_nothing_in_what_is_found(self, company: Company, typed: str) -> None:
        """Neither in what stands there nor in its order or marks: who is called Will is nobody's name here."""
        await register(company.door, call(5, department="sales"), call(6, department="sales", direction="outgoing"))
        before = await _found(company, company.anna, typed)
        will = {
            "operator_name": "Will Hart",
            "operator_key": "will@fernhill.example",
            "caller": "+61499111222",
            "crm": "CS-10459",
        }
        await register(company.door, call(1, **will), call(2, line=UK, direction="outgoing", **will))
        assert await _found(company, company.anna, typed) == before

    async def test_the_own_calls_are_found_wherever_they_were_taken(self, company: Company) -> None:
        [mine] = await register(company.door, call(5, operator_key=email("Anna Quill")))
        assert await _calls(company, company.anna) == [mine]
        assert await _named(company, company.anna, mine) == [mine]

    async def test_somebody_of_no_department_finds_the_own_calls_only(self, company: Company) -> None:
        await register(company.door, call(5, department="sales", operator_key=email("Anna Quill")))
        assert await _calls(company, company.bram) == company.calls

    @each("name", ["tara", "deven", "helena", "henrik", "ruth"])
    async def test_who_decides_or_stands_in_finds_all(self, company: Company, name: str) -> None:
        assert await _calls(company, company.people[name]) == company.calls
        assert await _named(company, company.people[name], *company.calls) == company.calls


@each(
    ("typed", "places"),
    [
        ("Toliver", [0, 1, 2]), ("Tolliver, Bram", [0, 1, 2]), ("CS10444", [1]), ("•••• 672", [1]),
        ("٠٤١٢ ٣٤٥ ٦٧٢", [1]), ("mon", [0]), ("last week", [1, 2]), ("november", [0, 1, 2]), ("22.11.", [1]),
        ("incoming", [0, 1, 2]), ("outgoing", []), ("Sydney", [0, 1, 2]), ("London", []), ("Australia bram 22.11. •••• 672", [1]),
        ("tolliver nobody", []), ("Bram zz9", []),
    ],
)  # fmt: skip
async def test_p7_a_call_is_found_by_words_that_forgive(company: Company, typed: str, places: list[int]) -> None:
    assert await _calls(company, company.anna, typed) == [company.calls[one] for one in places]


@pytest_asyncio.fixture
async def archive(company: Company) -> Archive:
    await company.door.enter(recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return Archive(company)


async def _file(archive: Archive, number: int) -> UnregisteredFile:
    found = await archive.company.database.read(lambda store: store.row(UnregisteredFile, number))
    assert found is not None
    return found


def _told(file: UnregisteredFile) -> dict[str, Any]:
    return {one: getattr(file, one) for one in ("native_id", "why", "stamp", "size", "modified")}


async def test_p4_one_that_is_mended_is_a_call_and_stands_there_no_more(archive: Archive) -> None:
    number = await spoilt(archive)
    archive.recorder.keep(replace(SIGHTED, native_id=NAME), b"odd")
    await archive.sync.sync()
    assert ((await archive.call(NAME)).state, await listed(archive)) == ("present", [])
    assert ((await _file(archive, number)).native_id, (await _file(archive, number)).over_at) == ("", NOW)


async def test_p4_another_file_of_that_name_gets_a_number_of_its_own(archive: Archive) -> None:
    number = await spoilt(archive)
    assert await spoilt(archive, NAME, b"odd", "metadata") == number
    assert (await _file(archive, number)).why == "metadata"
    assert await spoilt(archive, NAME, b"another") != number
    assert (await _file(archive, number)).native_id == ""


async def test_p4_a_call_of_the_register_keeps_its_moment_whatever_becomes_of_its_metadata(archive: Archive) -> None:
    await archive.record("one.mp3")
    archive.recorder.spoil("one.mp3", "one.json is half written")
    await archive.sync.sync()
    assert await listed(archive) == []
