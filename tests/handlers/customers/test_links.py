"""A customer's link: what is kept of it, who is let in, and what a wrong passcode costs (P8)."""

import json
from typing import Any

import pytest

from handlers.acting import WEB
from handlers.customers import links
from handlers.customers.links import Entered, Fit, judge_passcode
from handlers.rules.refusal import Refused
from storage.customers import LONGEST_SESSION
from storage.tables.customers import CustomerRequest
from tests.handlers.builders import Company, audit
from tests.handlers.customers.builders import Sent, sent
from tests.handlers.reading import looking

pytestmark = pytest.mark.by_hand  # what a release leaves is put there without it

NOBODY = Entered()


async def fit(one: Sent, code: str = "", passcode: str = "") -> Fit:
    """How code and passcode stand, for who only looks."""
    return await looking(
        one.company, WEB, lambda ctx: judge_passcode(ctx, code or one.code, passcode or one.passcode)[1]
    )


def other(passcode: str) -> str:
    return f"{(int(passcode) + 1) % 10**6:06d}"


async def test_p8_code_and_passcode_are_kept_as_marks(company: Company) -> None:
    one = await sent(company)
    row = await one.row()
    assert (row.code, len(one.code)) == (company.door.keys.mark_of_pass("link", one.code), 43)  # 256 bits in base64
    assert (row.passcode, len(one.passcode)) == (
        company.door.keys.mark("customer passcode", one.request, row.id, one.passcode),
        6,
    )
    assert (row.ends_at - row.made_at).days == company.door.policy.customers.link_days == 14
    stored = json.dumps([str(vars(row)), await audit(company)])
    assert one.code not in stored
    assert one.passcode not in stored


async def test_p8_both_together_let_somebody_in(company: Company) -> None:
    one = await sent(company)
    assert await fit(one) == "open"
    before = await one.redrawn()
    entered = await one.opened()
    row = await one.row()
    assert (entered.link, row.session) == (one.link, one.session_mark(entered.secret))
    assert (row.session_ends_at, row.opened_at) == (company.clock.now + LONGEST_SESSION, company.clock.now)
    detail = {"link": one.link, "fits": True, "session": row.session}
    assert (await audit(company, one.request))[-1] == ("web", "customer.open_link", "done", "P8", detail)
    assert await one.redrawn() == before + 2  # who filed it, who released it
    company.clock.pass_(minutes=5)
    await one.opened()
    assert (await one.row()).opened_at != company.clock.now
    assert await one.redrawn() == before + 2


async def test_p8_no_code_no_passcode_yet_and_what_is_locked_are_one_answer(company: Company) -> None:
    one = await sent(company, passcode=False)
    before = await audit(company)
    assert await fit(one, "guessed", "000000") == await fit(one, one.code, "000000") == "unknown"
    assert await one.opened("guessed", "000000") == await one.opened(one.code, "000000") == NOBODY
    assert await audit(company) == before
    passcode = await one.new_passcode()
    await one.to_state("locked")
    assert await fit(one, one.code, passcode) == await fit(one, one.code, other(passcode)) == "unknown"


async def test_p8_a_wrong_passcode_counts_and_the_fifth_locks(company: Company) -> None:
    one = await (await sent(company)).let_in()
    before = await one.redrawn()
    wrong = other(one.passcode)
    for tries in range(1, 6):
        assert await fit(one, one.code, wrong) == "wrong"
        assert await one.opened(one.code, wrong) == NOBODY
        detail = {"link": one.link, "fits": False, "tries": tries, "locked": tries == 5}
        assert (await audit(company, one.request))[-1] == ("web", "customer.open_link", "done", "P8", detail)
        assert await one.redrawn() == before + (2 if tries == 5 else 0)
    assert (await one.row()).link == "locked"
    assert await one.opened() == NOBODY
    with pytest.raises(Refused) as refused:
        await one.serving()
    assert refused.value.code == "ended"


async def test_p8_a_new_passcode_ends_the_one_before_and_opens_a_locked_link(company: Company) -> None:
    one = await (await sent(company)).let_in()
    first = one.passcode
    for _ in range(5):
        await one.opened(one.code, other(first))
    second = await one.new_passcode()
    row = await one.row()
    assert (row.link, row.tries, row.passcodes) == ("live", 0, 2)
    if second != first:
        assert await one.opened(one.code, first) == NOBODY
    with pytest.raises(Refused) as refused:
        await one.serving()
    assert refused.value.code == "session_over"
    assert (await one.opened(one.code, second)).secret


async def test_p8_a_link_gets_three_passcodes(company: Company) -> None:
    one = await sent(company)
    await one.new_passcode()
    await one.new_passcode()
    with pytest.raises(Refused) as refused:
        await one.new_passcode()
    assert (str(refused.value), refused.value.code) == (links.SPENT, "no_passcode_left")


@pytest.mark.parametrize("state", ["ended", "withdrawn", "wrong_address", "bounced"])
async def test_p8_a_link_that_is_over_gets_none(company: Company, state: str) -> None:
    one = await sent(company)
    await one.to_state(state)
    with pytest.raises(Refused) as refused:
        await one.new_passcode()
    assert (str(refused.value), refused.value.code) == (links.OVER, "link_over")


async def _withdrawn(one: Sent) -> None:
    await one.change((CustomerRequest, one.request), state="withdrawn")


async def _open_again(one: Sent) -> None:
    await one.change((CustomerRequest, one.request), state="waiting")


async def _days_pass(one: Sent) -> None:
    one.company.clock.pass_(days=14)


async def _clock_back(one: Sent) -> None:
    one.company.clock.pass_(seconds=-1)


ENDS: dict[str, Any] = {
    "withdrawn": lambda one: one.to_state("withdrawn"), "bounced": lambda one: one.to_state("bounced"),
    "wrong address": lambda one: one.to_state("wrong_address"), "ended": lambda one: one.to_state("ended"),
    "request withdrawn": _withdrawn, "request open again": _open_again, "days over": _days_pass, "clock back": _clock_back,
    "key destroyed": lambda one: one.destroy_key(),
}  # fmt: skip


@pytest.mark.parametrize("way", ENDS)
async def test_p8_that_it_is_over_learns_only_who_has_both(company: Company, way: str) -> None:
    one = await sent(company)
    await ENDS[way](one)
    before = await audit(company)
    assert await fit(one) == "over"
    assert await one.opened() == Entered(over=True)
    assert await fit(one, one.code, other(one.passcode)) == "unknown"
    assert await one.opened(one.code, other(one.passcode)) == NOBODY
    assert await audit(company) == before
