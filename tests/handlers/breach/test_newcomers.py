"""P13, P14: whoever a changed policy.yaml makes a reader sees reports one working day after the change was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from handlers.acting import CLOCK
from handlers.policy import load_policy
from handlers.policy_review import in_force as policy_review_in_force
from handlers.rules.refusal import Refused
from storage.tables.reviews import PolicyText
from tests.each import each
from tests.handlers.breach.reporting import heard, page, report, the_report, tick
from tests.handlers.builders import NAMES, POLICY, Company, email
from tests.ledgers import outgoing

pytestmark = pytest.mark.long

ALERT = ["A confidential report has come in."]
OVER = ["This is no longer for you to look after. There is nothing to do."]
NOTICE_OVER = datetime(2026, 11, 25, 6, tzinfo=UTC)  # Wednesday, 17:00 in Sydney


_numbers = count()


def text(**holders: str) -> str:
    """policy.yaml with other people in these places, by whom they take the place of."""
    told = POLICY.text
    for former, now in holders.items():
        told = told.replace(email(NAMES[former]), email(NAMES[now]))
    return told


async def in_force(company: Company, told: str) -> None:
    """A start finds this text, which is a new one also where it says what an earlier one did."""
    company.door.policy = load_policy(f"{told}\n# {next(_numbers)}\n")
    await company.door.enter(policy_review_in_force.in_force(), CLOCK)


async def begun(company: Company) -> str:
    """The policy of the company is in force, and there is a report."""
    await in_force(company, POLICY.text)
    await report(company, company.anna)
    await heard(company)
    return await the_report(company)


async def reads(company: Company, who: str, name: str) -> bool:
    try:
        mine = await page(company, company.people[who], name)
    except Refused as told:
        assert told.code == "no_report"
        return False
    return (await mine.read()).report == name


async def test_p13_a_new_head_sees_open_reports_one_working_day_after_it_was_told(company: Company) -> None:
    """Until then it is as if he were away: the deputy reads."""
    name = await begun(company)
    await in_force(company, text(helena="deven"))
    await tick(company)
    assert (await heard(company)).keys() == {"henrik"}
    company.clock.now = NOTICE_OVER - timedelta(seconds=1)
    await tick(company)
    assert not await reads(company, "deven", name)
    assert await heard(company) == {}
    company.clock.now = NOTICE_OVER
    await tick(company)
    assert await heard(company) == {"deven": ALERT}
    assert await reads(company, "deven", name)


async def test_p13_the_former_head_loses_sight_at_once(company: Company) -> None:
    name = await begun(company)
    await in_force(company, text(helena="deven"))
    await tick(company)
    assert not await reads(company, "helena", name)


async def test_p13_whoever_was_taken_out_and_put_in_again_waits_anew(company: Company) -> None:
    name = await begun(company)
    await in_force(company, text(helena="deven"))
    await tick(company)
    company.clock.pass_(hours=1)
    await in_force(company, POLICY.text)
    await tick(company)
    assert not await reads(company, "helena", name)
    company.clock.now = NOTICE_OVER
    await tick(company)
    assert await reads(company, "helena", name)


async def test_p13_a_text_that_no_start_has_kept_yet_makes_nobody_a_reader(company: Company) -> None:
    name = await begun(company)
    company.door.policy = load_policy(text(helena="deven"))
    company.clock.pass_(hours=1)
    await tick(company)
    assert not await reads(company, "deven", name)
    assert set(await heard(company)) == {"henrik"}


async def unreadable(company: Company) -> None:
    """A text of another version was in force for a while."""
    since = company.clock.now - timedelta(hours=1)
    row = PolicyText(number=9, digest="0" * 64, text="of another version", since=since)
    await company.database.write(lambda store: store.session.add(row))


@pytest.mark.by_hand
async def test_p13_a_text_that_cannot_be_read_any_more_seals_no_report(company: Company) -> None:
    """After an upgrade the text of before may be unreadable: whoever it named was told of no change either."""
    await begun(company)
    await unreadable(company)
    await in_force(company, POLICY.text)
    await report(company, company.bram)
    assert set(await heard(company)) == {"ruth", "helena"}


@each("who", ["ruth", "helena"])
async def test_p14_the_first_text_of_all_keeps_nobody_waiting(company: Company, who: str) -> None:
    await in_force(company, POLICY.text)
    await report(company, company.anna)
    assert (await heard(company))[who] == ALERT


async def test_p14_the_notice_of_a_change_is_the_same_with_and_without_reports(company: Company) -> None:
    await in_force(company, POLICY.text)
    before = len(await company.database.read(outgoing))
    await in_force(company, text(helena="deven"))
    without = [one.payload["words"] for one in (await company.database.read(outgoing))[before:]]
    await report(company, company.anna)
    before = len(await company.database.read(outgoing))
    await in_force(company, POLICY.text)
    await in_force(company, text(helena="deven"))
    ledger = await company.database.read(outgoing)
    assert [one.payload["words"] for one in ledger[before:]][-len(without) :] == without
