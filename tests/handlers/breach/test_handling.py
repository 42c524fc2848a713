"""P13: what those who handle a report do with it, what they see, and when it is closed."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from handlers import listening
from handlers.acting import WEB
from handlers.breach import filing, steps
from handlers.breach.steps import gather_calls
from handlers.rules import Refused
from tests.handlers.breach.reporting import Page, be_away, chosen, heard, page, pages, report, the_report, tick
from tests.handlers.builders import POLICY, Company, approved, call, player_of, refusal, register
from tests.handlers.reading import lines, listed


async def to_close(one: Page, reference: str = "HR-12") -> None:
    await one.do(steps.write_outcome, reference, "Looked into.")
    await one.do(steps.close_report, "Thank you.")


async def test_p13_acknowledging_in_chat_counts_after_opening_only(company: Company) -> None:
    [ruth] = await pages(company, "ruth")
    too_early = await refusal(company, steps.acknowledge_pressed(ruth.report), company.ruth)
    assert too_early.code == "unopened"
    await ruth.read()
    await company.door.enter(steps.acknowledge_pressed(ruth.report), company.ruth)
    view = await ruth.read()
    assert view.state == "acknowledged"
    assert "acknowledge" not in view.may
    await company.door.enter(steps.acknowledge_pressed(ruth.report), company.ruth)
    assert [one.kind for one in (await ruth.read()).history].count("acknowledged") == 1


async def test_p13_a_report_that_is_read_again_redraws_no_card(company: Company) -> None:
    [ruth] = await pages(company, "ruth")
    await heard(company)
    await ruth.read()
    assert sorted(await heard(company)) == ["ruth"]
    again = await page(company, company.ruth, ruth.report)
    await again.read()
    assert await heard(company) == {}


async def test_p13_both_see_each_others_notes_and_the_reporter_sees_none(company: Company) -> None:
    ruth, helena = await pages(company, "ruth", "helena", named="named")
    await ruth.do(steps.write_note, "Look at the rota.")
    assert [one.words for one in (await helena.read()).notes] == ["Wrote a note. Look at the rota."]
    own = await page(company, company.anna, ruth.report)
    assert "rota" not in str(await own.own())


async def test_p13_a_question_is_the_first_feedback_and_the_reporter_hears_of_it(company: Company) -> None:
    [ruth] = await pages(company, "ruth", named="named")
    await heard(company)
    await ruth.do(steps.ask_reporter, "Which day?")
    assert await heard(company) == {"slack:UANNA": ["You have a reply to your confidential report."]}
    own = await page(company, company.anna, ruth.report)
    assert (await own.own()).question
    shown = await own.do(filing.add_own_words, "Tuesday.")
    assert not shown.question
    assert sorted(await heard(company)) == ["helena", "ruth"]


async def test_p13_the_reporter_reads_the_companys_day_and_the_role_and_no_deadline_that_was_met(
    company: Company,
) -> None:
    company.clock.now = datetime(2026, 11, 24, 21, tzinfo=UTC)  # Wednesday morning in Sydney
    [ruth] = await pages(company, "ruth", named="named")
    await ruth.do(steps.acknowledge_report)
    await ruth.do(steps.ask_reporter, "Which day?")
    view = await (await page(company, company.anna, ruth.report)).own()
    replies = [(one.who, one.at, one.words) for one in view.conversation[-2:]]
    assert replies == [
        ("HR", "Wed 25 Nov 2026", "HR has read your report."), ("HR", "Wed 25 Nov 2026", "Which day?")
    ]  # fmt: skip
    assert (view.acknowledged, view.acknowledge_by, view.answer_by) == ("Wed 25 Nov 2026", "", "")


@pytest.mark.parametrize("words", ["", "   ", "x" * 3001])
async def test_p13_what_is_empty_or_too_long_is_told_at_the_field(company: Company, words: str) -> None:
    [ruth] = await pages(company, "ruth", named="named")
    own = await page(company, company.anna, ruth.report)
    wanted: list[Callable[[], Awaitable[object]]] = [
        lambda: ruth.do(steps.write_note, words),
        lambda: ruth.do(steps.ask_reporter, words),
        lambda: own.do(filing.add_own_words, words),
    ]
    for want in wanted:
        with pytest.raises(Refused) as told:
            await want()
        assert list(told.value.fields) == ["words"]


async def test_p13_the_steps_of_the_process_are_ticked_and_unticked(company: Company) -> None:
    [ruth] = await pages(company, "ruth")
    await ruth.do(steps.take_step, 2, done=True)
    await ruth.do(steps.take_step, 2, done=True)
    view = await ruth.read()
    assert [one.by for one in view.steps] == ["", "Ruth Adeyemi", *[""] * (len(view.steps) - 2)]
    await ruth.do(steps.take_step, 2, done=False)
    assert {one.by for one in (await ruth.read()).steps} == {""}
    noted = [one.words for one in (await ruth.read()).history if one.kind == "step"]
    assert noted == [f"A step of the process: {word} {POLICY.breach.steps[1]}" for word in ("done", "not done")]
    for number in (0, -1, 99):
        with pytest.raises(Refused, match="That step is no longer there"):
            await ruth.do(steps.take_step, number, done=True)


async def test_p13_one_press_gathers_who_listened_and_by_whose_approval(company: Company) -> None:
    request = await approved(company)
    opened = await player_of(company, request)
    await company.door.enter(listening.note_served(opened.grant, opened.secret, company.calls[0], 0.0, 5.0), WEB)
    [ruth] = await pages(company, "ruth")
    await ruth.do(gather_calls, f"It is {request.lower()}")
    [one] = (await ruth.read()).calls
    assert one.recording == company.calls[0]
    [listened] = one.listened
    assert listened.startswith("Anna Quill listened Tue 24 Nov")
    assert listened.endswith(f", approved by Tara Lindqvist ({request})")


async def test_p13_nothing_changes_once_it_is_closed(company: Company) -> None:
    ruth, helena = await pages(company, "ruth", "helena", named="named")
    own = await page(company, company.anna, ruth.report)
    await to_close(ruth)
    with pytest.raises(Refused, match="closed"):
        await helena.do(steps.write_note, "More.")
    with pytest.raises(Refused, match="new one"):
        await own.do(filing.add_own_words, "More.")
    told = await own.own()
    assert (told.state, told.told) == ("closed", "Thank you.")
    await helena.read()
    await company.door.enter(steps.acknowledge_pressed(ruth.report), company.helena)
    assert "acknowledged" not in [one.kind for one in (await helena.read()).history]


async def test_p13_the_head_does_not_close_alone_while_the_manager_handles_it_too(company: Company) -> None:
    helena, ruth = await pages(company, "helena", "ruth")
    await heard(company)
    await to_close(helena)
    assert await heard(company) == {"ruth": ["Please say whether a confidential report can be closed."]}
    assert (await helena.read()).state == "waiting to be acknowledged"
    assert "close" not in (await helena.read()).may
    assert (await ruth.read()).closing == "Thank you. (agreed by Helena Marsh)"
    await ruth.do(steps.close_report, "Thank you.")
    assert (await ruth.read()).state == "closed"


async def test_p13_closing_takes_an_outcome_and_other_words_are_agreed_to_again(company: Company) -> None:
    helena, ruth = await pages(company, "helena", "ruth")
    assert "close" not in (await ruth.read()).may
    with pytest.raises(Refused, match="outcome first"):
        await ruth.do(steps.close_report, "Thank you.")
    await to_close(helena)
    await helena.do(steps.write_outcome, "HR-13", "Something else.")
    assert "close" in (await helena.read()).may
    await helena.do(steps.close_report, "Other words.")
    assert (await ruth.read()).closing == "Other words. (agreed by Helena Marsh)"


async def test_p13_who_is_accused_later_loses_sight_at_once_and_the_fallback_comes_in(company: Company) -> None:
    ruth, helena = await pages(company, "ruth", "helena")
    await helena.read()
    await heard(company)
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    assert list(await heard(company)) == ["miles"]
    with pytest.raises(Refused):
        await helena.read()
    fresh = await page(company, company.ruth, ruth.report)
    view = await fresh.read()
    assert ("Accused since", "Helena Marsh (named by Ruth Adeyemi)") in view.facts
    assert [one.words for one in view.history if one.kind == "accused"] == [
        "Named someone else as accused. Helena Marsh She was there. They had already opened it."
    ]
    await to_close(fresh)
    assert (await fresh.read()).state == "waiting to be acknowledged"
    await (await page(company, company.miles, ruth.report)).do(steps.close_report, "Thank you.")
    assert (await fresh.read()).state == "closed"


async def test_p13_a_handler_who_names_himself_only_steps_back(company: Company) -> None:
    ruth, helena = await pages(company, "ruth", "helena")
    await ruth.do(steps.accuse_person, chosen(company, "ruth")[0], "I know both.")
    view = await (await page(company, company.helena, helena.report)).read()
    assert "alone" in view.fired
    assert view.others == ()


async def test_p13_a_deputy_who_stood_in_loses_sight_with_the_holders_return(company: Company) -> None:
    await be_away(company, company.helena)
    [henrik] = await pages(company, "henrik")
    assert (await henrik.read()).role == "deputy of the Head of Customer Success"
    company.clock.pass_(days=1)
    company.clock.now = company.clock.now.replace(hour=3)
    fresh = Page(company, henrik.report, henrik.session)
    with pytest.raises(Refused):
        await fresh.read()
    await tick(company)
    await page(company, company.helena, henrik.report)


@pytest.mark.soak
async def test_p13_at_home_stand_reports_of_those_who_handle_them_and_of_no_one_else(company: Company) -> None:
    before = {name: lines(await listed(company, who)) for name, who in company.people.items()}
    ruth, _ = await pages(company, "ruth", "helena", accused=["miles"])
    after = {name: lines(await listed(company, who)) for name, who in company.people.items()}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"ruth", "helena"}
    words = f"⏳ Confidential report of Tue 24 Nov · waiting to be acknowledged ({ruth.report})"
    assert words in "\n".join(after["ruth"])
    await ruth.read()
    await ruth.do(steps.acknowledge_report)
    assert "acknowledged" in "\n".join(lines(await listed(company, company.helena)))


async def test_p13_whom_silence_let_in_closes_it_without_the_one_who_is_silent(company: Company) -> None:
    await report(company, company.anna, accused=["ruth"])
    name = await the_report(company)
    company.clock.now = datetime(2026, 11, 27, 6, 1, tzinfo=company.clock.now.tzinfo)
    await tick(company)
    miles = await page(company, company.miles, name)
    await to_close(miles)
    assert (await miles.read()).state == "closed"


async def test_p13_words_that_find_too_many_calls_gather_none(company: Company) -> None:
    [ruth] = await pages(company, "ruth")
    await register(company.door, *(call(5, native_id=f"more-{number}", crm="CS-77777") for number in range(21)))
    with pytest.raises(Refused) as told:
        await ruth.do(gather_calls, "CS-77777")
    assert "more than 20 calls" in told.value.fields["words"]
    assert (await ruth.read()).calls == ()
