"""P9, P13: a call kept for a report: only in the report, heard only by those allowed, and decided by another person."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers import people
from handlers.acting import DELIVERY, WEB
from handlers.breach import readers, steps
from handlers.breach.steps import AudibleCopy, gather_calls, may_hear
from handlers.rules import Refused
from storage.database.store import Store
from tests.handlers.breach.reporting import (
    PARTS,
    QUESTION,
    Page,
    asked,
    be_away,
    chosen,
    decided,
    granted,
    heard,
    kept,
    page,
    refused,
    stored_parts,
    the_call,
    the_page,
    tick,
    with_deputies,
)
from tests.handlers.breach.test_hidden import everything
from tests.handlers.builders import NAMES, POLICY, Company, call, email, refusal, register, seeded
from tests.handlers.reading import looking

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("asker", "accused", "conflicts", "away", "decider"),
    [
        ("ruth", [], [], [], "helena"), ("helena", [], [], [], "ruth"), ("ruth", ["helena"], [], [], "miles"),
        ("helena", ["ruth"], [], [], "miles"), ("ruth", [], ["helena"], [], "miles"),
        ("ruth", [], [], ["helena"], "henrik"), ("ruth", [], [], ["helena", "henrik"], "miles"),
        ("henrik", [], [], ["helena"], "ruth"), ("henrik", [], [], ["helena", "ruth"], "miles"),
        ("ruth", ["helena", "miles"], [], [], ""), ("miles", ["helena", "ruth"], [], [], ""),
        ("ruth", ["henrik"], [], ["helena"], "miles"),
    ],
)  # fmt: skip
async def test_p9_a_decider_of_investigations_who_is_not_out_decides_and_never_the_asker(
    company: Company, asker: str, accused: list[str], conflicts: list[str], away: list[str], decider: str
) -> None:
    for who in away:
        await be_away(company, company.people[who])
    mine = await the_page(company, asker, accused=accused, conflicts=conflicts)
    name = await kept(company, mine)
    if not decider:
        assert await refused(lambda: mine.do(steps.ask_to_hear, name)) == "nobody_decides"
        assert await heard(company) == {}
        return
    await mine.do(steps.ask_to_hear, name)
    assert await heard(company) == {decider: [QUESTION]}
    for other in {"helena", "henrik", "ruth", "miles", "tara", "anna"} - {decider}:
        with pytest.raises(Refused):
            await decided(company, mine, name, other, asker=asker)
    await decided(company, mine, name, decider, asker=asker)
    assert (await the_call(mine)).state == "hear"


async def test_p9_a_person_who_was_on_the_call_does_not_decide_whether_it_is_heard(company: Company) -> None:
    """Also once the call was erased, which forgets who was on it: the copy knows."""
    [call_id] = await register(company.door, call(7, operator_name="Helena Marsh", operator_key=email("Helena Marsh")))
    company.calls.insert(0, call_id)
    mine = await the_page(company)
    await mine.do(gather_calls, "CS-10449")
    name = await kept(company, mine)

    def forget(store: Store) -> None:
        one = store.recordings.get(call_id)
        assert one is not None
        one.operator_key = ""
        seeded(store)

    await company.database.write(forget)
    await mine.do(steps.ask_to_hear, name)
    assert await heard(company) == {"miles": [QUESTION]}


async def test_p9_a_team_leader_who_deputises_for_the_head_does_not_decide(company: Company) -> None:
    company.door.policy = with_deputies(POLICY, head_of_customer_success=("tara",))
    await be_away(company, company.helena)
    await asked(company)
    assert await heard(company) == {"miles": [QUESTION]}


async def test_p13_a_decider_sees_the_question_alone_and_loses_sight_once_it_is_decided(company: Company) -> None:
    mine, name = await asked(company, accused=["helena"])
    assert await heard(company) == {"miles": [QUESTION]}
    miles = await page(company, company.miles, mine.report)
    view = await miles.read()
    [one] = view.calls
    assert (one.state, one.asks, one.listened) == ("decide", "Ruth Adeyemi", ())
    assert (view.facts, view.conversation, view.history, view.notes, view.others, view.may) == (
        (), (), (), (), (), frozenset({"decide"}),
    )  # fmt: skip
    denied = [
        lambda: miles.do(steps.write_note, "Words"), lambda: miles.do(steps.ask_reporter, "Words"),
        lambda: miles.do(steps.acknowledge_report), lambda: miles.do(gather_calls, "CS-10444"),
        lambda: miles.do(steps.begin_copy, company.calls[0]), lambda: miles.do(steps.ask_to_hear, name),
        lambda: miles.do(steps.close_report, "Words"),
    ]  # fmt: skip
    assert {await refused(want) for want in denied} == {"no_report"}
    assert await refused(lambda: miles.do(steps.hear_copy, name, 0)) == "not_granted"
    assert (await refusal(company, steps.acknowledge_pressed(mine.report), company.miles)).code == "no_report"
    await miles.do(steps.decide_hearing, name, company.ruth.person_id, allowed=True)
    assert await refused(miles.read) == "over"
    assert (await refusal(company, readers.make_code(mine.report), company.miles)).code == "no_report"
    assert await heard(company) == {
        "ruth": ["Your request to hear a call for a confidential report was decided."],
        "miles": ["This report is no longer with you."],
    }


async def test_p13_a_person_who_was_only_asked_has_not_opened_the_report(company: Company) -> None:
    """Once he handles it he is told of it like any reader, and must open it before an acknowledgement counts."""
    mine, _ = await asked(company, accused=["helena"])
    await (await page(company, company.miles, mine.report)).read()
    await heard(company)
    await be_away(company, company.ruth)
    await tick(company)
    assert (await heard(company))["miles"] == ["A confidential report has come in."]
    assert (await refusal(company, steps.acknowledge_pressed(mine.report), company.miles)).code == "unopened"


async def test_p9_what_is_allowed_lasts_as_long_as_any_access_and_each_hearing_is_noted(company: Company) -> None:
    mine, name = await asked(company)
    assert (await the_call(mine)).state == "asked"
    assert await refused(lambda: mine.do(steps.hear_copy, name, 0)) == "not_granted"
    await decided(company, mine, name, "helena")
    company.clock.pass_(days=POLICY.access.default_days)
    mine = await page(company, company.ruth, mine.report)
    assert [(await mine.do(steps.hear_copy, name, part)).data for part in (0, 1, 2)] == [*PARTS, b""]
    assert (await mine.do(steps.hear_copy, name, 0)).data == PARTS[0]
    noted = [one.who for one in (await mine.read()).history if one.kind == "heard"]
    assert noted == ["Ruth Adeyemi", "Ruth Adeyemi"]
    company.clock.pass_(seconds=1)
    assert await refused(lambda: mine.do(steps.hear_copy, name, 0)) == "not_granted"
    assert (await the_call(mine)).state == "ask"


async def test_p13_a_hearing_that_does_not_begin_at_the_beginning_is_noted_too(company: Company) -> None:
    mine, name = await asked(company)
    await decided(company, mine, name, "helena")
    for minutes in (0, 10, 70):
        company.clock.pass_(minutes=minutes)
        mine = await page(company, company.ruth, mine.report)
        await mine.do(steps.hear_copy, name, 1)
    assert [one.kind for one in (await mine.read()).history].count("heard") == 2


async def test_p9_who_was_not_allowed_hears_nothing_and_may_ask_again(company: Company) -> None:
    mine, name = await asked(company)
    await decided(company, mine, name, "helena", allowed=False)
    assert (await the_call(mine)).state == "refused"
    assert await refused(lambda: mine.do(steps.hear_copy, name, 0)) == "not_granted"
    await heard(company)
    await mine.do(steps.ask_to_hear, name)
    assert (await heard(company)) == {"helena": [QUESTION]}


SECONDS = 61.0


async def copy_heard(company: Company, mine: Page, name: str) -> AudibleCopy:
    return await looking(company, WEB, lambda ctx: may_hear(ctx, mine.report, mine.session, name))


async def may(company: Company, mine: Page, name: str) -> bool:
    try:
        return bool(await copy_heard(company, mine, name))
    except Refused:
        return False


async def test_p9_a_copy_is_heard_by_whom_it_was_allowed_and_as_long_as_it_is(company: Company) -> None:
    mine, name = await asked(company)
    helena = await page(company, company.helena, mine.report)
    assert not await may(company, mine, name)
    await decided(company, mine, name, "helena")
    assert [await may(company, one, name) for one in (mine, helena, Page(company, mine.report, "none"))] == [
        True, False, False,
    ]  # fmt: skip
    assert [await may(company, mine, other) for other in ("", "A-22222222")] == [False, False]
    company.clock.pass_(minutes=15)
    assert not await may(company, mine, name)
    again = await page(company, company.ruth, mine.report)
    assert await may(company, again, name)
    company.clock.now += timedelta(days=company.door.policy.access.default_days)
    assert not await may(company, await page(company, company.ruth, mine.report), name)


async def test_p13_a_look_notes_nothing_and_extends_no_page(company: Company) -> None:
    mine = await the_page(company)
    name = await granted(company, mine)
    before = await company.database.read(lambda store: everything(store, ours=True))
    company.clock.pass_(minutes=14)
    copy = await copy_heard(company, mine, name)
    assert copy == AudibleCopy(
        company.ruth.person_id or 0, company.calls[0], sum(map(len, PARTS)), "audio/wav", SECONDS
    )
    assert await company.database.read(lambda store: everything(store, ours=True)) == before


async def _accused(company: Company, mine: Page) -> None:
    await mine.do(steps.accuse_person, chosen(company, "miles")[0], "He was there.")


async def _away(company: Company, _: Page) -> None:
    await be_away(company, company.miles)


async def _blocked(company: Company, _: Page) -> None:
    await company.door.enter(people.note_blocked("slack", "UMILES"), DELIVERY)


async def _another(company: Company, _: Page) -> None:
    held = company.door.policy.role("breach_fallback").model_copy(update={"holder": email(NAMES["deven"])})
    roles = company.door.policy.roles.model_copy(update={"breach_fallback": held})
    company.door.policy = company.door.policy.model_copy(update={"roles": roles})


Turn = Callable[[Company, Page], Awaitable[None]]


@pytest.mark.parametrize("turn", [_accused, _away, _blocked, _another])
async def test_p9_a_question_goes_on_to_the_person_who_may_decide_it_now(company: Company, turn: Turn) -> None:
    """Helena is accused, so Miles was asked; then he may not decide any more, and Deven stands in for him."""
    company.door.policy = with_deputies(POLICY, breach_fallback=("deven",))
    mine, name = await asked(company, accused=["helena"])
    assert await heard(company) == {"miles": [QUESTION]}
    miles = await page(company, company.miles, mine.report)
    await turn(company, mine)
    with pytest.raises(Refused):
        await miles.do(steps.decide_hearing, name, company.ruth.person_id, allowed=True)
    await tick(company)
    out = turn is _accused
    assert (await heard(company)).get("deven") == (None if out else [QUESTION])
    with pytest.raises(Refused):
        await page(company, company.miles, mine.report)
    assert (await the_call(mine)).state == "asked"
    if not out:
        await decided(company, mine, name, "deven")
        assert (await the_call(mine)).state == "hear"


async def test_p9_a_question_ends_with_who_asked_it(company: Company) -> None:
    mine, _ = await asked(company)
    helena = await page(company, company.helena, mine.report)
    assert (await the_call(helena)).state == "decide"
    await be_away(company, company.ruth)
    await tick(company)
    await tick(company)
    assert (await the_call(helena)).state == "ask"


@pytest.mark.by_hand
async def test_p13_what_a_kept_call_was_is_known_once_the_original_is_erased(company: Company) -> None:
    mine, _ = await asked(company)
    before = await the_call(mine)

    def erase(store: Store) -> None:
        one = store.recordings.get(company.calls[0])
        assert one is not None
        one.state, one.operator_name, one.caller, one.crm = "erased", "", "", ""

    await company.database.write(erase)
    assert (await the_call(mine)).words == before.words
    assert "Bram Tolliver" in before.words


async def test_p12_a_copy_leaves_no_mark_at_the_call_which_goes_at_its_moment(company: Company) -> None:
    def facts(store: Store) -> dict[str, Any]:
        one = store.recordings.get(company.calls[0])
        return {name: value for name, value in vars(one).items() if not name.startswith("_")}

    mine = await the_page(company)
    before = await company.database.read(facts)
    await kept(company, mine)
    assert await company.database.read(facts) == before


async def test_p12_after_its_moment_a_call_is_not_kept_any_more(company: Company) -> None:
    mine = await the_page(company)
    company.clock.pass_(days=400)
    mine = await page(company, company.ruth, mine.report)
    with pytest.raises(Refused, match="time is up"):
        await mine.do(steps.begin_copy, company.calls[0])


async def test_p13_a_call_is_kept_once(company: Company) -> None:
    mine = await the_page(company)
    name = await kept(company, mine)
    assert await refused(lambda: mine.do(steps.begin_copy, company.calls[0])) == "kept_already"
    with pytest.raises(Refused, match="complete"):
        await mine.do(steps.add_piece, name, 0, b"other")
    await mine.do(steps.finish_copy, name, company.calls[0], 1, 1, "text/html")
    assert [one.kind for one in (await mine.read()).history].count("audio_kept") == 1


async def test_p13_a_copy_that_broke_off_makes_room_for_another(company: Company) -> None:
    mine = await the_page(company)
    first = await mine.do(steps.begin_copy, company.calls[0])
    await mine.do(steps.add_piece, first, 0, PARTS[0])
    assert (await the_call(mine)).kept == ""
    second = await kept(company, mine)
    assert await stored_parts(company) == [(second, 0), (second, 1)]
    assert await refused(lambda: mine.do(steps.add_piece, first, 1, PARTS[1])) == "no_copy"


@pytest.mark.parametrize(("sent", "parts"), [((0,), 2), ((0, 2), 2), ((1,), 1), ((), 0), ((), -1), ((0, 1), 1)])
async def test_p13_a_copy_that_lacks_a_part_is_not_whole(company: Company, sent: tuple[int, ...], parts: int) -> None:
    mine = await the_page(company)
    name = await mine.do(steps.begin_copy, company.calls[0])
    for number in sent:
        await mine.do(steps.add_piece, name, number, PARTS[0])
    assert (
        await refused(lambda: mine.do(steps.finish_copy, name, company.calls[0], parts, 9, "audio/wav")) == "unfinished"
    )
    for want in ((steps.ask_to_hear, name), (steps.hear_copy, name, 0)):
        assert await refused(lambda want=want: mine.do(*want)) == "unfinished"  # type: ignore[misc]
