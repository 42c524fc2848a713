"""A call whose audio is kept for a report, and somebody who asks to hear it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from handlers import gather_calls
from handlers.breach import hearing
from handlers.breach.known import CallView
from handlers.policy import Policy
from handlers.rules.refusal import Refused
from storage.breaches import AUDIO
from storage.database.store import Store
from storage.tables.breaches import ReportPart
from tests.handlers.breach.reporting import Page, heard, page, report, the_report
from tests.handlers.builders import NAMES, Company, email

PARTS = (b"RIFF" + b"first part of the audio" * 40, b"second part of the audio" * 40)
QUESTION = "Someone asks whether a call may be heard for a confidential report."


async def the_page(company: Company, who: str = "ruth", **more: Any) -> Page:
    """Somebody's page of a report of Anna's, with the first call gathered."""
    await report(company, company.anna, **more)
    mine = await page(company, company.people[who], await the_report(company))
    await mine.do(gather_calls, "CS-10443")
    await heard(company)
    return mine


async def kept(company: Company, mine: Page, parts: tuple[bytes, ...] = PARTS, *, call: int = 0) -> str:
    """The call's audio is kept, in two parts or these; the copy's name."""
    name = await mine.do(hearing.keep, company.calls[call])
    for number, data in enumerate(parts):
        await mine.do(hearing.keeping, name, number, data)
    await mine.do(hearing.kept, name, company.calls[call], len(parts), sum(map(len, parts)), "audio/wav")
    return name


async def asked(company: Company, who: str = "ruth", **more: Any) -> tuple[Page, str]:
    """Somebody keeps the audio and asks to hear it."""
    mine = await the_page(company, who, **more)
    name = await kept(company, mine)
    await mine.do(hearing.ask_to_hear, name)
    return mine, name


async def granted(company: Company, mine: Page, parts: tuple[bytes, ...] = PARTS, **more: Any) -> str:
    """Ruth keeps the audio and may hear it; the copy's name."""
    name = await kept(company, mine, parts, **more)
    await mine.do(hearing.ask_to_hear, name)
    await decided(company, mine, name, "helena")
    return name


async def decided(
    company: Company, mine: Page, name: str, by: str, *, asker: str = "ruth", allowed: bool = True
) -> None:
    theirs = await page(company, company.people[by], mine.report)
    await theirs.do(hearing.decide_hearing, name, email(NAMES[asker]), allowed=allowed)


async def the_call(mine: Page) -> CallView:
    [one] = (await mine.read()).calls
    return one


async def refused(look: Callable[[], Awaitable[object]]) -> str:
    with pytest.raises(Refused) as told:
        await look()
    return told.value.code


async def stored_parts(company: Company) -> list[tuple[str, int]]:
    def look(store: Store) -> list[tuple[str, int]]:
        return sorted(
            (one.name.split("/")[1], one.number) for one in store.session.query(ReportPart).filter_by(kind=AUDIO)
        )

    return await company.database.read(look)


def with_deputies(policy: Policy, **deputies: tuple[str, ...]) -> Policy:
    held = {
        role: policy.role(role).model_copy(update={"deputies": tuple(email(NAMES[one]) for one in names)})  # type: ignore[arg-type]
        for role, names in deputies.items()
    }
    return policy.model_copy(update={"roles": policy.roles.model_copy(update=held)})
