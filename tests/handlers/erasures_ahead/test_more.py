"""P4, D2: whatever the card has no room for is opened by “Show all”, and what the reader may not decide bars no other."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from handlers import BUTTONS
from handlers.acting import Visitor
from handlers.cards import Actions, Button, Card, Page, Row
from handlers.erasures_ahead.intents import EraseOutside, KeepFile, KeepOutside
from handlers.room import Shows
from handlers.rules.refusal import Refused
from storage.database.store import Store
from tests.erasing import Archive
from tests.handlers.builders import Company, away, email, refusal
from tests.handlers.erasures_ahead.odd_files import places, spoilt
from tests.handlers.erasures_ahead.test_card import MORNING, drawn
from tests.handlers.reading import buttons, home_of, lines, looking, seen, text, whole_of
from tests.reconciled import findings

pytestmark = pytest.mark.soak

NOWHERE = "+15550100"
YOURS = "You were on this call, so it is not for you to decide."


async def _calls(archive: Archive, number: int, name: str = "out", operator: str = "Bram Tolliver") -> list[int]:
    return [
        await archive.record(f"{name}-{one}", line=NOWHERE, operator_email=email(operator)) for one in range(number)
    ]


async def _page(company: Company, value: str, who: Visitor | None = None) -> Card:
    shows = BUTTONS["ahead_all"]
    assert isinstance(shows, Shows)
    page: Page = await looking(company, who or company.helena, lambda act: shows.page(act, value))
    return Card(page.parts, page.title)


async def _details(company: Company, card: str) -> Card:
    found = await whole_of(company, card, company.helena)
    assert found is not None
    return found


def _values(shown: Card, action: str) -> list[int]:
    return [int(one.value.split(":")[1]) for one in buttons(shown) if one.action == action]


def _show_all(shown: Card) -> list[tuple[str, str]]:
    """What “Show all” stands beside, and what it opens."""
    rows = [(text(one.words), one.button) for one in shown.parts if isinstance(one, Row)]
    return [(words, button.value) for words, button in rows if button is not None and button.action == "ahead_all"]


def _turning(page: Card) -> list[Button]:
    last = page.parts[-1]
    return list(last.buttons) if isinstance(last, Actions) else []


async def test_p4_each_call_that_was_kept_can_be_erased_without_those_before_it(archive: Archive) -> None:
    company, calls = archive.company, await _calls(archive, 13)
    card = await drawn(archive, MORNING)
    for one in calls:
        await company.door.enter(KeepOutside(f"{card}:{one}"), company.helena)
    shown = await _details(company, card)
    assert (_values(shown, "outside_erase"), _show_all(shown)) == (calls[:10], [("And 3 more.", f"{card}:stays:0")])
    first = await _page(company, f"{card}:stays:0")
    assert (lines(first)[0], _values(first, "outside_erase")) == ("1 to 10 of 13", calls[:10])
    [later] = _turning(first)
    last = await _page(company, later.value)
    assert (lines(last)[0], _values(last, "outside_erase")) == ("11 to 13 of 13", calls[10:])
    assert [one.label for one in _turning(last)] == ["Earlier ones"]
    await company.door.enter(EraseOutside(f"{card}:{calls[-1]}"), company.helena)
    assert await findings(company.database) == []


async def test_p4_calls_that_the_head_was_on_stand_last_without_buttons_and_bar_no_other(archive: Archive) -> None:
    """Ten of them hid all later ones for ever, each with buttons that only refuse."""
    company = archive.company
    own, others = await _calls(archive, 10, "own", "Helena Marsh"), await _calls(archive, 3, "other")
    card = await drawn(archive, MORNING)
    shown = await _details(company, card)
    assert _values(shown, "outside_erase") == _values(shown, "outside_keep") == others
    assert _show_all(shown) == [("And 3 more.", f"{card}:outside:0")]
    assert str(lines(shown)).count(YOURS) == 7
    last = await _page(company, f"{card}:outside:10")
    assert (buttons(last)[:-1], str(lines(last)).count(YOURS)) == ([], 3)
    assert (await refusal(company, EraseOutside(f"{card}:{own[0]}"), company.helena)).code == "operator"
    told = "3 calls, for you to decide {} · 10 calls that you were on, not for you to decide"
    assert f"On no recorded line: {told.format('in Details')}" in lines(await seen(company, card, company.helena))
    assert f"On no recorded line: {told.format('below')}" in lines(shown)
    assert "📋 3 calls for you to decide" in str(lines(await home_of(company, company.helena)))
    assert (await seen(company, card, company.helena)).summary.startswith("Erasures ahead: 3 calls for you to decide")


async def test_p4_files_beyond_the_first_are_opened_too(archive: Archive) -> None:
    company, files = archive.company, [await spoilt(archive, f"in/{one}.mp3") for one in range(12)]
    card = await drawn(archive, MORNING)
    assert _show_all(await _details(company, card)) == [("And 2 more.", f"{card}:files:0")]
    rest = await _page(company, f"{card}:files:10")
    assert _values(rest, "file_erase") == _values(rest, "file_keep") == files[10:]
    await company.door.enter(
        KeepFile(next(one.value for one in buttons(rest) if one.action == "file_keep")), company.helena
    )
    assert len(await places(archive, card, "file_keep")) == 10
    assert (await _page(company, f"{card}:files:10")).parts[0] == (await _page(company, f"{card}:files:99")).parts[0]


async def test_p4_kept_calls_and_kept_files_are_one_list(archive: Archive) -> None:
    company, calls = archive.company, await _calls(archive, 12)
    files = [await spoilt(archive, f"in/{one}.mp3") for one in range(3)]
    card = await drawn(archive, MORNING)
    for one in calls:
        await company.door.enter(KeepOutside(f"{card}:{one}"), company.helena)
    for place in await places(archive, card, "file_keep"):
        await company.door.enter(KeepFile(place), company.helena)
    first, last = [await _page(company, f"{card}:stays:{after}") for after in (0, 10)]
    assert (_values(first, "outside_erase"), _values(first, "file_erase")) == (calls[:10], [])
    assert (_values(last, "outside_erase"), _values(last, "file_erase")) == (calls[10:], files)
    assert lines(last)[0] == "11 to 15 of 15"


def _alike(shown: Iterable[str]) -> list[str]:
    return [one for one in shown if "CS-1000" in one]


async def test_d2_rows_and_questions_say_which_call_it_is(archive: Archive) -> None:
    company = archive.company
    for number in range(2):
        await archive.record(f"out-{number}", line=NOWHERE, crm=f"CS-1000{number}")
    card = await drawn(archive, MORNING)
    shown = await _details(company, card)
    assert len(_alike(lines(shown))) == 2
    sure = [str(one.confirm) for one in buttons(shown) if one.action in ("outside_erase", "outside_keep")]
    assert (len(sure), len(set(sure)), len(_alike(sure))) == (4, 4, 4)
    assert all(len(one) <= 300 and "the call of " in one and "with Bram Tolliver" in one for one in sure)


async def test_d1_the_question_tells_the_moment_in_the_readers_zone_as_the_row_does(archive: Archive) -> None:
    company = archive.company

    def settle(store: Store) -> None:
        store.people.get(company.helena.person_id or 0).zone = "Asia/Tokyo"

    await company.database.write(settle)
    await _calls(archive, 1)
    shown = await _details(company, await drawn(archive, MORNING))
    assert all(" Tokyo with " in str(one.confirm) for one in buttons(shown) if one.action.startswith("outside_"))


async def test_p4_nobody_else_reads_what_the_head_decides(archive: Archive) -> None:
    company = archive.company
    await _calls(archive, 12)
    card = await drawn(archive, MORNING)

    async def code(value: str, who: Visitor) -> str:
        with pytest.raises(Refused) as refused:
            await _page(company, value, who)
        return refused.value.code

    for name in ("outside", "files", "stays"):
        assert await code(f"{card}:{name}:0", company.tara) == "unknown"
    for value in (f"{card}:held:0", f"{card}:kept:0"):
        assert lines(await _page(company, value, company.tara)) == ["Nothing stands here any more."]
        assert await code(value, company.anna) == "unknown"
    for value in (card, f"{card}:", f"{card}:odd:0", "EA-NONE:outside:0", ""):
        assert await code(value, company.helena) == "unknown"
    assert lines(await _page(company, f"{card}:outside:x"))[0] == "1 to 10 of 12"
    policy = company.door.policy
    company.door.policy = away(policy, "head_of_customer_success", now=MORNING)
    assert await code(f"{card}:outside:0", company.helena) == "unknown"
    company.door.policy = policy
    company.clock.pass_(days=7)
    await drawn(archive, company.clock.now)
    assert await code(f"{card}:outside:0", company.helena) == "over"
