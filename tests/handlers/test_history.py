"""P7, P9: what an approver sees of a requester's past leaves out, in number and in words, whatever that approver may not decide."""

from random import Random

import pytest

from handlers.acting import Actor
from storage.unreadable import Unreadable
from tests.clocks import Seconds
from tests.handlers.builders import CLAIM, POLICY, Company, ask, away, call, email, register
from tests.handlers.reading import detailed, home_of, lines
from tests.spoiling import NO_UTF8, said

NOTHING = "Anna Quill has sent you no other requests in the last 90 days."
ONE_WAITS = "Anna Quill sent you 1 other request in the last 90 days: 1 waiting. For: "


async def _history(company: Company, request: str, who: Actor) -> str:
    [told] = [one for one in lines(await detailed(company, request, who)) if "in the last 90 days" in one]
    return told


async def _taken_by(company: Company, name: str) -> int:
    """A call that this person took."""
    full = {"tara": "Tara Lindqvist", "deven": "Deven Okafor", "helena": "Helena Marsh"}[name]
    [his] = await register(company.door, call(9, native_id=name, operator_key=email(full), operator_name=full))
    return his


async def test_p7_a_deputy_does_not_learn_of_what_went_round_the_holder(company: Company) -> None:
    """Where the team leader was on the call her deputies are passed over as well."""
    hers, his = await _taken_by(company, "tara"), await _taken_by(company, "deven")
    for one in (hers, his):
        await ask(company, company.anna, calls=[one], reason="performance")
    company.door.policy = away(POLICY, "team_leader")
    assert await _history(company, await ask(company, company.anna), company.deven) == NOTHING


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_past_each_reader_reads_as_if_the_rest_had_never_been(company: Company, seed: int) -> None:
    """Twelve requests of any kind, about calls of anybody: the same number and reasons as from their own part alone."""
    chance = Random(seed)
    calls = {"bram": company.calls[0], **{one: await _taken_by(company, one) for one in ("tara", "deven", "helena")}}
    past = [(chance.choice(list(POLICY.reasons)), chance.choice(list(calls))) for _ in range(12)]
    for number, (reason, operator) in enumerate(past):
        more = {**CLAIM, "reason": reason} if reason in ("crime", "legal_claim") else {"reason": reason}
        await ask(company, company.anna, calls=[calls[operator]], **more, crm=f"CS-{number}")
    staff = [(reason, operator) for reason, operator in past if reason not in ("crime", "legal_claim")]
    theirs = {
        "tara": [one for one in staff if one[1] != "tara"],
        "helena": [
            *(one for one in past if one not in staff and one[1] != "helena"),
            *(one for one in staff if one[1] == "tara"),
        ],
    }
    cards = {
        "tara": await ask(company, company.anna, crm="CS-98"),
        "helena": await ask(company, company.anna, **{**CLAIM, "crm": "CS-99"}),
    }
    for reader, request in cards.items():
        told = await _history(company, request, company.people[reader])
        labels = {POLICY.reasons[reason].label for reason, _ in theirs[reader]}
        assert f"sent you {len(theirs[reader])} other request" in told
        assert set(told.partition("For: ")[2].split("; ")) <= labels


SPOILT = (
    "matters SET asked_at = 'x'", "matters SET kind = 'nothing we know'", "matters SET kind = 'hold'", "matters SET due_at = 'x'",
    "matters SET promise = '{'", f"matters SET state = {NO_UTF8}",
)  # fmt: skip


async def test_p7_past_requests_that_can_not_be_read_keep_no_card_away(company_in_a_file: Company) -> None:
    """They are left out of the requester's past, and the others are there."""
    company = company_in_a_file
    company.database.unreadable = Unreadable(Seconds())  # by which no table was looked through a moment ago
    await ask(company, company.anna, reason="training", calls=company.calls[1:2], crm="CS-10444")
    for number, change in enumerate(SPOILT):
        past = await ask(company, company.anna, calls=company.calls[2:], crm="CS-10445", purpose=f"{number}")
        which = "id" if change.startswith("matters") else "matter_id"
        await company.database.write(said(f"UPDATE {change} WHERE {which} = '{past}'"))
    request = await ask(company, company.anna)
    assert await _history(company, request, company.tara) == ONE_WAITS + POLICY.reasons["training"].label
    for reader in (company.tara, company.anna):
        assert lines(await home_of(company, reader))
