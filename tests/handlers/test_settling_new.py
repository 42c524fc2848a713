"""P7, P11: an address that somebody had goes to nobody else, and makes nobody somebody, before whoever runs the bot has settled it."""

from dataclasses import replace

import pytest

from handlers import listening, people
from handlers.access import deciding
from handlers.acting import DELIVERY, WEB, Actor
from handlers.people import keep_account, settle_newcomer
from tests.handlers.addresses import ANNA, OLD, SETTLE, ambiguous, anew, approvers, settled, standing_of
from tests.handlers.builders import (
    NAMES,
    Company,
    account,
    approved,
    ask,
    audit,
    call,
    email,
    meet,
    refusal,
    register,
    words_for,
)
from tests.handlers.reading import card_of
from tests.handlers.whose_data.acts import NOTHING, hear, reads

pytestmark = pytest.mark.long


async def _leaves(company: Company, name: str = "anna") -> None:
    company.clock.pass_(days=1)
    gone = replace(account(f"U{name.upper()}", NAMES[name], "deactivated"), checked_at=company.clock.now)
    await company.door.enter(people.meet_account(gone), DELIVERY)


async def _newcomer(company: Company, name: str = "anna") -> Actor:
    company.clock.pass_(days=2)
    return await meet(company.door, replace(anew("UNEW", email(NAMES[name])), checked_at=company.clock.now))


class TestWhoeverGetsTheAddressOfSomebodyWhoLeft:
    """A newcomer is not the one who left: neither by what that one may hear, nor by what is written of it."""

    async def test_p7_p11_hears_and_reads_nothing_of_it_and_reads_whom_to_ask(self, company: Company) -> None:
        [hers] = await register(company.door, call(7, operator_key=email(ANNA), operator_name=ANNA))
        listened = await approved(company, company.bram, calls=[hers])
        await hear(company, listened, company.bram, hers)
        request = await approved(company, crm="CS-2")
        await _leaves(company)
        new = await _newcomer(company)
        assert new.standing == "ambiguous"
        for wanted in (listening.make_listen_code(request), deciding.withdraw_request(request)):
            refused = await refusal(company, wanted, new)
            assert (str(refused), refused.code) == (SETTLE, "ambiguous")
        new = await settled(company, settle_newcomer("slack:UNEW"), anew("UNEW", email(ANNA)))
        assert (await refusal(company, listening.make_listen_code(request), new)).code == "not_holder"
        assert await reads(company, new) == NOTHING
        assert await card_of(company, request, new) is None

    async def test_p7_is_somebody_new_where_that_is_settled_and_it_is_on_record(self, company: Company) -> None:
        await _leaves(company)
        await _newcomer(company)
        new = await settled(company, settle_newcomer("slack:UNEW"), anew("UNEW", email(ANNA)))
        assert new.standing == "member"
        assert new.person_id != company.anna.person_id
        assert await standing_of(company, company.anna) == "deactivated"
        assert await ambiguous(company) == []
        entry = [one for one in await audit(company, f"person:{company.anna.person_id}") if one[1] == "people.new"]
        warned = [company.ruth.person_id]
        detail = {"new": "slack:UNEW", "person": new.person_id, "set_aside": [], "warned": warned}
        assert entry == [("command", "people.new", "done", "", detail)]
        assert (
            "slack:UNEW is someone new’s. Please ask Anna Quill in person"
            in (await words_for(company, company.ruth))[-1]
        )
        assert await ask(company, new)

    async def test_p7_is_the_same_person_again_by_one_command_after_a_rehire(self, company: Company) -> None:
        request = await approved(company)
        await _leaves(company)
        await _newcomer(company)
        new = await settled(company, keep_account("slack:UNEW"), anew("UNEW", email(ANNA), ANNA))
        assert (new.person_id, new.standing) == (company.anna.person_id, "member")
        code = await company.door.enter(listening.make_listen_code(request), new)
        assert await company.door.enter(listening.exchange_code(code), WEB)
        assert (
            "slack:UNEW is theirs, too. Please ask Anna Quill in person" in (await words_for(company, company.ruth))[-1]
        )

    async def test_p7_an_approver_who_left_is_not_followed_by_whoever_gets_the_address(self, company: Company) -> None:
        await _leaves(company, "tara")
        new = await _newcomer(company, "tara")
        request = await ask(company, company.anna)
        assert await approvers(company, request) == {company.deven.person_id}
        assert (await refusal(company, deciding.approve_request(request), new)).code == "ambiguous"
        new = await settled(company, settle_newcomer("slack:UNEW"), anew("UNEW", OLD))
        another = await ask(company, company.anna, crm="CS-2")
        assert await approvers(company, another) == {new.person_id}
        await company.door.enter(deciding.approve_request(another), new)
