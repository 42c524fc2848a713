"""P4, P7: calls are registered as the recording system shows them, and found by those who may know of them."""

from datetime import UTC, datetime

import pytest

from handlers import recordings
from handlers.acting import CLOCK, Actor
from handlers.cards import HINT, Option
from handlers.finding import chosen_calls, find_calls, find_colleagues, name_colleagues
from handlers.policy import Policy
from storage.records import Recording
from tests.each import each
from tests.handlers.builders import POLICY, UK, Company, account, audit, call, email, meet, register, with_access
from tests.handlers.reading import looking


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
        ("0412 345 672", [1]), ("345 67", [0, 1, 2]), ("tolliver", [0, 1, 2]), ("bram.tolliver", [0, 1, 2]),
        ("CS-10444", [1]), ("10445", [2]), ("yesterday", [0]), ("22/11", [1]), ("Bram 21 Nov", [2]), ("nobody", []),
        ("100%", []), ("_", []),
    ],
)  # fmt: skip
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


async def test_p7_today_is_the_day_of_the_person_who_types(company: Company) -> None:
    [late] = await register(company.door, call(9, started=datetime(2026, 11, 24, 14, tzinfo=UTC)))
    company.clock.now = datetime(2026, 11, 24, 15, tzinfo=UTC)
    london = await meet(company.door, account("UCLEO", "Cleo Marchetti", zone="Europe/London"))
    assert await _calls(company, company.anna, "today") == [late]  # it is Wednesday in Sydney, and so was the call
    assert await _calls(company, london, "today") == []


async def test_p4_a_call_of_another_line_is_kept_out_of_reach_and_counted(company: Company) -> None:
    await register(company.door, call(7, line="+61298765432"), call(8))
    assert len(await _found(company, company.anna)) == 4
    detail = {"new": 2, "changed": 0, "gone": 0, "out_of_scope": 1}
    assert (await audit(company))[-1] == ("clock", "recordings.register", "done", "P4", detail)
    counts = await company.database.read(lambda store: store.counts(Recording.state))
    assert counts == {"present": 4, "out_of_scope": 1}


async def test_p4_a_call_that_cannot_be_asked_for_is_not_named(company: Company) -> None:
    [outside] = await register(company.door, call(5, line="+611300000000"))
    await company.door.enter(recordings.register_calls("file", [], ["call-1"]), CLOCK)
    assert await _named(company, company.anna, outside, *company.calls) == company.calls[1:]


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
        """Neither in what is there nor in its order or marks: “Will” is no one's name here."""
        await register(company.door, call(5, department="sales"), call(6, department="sales", direction="outgoing"))
        before = await _found(company, company.anna, typed)
        will = {"operator_name": "Will Hart", "operator_key": "will@fernhill.example"}
        will |= {"caller": "+61499111222", "crm": "CS-10459"}
        await register(company.door, call(1, **will), call(2, line=UK, direction="outgoing", **will))
        assert await _found(company, company.anna, typed) == before

    @each("name", ["tara", "deven", "helena", "henrik", "ruth"])
    async def test_who_decides_or_stands_in_finds_all(self, company: Company, name: str) -> None:
        assert await _calls(company, company.people[name]) == company.calls
        assert await _named(company, company.people[name], *company.calls) == company.calls


async def test_p12_everyone_finds_their_colleagues_those_in_a_role_first(company: Company) -> None:
    async def found(who: Actor, typed: str) -> list[str]:
        options = await looking(company, who, lambda ctx: find_colleagues(ctx, typed))
        ids = [one.value for one in options]
        assert await looking(company, who, lambda ctx: name_colleagues(ctx, ids)) == options
        return [one.label for one in options]

    assert await found(company.anna, "bram") == ["Bram Tolliver"]
    assert await found(company.helena, "tara") == await found(company.anna, "tara") == ["Tara Lindqvist"]
