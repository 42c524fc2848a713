"""Presses while the platform couldn't say who pressed: kept once, taken in order, and never more than can be done."""

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from handlers import CHANGES, FORMS, WANTED, inbox
from handlers.acting import DELIVERY
from handlers.door import Repeated
from handlers.inbox import FULL, LEASE, MOST, KeptPress, Press
from storage.inbox import Incoming
from tests.handlers.builders import Company, audit, refusal
from tests.spoiling import said

PRESS = Press("slack", "UTARA", "approve", "R-1", "k1")


async def keep(company: Company, press: Press = PRESS) -> None:
    await company.door.enter(inbox.keep_press(press, company.clock.now), DELIVERY, key=f"kept:{press.key}")


async def collect(company: Company, most: int = 8) -> list[KeptPress]:
    return await company.door.enter(inbox.collect_presses(most), DELIVERY)


async def test_a_press_comes_out_as_it_was_kept_and_the_log_says_only_that(company: Company) -> None:
    before = await audit(company)
    told = Press("teams", "T\ud800", "deny", "R-1", "k1", {"conversation": "a:1", "scope": "personal"})
    await keep(company, told)
    [kept] = await collect(company)
    assert kept == KeptPress(kept.id, replace(told, account="T\ud800"), company.clock.now, 1)
    assert await audit(company) == [*before, ("delivery", "inbox.keep", "noted", "", {})]


async def test_the_same_press_is_kept_once_however_often_it_comes(company: Company) -> None:
    await keep(company)
    with pytest.raises(Repeated):
        await keep(company)
    [kept] = await collect(company)
    await company.door.enter(inbox.settle_press(kept.id), DELIVERY)
    with pytest.raises(Repeated):
        await keep(company)
    assert await collect(company) == []


async def test_of_one_account_the_oldest_is_taken_and_no_one_waits_for_another(company: Company) -> None:
    for key, account in (("1", "UTARA"), ("2", "UTARA"), ("3", "UANNA")):
        await keep(company, replace(PRESS, key=key, account=account))
    first = await collect(company)
    assert [one.press and one.press.key for one in first] == ["1", "3"]
    assert await collect(company) == []
    await company.door.enter(inbox.settle_press(first[0].id), DELIVERY)
    [next_] = await collect(company)
    assert next_.press == replace(PRESS, key="2")


async def test_what_a_dead_process_took_comes_back(company: Company) -> None:
    await keep(company)
    [first] = await collect(company)
    company.clock.now += LEASE
    [again] = await collect(company)
    assert (again.id, again.attempts) == (first.id, 2)


async def test_what_was_put_off_waits_and_so_does_what_is_behind_it(company: Company) -> None:
    for key in ("1", "2"):
        await keep(company, replace(PRESS, key=key))
    [kept] = await collect(company)
    until = company.clock.now + timedelta(seconds=8)
    await company.door.enter(inbox.put_off(kept.id, "http_500", until), DELIVERY)
    assert await collect(company) == []
    company.clock.now = until
    assert [one.id for one in await collect(company)] == [kept.id]


async def test_one_account_cannot_fill_the_inbox(company: Company) -> None:
    for number in range(MOST):
        await keep(company, replace(PRESS, key=f"{number}"))
    refused = await refusal(company, inbox.keep_press(replace(PRESS, key="more"), company.clock.now), DELIVERY)
    assert str(refused) == FULL
    await keep(company, replace(PRESS, account="UANNA", key="hers"))


@pytest.mark.by_hand
async def test_p7_a_press_that_the_bot_did_not_keep_itself_is_not_done(company: Company) -> None:
    """A person who can write to the database, without the key, puts one in, or changes one that is there."""
    forged = json.dumps(asdict(PRESS))
    for text in (forged, f"{'0' * 64} {forged}", f"é {forged}"):
        row = Incoming(
            platform="slack", account_id=text[:9], press=text, at=company.clock.now, due_at=company.clock.now
        )
        await company.database.write(lambda store, row=row: store.insert(row))  # type: ignore[misc]
    assert [one.press for one in await collect(company)] == [None, None, None]


@pytest.mark.by_hand
async def test_p7_a_kept_press_counts_only_as_it_was_kept(company: Company) -> None:
    changes = (
        "press = replace(press, 'R-1', 'R-2')", "press = replace(press, 'UTARA', 'UHELENA')", "at = '2026-01-01'",
    )  # fmt: skip
    for number, change in enumerate(changes):
        await keep(company, replace(PRESS, account=f"UTARA{number}", key=f"{number}"))
        await company.database.write(said(f"UPDATE inbox SET {change} WHERE account_id = 'UTARA{number}'"))
    await keep(company)
    assert [one.press for one in await collect(company)] == [None, None, None, PRESS]


async def test_a_press_that_is_set_aside_leaves_an_entry_in_the_log(company: Company) -> None:
    await keep(company)
    [kept] = await collect(company)
    await company.door.enter(inbox.set_aside(kept.id, "not_ours"), DELIVERY)
    [entry] = await audit(company, f"press:{kept.id}")
    assert entry == ("delivery", "inbox.set_aside", "done", "P7", {"why": "not_ours"})
    assert await collect(company) == []


async def test_everything_that_can_be_kept_wants_something(company: Company) -> None:
    assert {
        *CHANGES, *(name for name, one in FORMS.items() if not one.private), "home", "welcome",
    } == {*WANTED}  # fmt: skip
    assert all(wanted("R-1") for wanted in WANTED.values())


def test_who_pressed_while_no_one_knew_them_is_told_how_it_ended() -> None:
    was = "You pressed Approve on R-1 while Slack couldn’t tell me who you are."
    assert inbox.done_late_words(PRESS, "Approve") == f"{was} It is done now."
    assert "nothing was changed. Please press it again." in inbox.too_late_words(PRESS, "Approve")
    assert inbox.too_late_words(PRESS, "").startswith("You chose something on Home while Slack")
