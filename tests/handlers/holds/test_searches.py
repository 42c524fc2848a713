"""P12: a hold that looks for a number or an operator and days; what matches later is held as it arrives, 200 at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import CALLS, FORMS, SEARCHES
from handlers.acting import CLOCK
from handlers.cards import Line, Lookup
from handlers.forms import Form
from handlers.holds.arriving import found
from handlers.holds.forms import HoldForm, NumberForm, OperatorForm
from handlers.holds.intents import Set, Take
from handlers.holds.room import held
from handlers.policy import Policy
from handlers.recordings import Register
from handlers.room import Given
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import (  # fmt: skip
    AU,
    POLICY,
    UK,
    Company,
    account,
    call,
    email,
    meet,
    refusal,
    register,
    words_for,
)
from tests.handlers.holds.acts import (
    WORDS,
    at,
    erased,
    held_calls,
    hold,
    hold_number,
    hold_operator,
    kept,
    old_call,
    release,
    stands,
    to_its_moment,
)
from tests.handlers.reading import home_of, labels, lines, looking, seen, text
from tests.moments import NOW

NUMBER = "0412 345 671"  # of the first call
DAYS = "2026-11-01 to 2026-12-31"


def _most(number: int) -> Policy:
    return POLICY.model_copy(update={"holds": POLICY.holds.model_copy(update={"most_calls": number})})


async def arrived(company: Company, *calls: dict[str, object]) -> list[int]:
    """Calls come into the register, and what this brings about is done."""
    ids = await register(company.door, *calls)
    for chore in CALLS:
        for subject in await company.database.read(lambda store, find=chore.find: find(store, company.clock.now)):  # type: ignore[misc]
            for step in chore.steps:
                await company.door.enter(step.wants(subject), CLOCK)
    return ids


async def test_p12_a_number_and_days_hold_every_call_that_is_there(company: Company) -> None:
    await register(company.door, call(4, caller="+61412345671"), call(40, caller="+61412345671"), call(5, line=UK))
    begun = await hold_number(company, company.helena, NUMBER, DAYS)
    assert (begun.number, await held_calls(company, begun.hold)) == (2, [4, 1])
    card = lines(await seen(company, begun.hold, company.helena))
    assert "Looks for: caller •••• 671, Sun 1 Nov 2026 to Thu 31 Dec 2026" in card
    assert "Calls that match later are held as they arrive." in card


async def test_p12_a_hold_that_finds_no_call_yet_says_what_it_does(company: Company) -> None:
    begun = await hold_number(company, company.helena, "0412 999 999", DAYS)
    shown = [text(one.words) for one in held(begun).parts if isinstance(one, Line)]
    assert shown == ["No call matches yet. Calls that match later are held as they arrive, until <01 Feb 13:00>."]
    card = lines(await seen(company, begun.hold, company.helena))
    assert "Calls: no call yet" in card
    assert "No call matches yet. Calls that match later are held as they arrive." in card
    assert "no call yet · until " in str(lines(await home_of(company, company.helena)))


async def test_p12_what_matches_later_is_held_as_it_arrives_on_whatever_line(company: Company) -> None:
    begun = await hold_number(company, company.helena, NUMBER, DAYS)
    ids = await arrived(
        company,
        call(4, caller="+61412345671", line=UK),
        call(5, caller="+61412345672"),
        call(30, caller="+61412345671"),
        call(6, caller="+61412345671"),
    )
    assert set(await held_calls(company, begun.hold)) == {company.calls[0], ids[0], ids[3]}
    assert await kept(company, ids[0])
    assert "Calls: 3 calls" in lines(await seen(company, begun.hold, company.ruth))
    assert await company.database.read(lambda store: found(store, company.clock.now)) == []


async def test_p12_calls_of_days_to_come_may_be_looked_for_before_there_is_any(company: Company) -> None:
    begun = await hold_number(company, company.helena, "+44 20 7946 0991", "2026-11-24 to 2027-01-31")
    assert (begun.number, (await stands(company, begun.hold)).line) == (0, AU)
    company.clock.pass_(days=2)
    [one] = await arrived(company, call(-1, native_id="later", caller="+442079460991"))
    assert await held_calls(company, begun.hold) == [one]
    assert (await company.database.read(lambda store: store.erasures.kept_by(begun.hold)))[0].since == company.clock.now


async def test_p12_an_operator_is_found_under_every_address(company: Company) -> None:
    bram, other = email("Bram Tolliver"), "bram.new@fernhill.example"
    begun = await hold_operator(company, company.helena, company.calls[0], DAYS)
    assert begun.number == 3
    await meet(company.door, replace(account("UBRAM", "Bram Tolliver"), email_key=other, email=other))
    ids = await arrived(company, call(4, operator_key=other), call(5, operator_key="cara@fernhill.example"))
    assert await kept(company, ids[0])
    assert not await kept(company, ids[1])
    card = lines(await seen(company, begun.hold, company.helena))
    assert "Looks for: operator Bram Tolliver, Sun 1 Nov 2026 to Thu 31 Dec 2026" in card
    assert bram not in " ".join(card)


async def test_p12_a_search_never_names_a_line() -> None:
    for form in (NumberForm, OperatorForm):
        assert "line" not in form.model_fields
    with pytest.raises(Refused) as refused:
        NumberForm.read({**WORDS, "until": "2027-02-01", "number": "", "days": ""})
    assert set(refused.value.fields) == {"number", "days"}


@each(
    ("days", "told"),
    [
        ("November", "isn't a day"),
        ("2026-11-24 to 2026-11-01", "The last day is before the first"),
        ("2026-11-01 and 2026-11-24", "Write a first and a last day"),
        ("2026-13-01", "isn't a day"),
    ],
)
async def test_p12_days_that_can_not_be_read_are_told_at_their_field(days: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        NumberForm.read({**WORDS, "until": "2027-02-01", "number": NUMBER, "days": days})
    assert told in refused.value.fields["days"]


@pytest.mark.parametrize(
    ("number", "told"), [("12", "which country"), ("Anna", "no telephone number"), ("+61 4", "8 to 15")]
)
async def test_p12_a_number_that_is_none_is_told_at_its_field(company: Company, number: str, told: str) -> None:
    form = NumberForm.read({**WORDS, "until": "2027-02-01", "number": number, "days": DAYS})
    refused = await refusal(company, Set(form, "k"), company.helena)
    assert told in refused.fields["number"]


async def test_p12_a_search_of_past_days_that_finds_nothing_is_refused(company: Company) -> None:
    with pytest.raises(Refused, match="no such call of these days"):
        await hold_number(company, company.helena, NUMBER, "2026-11-01 to 2026-11-10")


async def test_p12_a_hold_takes_so_many_calls_at_most(company: Company) -> None:
    company.door.policy = _most(2)
    with pytest.raises(Refused) as refused:
        await hold_operator(company, company.helena, company.calls[0], DAYS)
    assert "A hold takes 2 calls at most" in refused.value.fields["days"]
    with pytest.raises(Refused) as refused:
        await hold(company, company.helena, company.calls)
    assert set(refused.value.fields) == {"recordings"}
    assert POLICY.holds.most_calls == 200


async def test_p12_what_arrives_beyond_that_is_left_out_and_whoever_set_it_is_told_once(company: Company) -> None:
    company.door.policy = _most(2)
    begun = await hold_number(company, company.helena, NUMBER, DAYS)
    calls = [call(one, caller="+61412345671") for one in (4, 5, 6)]
    await arrived(company, *calls)
    await arrived(company, call(7, caller="+61412345671"))
    assert len(await held_calls(company, begun.hold)) == 2
    told = (
        f"Hold {begun.hold} holds 2 calls, as many as it may. Others that match are not held: please set another one."
    )
    assert await words_for(company, company.helena) == [told]
    card = lines(await seen(company, begun.hold, company.helena))
    assert any("others that match are not held" in one for one in card)
    assert await company.database.read(lambda store: found(store, company.clock.now)) == []


async def test_p12_a_search_takes_no_call_past_its_moment(company: Company) -> None:
    """Such a call is in no search, whatever keeps it."""
    call_ = await old_call(company, caller="+61412345671")
    await hold(company, company.helena, [call_], case="Inquiry 3")
    await to_its_moment(company, call_)
    begun = await hold_number(company, company.helena, NUMBER, "2025-11-01 to 2026-12-31")
    assert await held_calls(company, begun.hold) == [company.calls[0]]


async def test_p12_a_hold_that_is_over_takes_nothing_and_forgets_the_number(company: Company) -> None:
    begun = await hold_number(company, company.helena, NUMBER, DAYS)
    await release(company, begun.hold, company.helena)
    await arrived(company, call(4, caller="+61412345671"))
    await company.door.enter(Take(begun.hold), CLOCK)
    assert await held_calls(company, begun.hold) == [company.calls[0]]
    search = await company.database.read(lambda store: store.holds.search(begun.hold))
    assert search is not None
    assert search.number == "671"
    assert any("caller •••• 671" in one for one in lines(await seen(company, begun.hold, company.helena)))


async def test_p12_taking_with_nothing_to_take_leaves_nothing(company: Company) -> None:
    begun = await hold_number(company, company.helena, NUMBER, DAYS)
    before = (await stands(company, begun.hold)).revision
    await company.door.enter(Take(begun.hold), CLOCK)
    chosen = await hold(company, company.helena, company.calls[1:])
    await company.door.enter(Take(chosen.hold), CLOCK)
    assert (await stands(company, begun.hold)).revision == before


async def test_p12_a_call_of_the_head_s_that_arrives_gives_the_hold_to_the_manager(company: Company) -> None:
    begun = await hold_number(company, company.helena, NUMBER, DAYS)
    await arrived(
        company, call(4, caller="+61412345671", operator_key=email("Helena Marsh"), operator_name="Helena Marsh")
    )
    assert labels(await seen(company, begun.hold, company.ruth)) == ["Renew", "Release hold"]
    left = lines(await seen(company, begun.hold, company.helena))
    assert left[1] == "You have no part in this hold, so nothing of it stands here."
    assert "Claim 12" not in " ".join(left)


async def test_p12_the_form_asks_for_what_the_choice_needs_and_seven_fields_at_most(company: Company) -> None:
    variant = FORMS["hold"].variant
    assert variant is not None
    kinds: dict[str, type[Form]] = {
        one: variant(Given(POLICY, NOW, answers={"by": one})) for one in ("", "calls", "number", "operator")
    }
    assert kinds == {"": HoldForm, "calls": HoldForm, "number": NumberForm, "operator": OperatorForm}
    assert max(len(one.model_fields) for one in kinds.values()) == 7


async def test_p12_operators_are_offered_to_whoever_sets_holds_alone(company: Company) -> None:
    await register(company.door, call(4, operator_name="Cara Bello", operator_key="cara@fernhill.example"))
    search = SEARCHES["hold_operators"]
    for typed, names in (("", ["Bram Tolliver", "Cara Bello"]), ("cara", ["Cara Bello"]), ("10446", [])):
        offered = await looking(company, company.helena, lambda act, typed=typed: search.find(act, typed))  # type: ignore[misc]
        assert [one.label for one in offered] == names
        assert await looking(company, company.anna, lambda act, typed=typed: search.find(act, typed)) == []  # type: ignore[misc]
    for values in (["4"], ["4", "x", "9999999999999"]):
        named = await looking(company, company.helena, lambda act, values=values: search.named(act, values))  # type: ignore[misc]
        assert [one.label for one in named] == ["Cara Bello"]
    assert await looking(company, company.anna, lambda act: search.named(act, ["4"])) == []


async def test_p12_an_operator_that_nobody_knows_is_told_at_its_field(company: Company) -> None:
    for on in (99, company.calls[0]):
        await company.door.enter(Register("file", [call(1, operator_key="")], ()), CLOCK)
        with pytest.raises(Refused) as refused:
            await hold_operator(company, company.helena, on, DAYS)
        assert set(refused.value.fields) == {"operator"}


async def test_p12_whom_a_case_is_about_is_looked_up_among_all_by_whoever_sets_holds(company: Company) -> None:
    search = SEARCHES["hold_people"]
    for who, there in ((company.helena, True), (company.anna, False)):
        offered = await looking(company, who, lambda act: search.find(act, "bram"))
        assert bool(offered) is there
        named = await looking(company, who, lambda act: search.named(act, [str(company.bram.person_id)]))
        assert bool(named) is there
    both = (NumberForm, HoldForm)
    sources = {one.source for form in both for one in form.sheet(POLICY).fields if isinstance(one, Lookup)}
    assert sources == {"recordings", "hold_people"}


async def test_p12_after_its_end_calls_that_only_a_search_kept_are_erased(company: Company) -> None:
    begun = await hold_number(company, company.helena, NUMBER, DAYS, until="2026-12-01")
    await at(company, begun.until + timedelta(seconds=1))
    assert not await kept(company, company.calls[0])
    company.clock.now = NOW + timedelta(days=364)
    await erased(company, company.calls[0])
    assert any("erased on" in one for one in lines(await seen(company, begun.hold, company.helena)))
