"""A matter that somebody spoilt by hand hides no other of its kind from whoever looks whether it is with the right ones (A1, A2, P7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import pytest

from handlers import matter_of
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request
from tests.handlers.random_review.acts import a_month, all_drawn, drawn, reviews_of
from tests.handlers.random_review.acts import frozen as a_draw
from tests.handlers.test_away_every_kind import KINDS
from tests.spoiling import said

pytestmark = pytest.mark.soak


async def _open_draw(company: Company) -> str:
    await a_month(company)
    return await a_draw(company)


async def _call_review(company: Company) -> str:
    await a_month(company)
    return (await reviews_of(company, await drawn(company)))[0].id


async def _reviewed_draw(company: Company) -> str:
    await a_month(company)
    return await all_drawn(company)


MORE: Mapping[str, Callable[[Company], Awaitable[str]]] = {
    "a customer’s request": a_request, "a draw": _open_draw, "a drawn call": _call_review, "a draw that was drawn": _reviewed_draw,
}  # fmt: skip


async def _spoilt(company: Company, kind: str, change: str) -> str:
    matter = await MORE[kind](company) if kind in MORE else (await KINDS[kind](company))[0]
    await company.database.write(said(f"UPDATE matters SET asked_at = 'x', {change} WHERE id = '{matter}'"))
    return matter


@pytest.mark.parametrize("kind", [*KINDS, *MORE])
async def test_a_matter_that_can_not_be_read_is_found_like_any_other(company_in_a_file: Company, kind: str) -> None:
    """All of its kind were passed over: nobody was asked instead of whoever had left."""
    matter = await _spoilt(company_in_a_file, kind, "due_at = 'x', closed_at = 'x', promise = '{'")
    assert matter in await company_in_a_file.database.read(lambda store: matter_of(matter).waiting(store))


@pytest.mark.parametrize("kind", KINDS)
async def test_and_so_is_one_that_nobody_may_decide(company_in_a_file: Company, kind: str) -> None:
    matter = await _spoilt(company_in_a_file, kind, "state = 'stuck'")
    assert await company_in_a_file.database.read(lambda store: matter_of(matter).stuck(store)) == [matter]
