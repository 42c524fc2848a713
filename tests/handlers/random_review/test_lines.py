"""P10: two reviewers type a line each, unseen by the other; which lines count is told before the number is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers import COMMANDS
from handlers.acting import CLOCK
from handlers.random_review import intents
from handlers.random_review.forms import LineForm
from handlers.rules.drawing import number_hash
from storage.database.store import Store
from tests.each import each
from tests.handlers.builders import NAMES, Company, account, audit, ledger, meet, refusal, words_for
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import COUNTED, OPENS, a_month, contribute, lists_of, opened, the_draw
from tests.handlers.reading import card_of, lines, seen

pytestmark = pytest.mark.long

SECRET = "Seven grey herons at half past two"


async def test_p10_the_hashes_reach_every_reviewer_before_anybody_types_a_line(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    row, lists = await the_draw(company), await lists_of(company, draw)
    for who in (company.quinn, company.miles):
        told = "\n".join(lines(await seen(company, draw, who)))
        assert row.number_hash in told
        assert lists["sales"].list_hash in told
        assert "Contribute" in told
    head = "\n".join(lines(await seen(company, draw, company.helena)))
    assert row.number_hash in head
    assert "Contribute" not in head
    assert await card_of(company, draw, company.anna) is None


async def test_p10_nobody_reads_a_line_before_it_counts_and_everybody_after(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, SECRET)
    for who in (company.quinn, company.miles, company.helena):
        told = "\n".join(lines(await seen(company, draw, who)))
        assert SECRET not in told
        assert "Quinn Abara typed one already" in told
    assert SECRET not in await _dump(company)
    await contribute(company, draw, company.miles, "Tuesday")
    told = "\n".join(lines(await seen(company, draw, company.miles)))
    assert f"1. {SECRET}\n2. Tuesday" in told
    assert (await the_draw(company)).state == "counted"


async def test_p10_the_lines_that_count_are_told_five_minutes_before_the_number(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    await contribute(company, draw, company.miles, "two")
    shown = [
        one for one in await ledger(company, company.quinn) if one.payload.get("matter") == draw and one.kind == "show"
    ]
    revision = (await the_draw(company)).revision
    assert shown[-1].payload["revision"] == revision
    await pass_until(company, OPENS + timedelta(minutes=4, seconds=59))
    assert (await the_draw(company)).number == ""
    await pass_until(company, OPENS + timedelta(minutes=5))
    row = await the_draw(company)
    assert number_hash(row.number) == row.number_hash
    assert row.revision == revision + 1
    told = [detail for _, action, _, _, detail in await audit(company, draw) if action == "random_review.contribute"][
        -1
    ]
    assert told["lines"] == [company.quinn.person_id, company.miles.person_id]


async def test_p10_the_number_stands_nowhere_before_it_is_told(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    before = await _dump(company)
    await contribute(company, draw, company.miles, "two")
    await pass_until(company, OPENS + timedelta(minutes=5))
    assert (await the_draw(company)).number not in before


async def test_p10_a_receipt_keeps_the_hashes_as_they_stood_before_the_line(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.miles, SECRET)
    [receipt] = [one for one in await words_for(company, company.miles) if "Please keep this message" in one]
    row, lists = await the_draw(company), await lists_of(company, draw)
    assert row.number_hash in receipt
    assert lists["customer_success"].list_hash in receipt
    assert SECRET not in receipt


async def test_p10_the_order_of_the_lines_is_that_of_the_reviewers_whoever_was_first(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.miles, "typed first")
    await contribute(company, draw, company.quinn, "typed second")
    told = "\n".join(lines(await seen(company, draw, company.quinn)))
    assert "1. typed second\n2. typed first" in told


@each("typed", ["\u200b", "\u2060\u00ad"])
async def test_p10_a_line_that_nobody_can_see_is_none(company: Company, typed: str) -> None:
    await a_month(company)
    draw = await opened(company)
    told = await refusal(company, intents.Contribute(draw, LineForm.model_construct(line=typed)), company.quinn)
    assert told.fields == {"line": "Nothing of this can be seen. Please type something that can."}


async def test_p10_a_line_has_one_way_of_being_written(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "cafe\u0301  at\u200b noon")
    await contribute(company, draw, company.miles, "two")
    assert "1. caf\u00e9 at noon\n2. two" in "\n".join(lines(await seen(company, draw, company.quinn)))


async def test_p10_a_line_is_typed_once_and_only_in_time(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    twice = await refusal(company, intents.Contribute(draw, LineForm(line="another")), company.quinn)
    assert (twice.code, "counts as you typed it" in str(twice)) == ("twice", True)
    await pass_until(company, COUNTED)
    late = await refusal(company, intents.Contribute(draw, LineForm(line="late")), company.miles)
    assert late.code == "already"


@each("who", ["anna", "helena", "tara"])
async def test_p10_nobody_but_a_reviewer_types_one(company: Company, who: str) -> None:
    await a_month(company)
    draw = await opened(company)
    told = await refusal(company, intents.Contribute(draw, LineForm(line="mine")), company.people[who])
    assert told.code == "not_reviewer"
    if who == "anna":
        assert str(told) == "I can't find this draw."
    assert (
        await refusal(company, intents.Contribute("RD-22222222", LineForm(line="x")), company.quinn)
    ).code == "unknown"


async def test_p10_without_a_line_the_head_hears_that_nothing_was_drawn(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await pass_until(company, COUNTED)
    assert any("nothing was drawn" in one for one in await words_for(company, company.helena))
    told = "\n".join(lines(await seen(company, draw, company.helena)))
    assert "nothing drawn" in told
    assert "Draw again" in told


async def test_p10_whoever_typed_none_is_reminded_the_next_morning(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    await pass_until(company, OPENS + timedelta(days=1, hours=1))
    reminded = [
        detail["reminded"] for _, action, _, _, detail in await audit(company, draw) if action.endswith(".remind")
    ]
    assert reminded == [[company.miles.person_id]]


async def test_p10_with_no_reviewer_in_reach_the_head_hears_of_it_at_once(company: Company) -> None:
    await a_month(company)
    for short in ("quinn", "miles"):
        await meet(company.door, account(f"U{short.upper()}", NAMES[short], "deactivated"))
    await opened(company)
    assert any("nobody can type a line" in one for one in await words_for(company, company.helena))


async def test_p10_a_month_without_calls_is_drawn_from_by_nobody(company: Company) -> None:
    await company.database.write(
        lambda store: (
            store.session.execute(text("UPDATE recordings SET started = '2026-10-05 01:00:00.000000'")) and None
        )
    )
    draw = await opened(company)
    assert (await the_draw(company)).state == "nothing"
    told = "\n".join(lines(await seen(company, draw, company.quinn)))
    assert "There were no calls to draw from." in told


async def test_p10_after_an_outage_each_missed_month_is_drawn_once(company: Company) -> None:
    await a_month(company)
    await company.door.enter(intents.Schedule(), CLOCK)
    company.clock.now = OPENS + timedelta(days=70)
    await fall(company)
    assert (await the_draw(company)).state == "waiting"
    assert [(await the_draw(company, month=one)).state for one in ("2026-12", "2027-01")] == ["nothing", "nothing"]
    await company.door.enter(intents.Open(), CLOCK)
    found = await company.database.read(lambda store: store.draws.last(20))
    assert len(found) == len({one.month for one in found})


async def _dump(company: Company) -> str:
    def read(store: Store) -> str:
        tables = ("draws", "draw_lists", "draw_lines", "audit", "outbox", "matters")
        return "\n".join(str(row) for one in tables for row in store.session.execute(text(f"SELECT * FROM {one}")))

    return await company.database.read(read)


def test_p10_no_command_is_needed_for_it() -> None:
    assert not any("review" in one for one in COMMANDS)
