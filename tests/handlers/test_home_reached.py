"""The home of somebody with accounts on several chat platforms: where messages go, and how to change it."""

from __future__ import annotations

from dataclasses import replace

from handlers import delivering, home
from handlers.acting import DELIVERY
from tests.each import each
from tests.handlers.builders import Company, account, ledger, meet, refusal
from tests.handlers.reading import buttons, home_of, lines


async def _met_in(company: Company, *platforms: str) -> None:
    for platform in platforms:
        await meet(company.door, replace(account(f"{platform}-1", "Anna Quill"), platform=platform))


async def _told(company: Company) -> list[tuple[str, str, str]]:
    """What the home says of it, and what its buttons ask for."""
    card = await home_of(company, company.anna)
    rows = [one for one in lines(card) if one.startswith("Messages reach you")]
    asked = [one for one in buttons(card) if one.action == "prefer"]
    return [(row, one.label, one.value) for row, one in zip(rows, asked, strict=True)]


async def test_the_first_platform_is_used_until_another_is_chosen(company: Company) -> None:
    await _met_in(company, "teams")
    assert await _told(company) == [("Messages reach you in Slack. [Use Teams]", "Use Teams", "teams")]
    await company.door.enter(home.prefer("teams"), company.anna)
    assert await _told(company) == [("Messages reach you in Teams. [Use Slack]", "Use Slack", "slack")]


@each("gone", ["deactivated", "guest"])
async def test_a_platform_that_was_chosen_and_is_gone_counts_no_more(company: Company, gone: str) -> None:
    await _met_in(company, "teams", "other")
    await company.door.enter(home.prefer("teams"), company.anna)
    await meet(company.door, replace(account("teams-1", "Anna Quill", gone), platform="teams"))
    assert await _told(company) == [("Messages reach you in Other. [Use Slack]", "Use Slack", "slack")]


async def test_where_somebody_has_no_account_nothing_can_be_sent(company: Company) -> None:
    refused = await refusal(company, home.prefer("teams"), company.anna)
    assert str(refused) == "You have no account there that I know of. Please say hello to me there first."


async def test_a_choice_is_shown_at_every_home_that_was_opened(company: Company) -> None:
    there = await meet(company.door, replace(account("teams-1", "Anna Quill"), platform="teams"))
    for who in (company.anna, there):
        await company.door.enter(home.open_home(), who)
    for drawn in await ledger(company, company.anna):
        await company.door.enter(delivering.delivered(drawn.id, "sent", drawn.payload["platform"]), DELIVERY)
    await company.door.enter(home.prefer("teams"), company.anna)
    homes = [(one.payload["platform"], one.payload["fresh"]) for one in await ledger(company, company.anna)]
    # What is left without an entry in the audit log has no order among its like.
    assert sorted(homes) == [("slack", False), ("slack", True), ("teams", False), ("teams", True)]
