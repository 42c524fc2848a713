"""P4: calls on lines that the policy does not name are listed each week until the Head decides each."""

from __future__ import annotations

import pytest
import pytest_asyncio
from sqlalchemy import text

from handlers import matter_of
from handlers.erasures_ahead.deciding_cards import YOURS
from handlers.erasures_ahead.intents import EraseOutside, KeepOutside
from handlers.retention.certificate import certificate
from tests.erasing import Archive
from tests.handlers.builders import AU, Company, audit, away, email, quiet, refusal, words_for
from tests.handlers.erasures_ahead.test_card import MORNING, drawn
from tests.handlers.reading import buttons, home_of, lines, looking, seen, whole_of
from tests.handlers.reading import text as words
from tests.reconciled import findings

pytestmark = pytest.mark.soak

NOWHERE = "+15550100"


@pytest_asyncio.fixture
async def two(archive: Archive) -> list[int]:
    """Two calls on a line of nobody's; Helena was on the second."""
    first = await archive.record("out", line=NOWHERE, audio=b"out")
    return [first, await archive.record("too", line=NOWHERE, audio=b"too", operator_email=email("Helena Marsh"))]


async def _details(company: Company, card: str) -> list[str]:
    found = await whole_of(company, card, company.helena)
    assert found is not None
    return lines(found)


async def test_p4_the_head_sees_them_with_a_button_for_each_and_the_team_leader_none(
    archive: Archive, two: list[int]
) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    assert (
        "On no recorded line: 1 call, for you to decide in Details · 1 call that you were on, not for you to decide"
        in lines(await seen(company, card, company.helena))
    )
    own, other = await seen(company, card, company.helena), await seen(company, card, company.tara)
    assert own.summary == "Erasures ahead: 1 call for you to decide, and 0 calls within 1 day."
    assert other.summary == "Erasures ahead: 0 calls within 1 day."
    assert "Nothing has to be done" not in str(lines(own))
    assert "What waits for a decision stays until it is made." in str(lines(own))
    assert "Nothing has to be done" in str(lines(other))
    assert "📋 1 call for you to decide · Calls that go: 0 within 1 day" in str(
        lines(await home_of(company, company.helena))
    )
    assert "for you to decide" not in str(lines(await home_of(company, company.tara)))
    found = await _details(company, card)
    assert found.count("[Erase] [Keep]") == 1
    assert [YOURS in one for one in found if NOWHERE in one] == [False, True]
    whole = await whole_of(company, card, company.helena)
    assert whole is not None
    sure = {str(one.confirm) for one in buttons(whole) if one.action == "outside_keep"}
    assert len(sure) == 1
    assert "stays in the recording system without an end" in sure.pop()
    assert [one.value for one in buttons(whole) if one.action == "outside_erase"] == [f"{card}:{two[0]}"]
    assert "On no recorded line" not in str(lines(await seen(company, card, company.tara)))
    company.door.policy = away(company.door.policy, "head_of_customer_success", now=MORNING)
    assert "On no recorded line" not in str(lines(await seen(company, card, company.helena)))


async def test_p4_what_the_head_erases_goes_with_a_certificate(archive: Archive, two: list[int]) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    await company.door.enter(EraseOutside(f"{card}:{two[0]}"), company.helena)
    await quiet(company, EraseOutside(f"{card}:{two[0]}"), company.helena)
    assert "On no recorded line: 1 call that you were on, not for you to decide" in lines(
        await seen(company, card, company.helena)
    )
    await archive.erasing.tick()
    erasure = await archive.erasure(two[0])
    assert erasure is not None
    assert ((await archive.by_id(two[0])).state, erasure.why, erasure.state) == ("erased", "out_of_scope", "erased")
    page = await looking(company, company.helena, lambda act: certificate(act, erasure.id))
    assert "It was on a line that the policy does not name" in str(
        [words(one.words) for one in page.parts if hasattr(one, "words")]
    )
    [entry] = [one for one in await audit(company, f"recording:{two[0]}") if one[1] == "erasures_ahead.erase_outside"]
    assert entry[3:] == ("P4", {"card": card, "erasure": erasure.id, "states": {"closed": [two[0]]}})
    assert await findings(company.database) == []


async def test_p4_what_the_head_erases_goes_though_its_line_joins_the_policy_meanwhile(
    archive: Archive, two: list[int]
) -> None:
    """It came back into reach, and its erasure stayed open for ever."""
    company, card = archive.company, await drawn(archive, MORNING)
    await company.door.enter(EraseOutside(f"{card}:{two[0]}"), company.helena)
    lines_now = company.door.policy.lines
    company.door.policy = company.door.policy.model_copy(update={"lines": {**lines_now, NOWHERE: lines_now[AU]}})
    await archive.record("out", line=NOWHERE, audio=b"out", crm="CS-20000")
    assert (await archive.by_id(two[0])).state == "closed"
    await archive.erasing.tick()
    assert (await archive.by_id(two[0])).state == "erased"
    assert await findings(company.database) == []


