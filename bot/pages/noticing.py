"""Looks when each notice is to be confirmed, and what its pages say; both are told to the door (P3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.pages.reading import Page, Pages, Unseen
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.notices import steps
from handlers.notices.steps import is_due, wanted
from handlers.policy import Policy
from handlers.rules import notices as rule
from handlers.rules.notices import Verdict, both, contains, links
from handlers.rules.refusal import Refused


class Noticing:
    """A part of the clock's work. Whatever it does may be done twice, by another replica as well."""

    def __init__(self, door: Door, pages: Pages) -> None:
        self.door, self.pages = door, pages

    async def tick(self) -> None:
        """Plan what is not planned, and look at the pages where that is due. Raises `DatabaseDown`."""
        if await self.door.look(CLOCK, wanted):
            await self.door.enter(steps.plan(), CLOCK)
        if await self.door.look(CLOCK, is_due):
            await self.look()

    async def look(self) -> None:
        """Look at both pages now. Raises `DatabaseDown`."""
        policy = self.door.policy
        found = await seen(self.pages, policy)
        try:
            await self.door.enter(steps.looked(found.answer, found.reasons, rule.digest(policy, "website")), CLOCK)
        except Refused:  # a stranger's page stops nobody's clock
            return


async def seen(pages: Pages, policy: Policy) -> Verdict:
    """What both pages say; raises nothing."""
    hosts = rule.hosts(policy)
    website, contact = await asyncio.gather(
        _page(pages, policy.notices.website, hosts), _page(pages, policy.notices.contact, hosts)
    )
    first = await _judged(website, lambda page: contains(page.text, policy.notices.announcement))
    targets = frozenset({policy.notices.website, *(website.ways if isinstance(website, Page) else ())})
    second = await _judged(contact, lambda page: links(page.text, page.ways[-1], targets))
    if not rule.is_address(policy.notices.website):
        second = Verdict("unseen")  # nobody can tell whether it links to a page that has no address
    return both(first, second)


async def _page(pages: Pages, address: str, hosts: frozenset[str]) -> Page | Unseen:
    if not rule.is_address(address):
        return Unseen("no_address")
    try:
        return await pages.read(address, hosts)
    except Unseen as unseen:
        return unseen


async def _judged(page: Page | Unseen, judge: Callable[[Page], Verdict]) -> Verdict:
    """Beside the loop, since a stranger's page may take a while to read."""
    if isinstance(page, Unseen):
        return Verdict("unseen", (page.reason,))
    try:
        return await asyncio.to_thread(judge, page)
    except Exception:  # noqa: BLE001  whatever a stranger wrote, it is no answer to what the page says
        return Verdict("unseen", ("unreadable",))