async def test_p4_what_the_head_erases_goes_also_where_its_file_was_away_or_lies_elsewhere(
    archive: Archive, two: list[int]
) -> None:
    """It came back as a call that nobody had decided of, with an erasure that was never due and late each day."""
    company, card = archive.company, await drawn(archive, MORNING)
    await company.door.enter(EraseOutside(f"{card}:{two[0]}"), company.helena)
    archive.recorder.lose("out")
    await archive.sync.sync()
    archive.until(MORNING, days=2)
    now = company.clock.now
    assert await company.database.read(lambda store: store.erasures.late(now, now)) == (0, 0)
    assert [
        one for one in await words_for(company, company.helena) if "1 call vanished from the recording system" in one
    ]
    await archive.record("out", line=NOWHERE, audio=b"out")
    assert (await archive.by_id(two[0])).state == "closed"
    archive.recorder.lose("out")
    moved = await archive.record("2026/out", line=NOWHERE, audio=b"out")
    assert (moved, (await archive.by_id(moved)).state) == (two[0], "closed")
    copy = await archive.record("copy", line=NOWHERE, audio=b"out")
    assert (copy != moved, (await archive.by_id(copy)).state) == (True, "out_of_scope")
    archive.recorder.lose("copy")
    await archive.tick()
    assert (await archive.by_id(moved)).state == "erased"
    assert await findings(company.database) == []


async def test_p4_what_the_head_kept_can_still_be_erased_in_details_on_record(archive: Archive, two: list[int]) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    await company.door.enter(KeepOutside(f"{card}:{two[0]}"), company.helena)
    found = await _details(company, card)
    assert found[found.index("# Kept, as was decided") :][1:4] == [
        "You, or whoever was Head then, decided that these stay. Each stays until it is erased here.",
        found[found.index("# Kept, as was decided") + 2],
        "[Erase]",
    ]
    assert (await whole_of(company, card, company.tara)) is not None
    assert "Kept, as was decided" not in str(await whole_of(company, card, company.tara))
    company.clock.pass_(days=7)
    again = await drawn(archive, company.clock.now)
    await company.door.enter(EraseOutside(f"{again}:{two[0]}"), company.helena)
    await quiet(company, EraseOutside(f"{again}:{two[0]}"), company.helena)
    told = await refusal(company, KeepOutside(f"{again}:{two[0]}"), company.helena)
    assert str(told) == "It was already decided that this call is erased."
    assert "# Kept, as was decided" not in await _details(company, again)
    await archive.erasing.tick()
    assert (await archive.by_id(two[0])).state == "erased"
    decided = [one[1] for one in await audit(company, f"recording:{two[0]}") if one[1].startswith("erasures_ahead.")]
    assert decided == ["erasures_ahead.keep_outside", "erasures_ahead.erase_outside"]
    assert await findings(company.database) == []


async def test_p4_what_the_head_keeps_is_listed_no_more(archive: Archive, two: list[int]) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    await company.door.enter(KeepOutside(f"{card}:{two[0]}"), company.helena)
    assert (await _details(company, card)).count("[Erase] [Keep]") == 0
    await quiet(company, KeepOutside(f"{card}:{two[0]}"), company.helena)
    await archive.erasing.tick()
    assert await archive.erasure(two[0]) is None
    assert await findings(company.database) == []


async def test_p4_nobody_else_decides_and_the_head_not_about_his_or_her_own_call(
    archive: Archive, two: list[int]
) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    for who, place, code in (
        (company.tara, f"{card}:{two[0]}", "not_approver"), (company.anna, f"{card}:{two[0]}", "unknown"),
        (company.helena, f"{card}:{two[1]}", "operator"), (company.helena, f"{card}:{company.calls[0]}", "gone"),
        (company.helena, f"{card}:x", "gone"), (company.helena, card, "gone"), (company.helena, "EA-NONE:1", "unknown"),
    ):  # fmt: skip
        assert (await refusal(company, EraseOutside(place), who)).code == code
    await company.door.enter(EraseOutside(f"{card}:{two[0]}"), company.helena)
    told = await refusal(company, KeepOutside(f"{card}:{two[0]}"), company.helena)
    assert str(told) == "It was already decided that this call is erased."


async def test_p4_more_than_ten_follow_once_these_are_decided(archive: Archive) -> None:
    company = archive.company
    for number in range(12):
        await archive.record(f"out-{number}", line=NOWHERE)
    found = await _details(company, await drawn(archive, MORNING))
    assert (found.count("[Erase] [Keep]"), "And 2 more. [Show all]" in found) == (10, True)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE scope_decisions SET decision = 'keep' WHERE decision = 'erase'", "“decision” is stored as keep"),
        ("UPDATE scope_decisions SET decided_by = decided_by + 1", "“decided by” is stored as person"),
        ("DELETE FROM scope_decisions", "that it was decided about recording:"),
        (
            "DELETE FROM audit WHERE action = 'erasures_ahead.erase_outside'",
            "of a call out of scope is stored, but the log knows",
        ),
        ("DELETE FROM audit WHERE action = 'erasures_ahead.keep_outside'", "decision about recording"),
    ],
)
async def test_p4_a_decision_that_was_made_or_changed_by_hand_is_found(
    archive: Archive, two: list[int], statement: str, told: str
) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    third = await archive.record("three", line=NOWHERE)
    await company.door.enter(EraseOutside(f"{card}:{two[0]}"), company.helena)
    await company.door.enter(KeepOutside(f"{card}:{third}"), company.helena)
    assert await findings(company.database) == []
    await company.database.write(lambda store: store.session.execute(text(statement)))
    assert told in " | ".join(await findings(company.database))
    assert matter_of(card).prefix == "EA-"
