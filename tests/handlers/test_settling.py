"""The administrator settles two accounts with one address, a former address, and one that another person has now, on
record (P7, P11).
"""

from dataclasses import replace

import pytest

from handlers import listening, people
from handlers.access import asking, deciding
from handlers.acting import COMMAND, DELIVERY, Actor
from handlers.people import Trouble, keep_account, list_troubles, settle_newcomer
from handlers.rules import Refused
from tests.each import each
from tests.handlers.addresses import (
    ANNA,
    NEW,
    OLD,
    SETTLE,
    TARA,
    ambiguous,
    anew,
    approvers,
    led_by,
    moves,
    settled,
    standing_of,
)
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    account,
    approved,
    ask,
    audit,
    call,
    email,
    form,
    ledger,
    left,
    meet,
    missed,
    person,
    refusal,
    register,
    with_role,
    words_for,
)
from tests.handlers.reading import card_of
from tests.handlers.whose_data.acts import NOTHING, hear, reads

pytestmark = pytest.mark.long


async def _second(company: Company, name: str = "tara") -> Actor:
    """A second account with this person's address."""
    return await meet(company.door, account("U0SECOND", NAMES[name]))


async def _troubles(company: Company) -> list[Trouble]:
    return await company.database.read(lambda store: list_troubles(store, company.door.policy))


async def test_p7_what_waits_for_her_finds_out_and_human_resources_hears_of_it(company: Company) -> None:
    request = await ask(company, company.anna)
    before = len(await ledger(company))
    await _second(company)
    assert await left(company, before) == [("show", "tara"), ("warn", "ruth")]
    [told] = await words_for(company, company.ruth)
    assert told.startswith("A second account has an e-mail address that Tara Lindqvist has or had")
    assert told.endswith("recording-steward people.")
    entry = [one for one in await audit(company) if one[1] == "people.meet"][-1]
    assert entry[4] == {"standing": "ambiguous", "warned": [company.ruth.person_id]}
    await missed(company, request, company.tara)
    await company.door.enter(deciding.approve_request(request), company.deven)


@each("kept", ["UTARA", "U0SECOND"])
async def test_the_account_that_is_kept_acts_and_the_other_is_told_to_use_it(company: Company, kept: str) -> None:
    request = await ask(company, company.anna)
    second = await _second(company)
    other = ({"UTARA", "U0SECOND"} - {kept}).pop()
    assert await company.door.enter(keep_account(f"slack:{kept}"), COMMAND) == (f"slack:{other}",)
    refused = await refusal(company, deciding.approve_request(request), await meet(company.door, account(other, TARA)))
    assert (str(refused), refused.code) == (
        "You use another account for call recordings. Please use that one.", "set_aside",
    )  # fmt: skip
    await company.door.enter(deciding.approve_request(request), await meet(company.door, account(kept, TARA)))
    assert second.person_id == company.tara.person_id


async def test_p7_no_one_becomes_someone_else(company: Company) -> None:
    """An account that took another person's address doesn't act for that person, whatever anyone says."""
    stolen = replace(account("UTARA", TARA), email=email("Anna Quill"), email_key=email("Anna Quill"))
    await meet(company.door, stolen)
    refused = await refusal(company, keep_account("slack:UTARA"), COMMAND)
    assert (str(refused), refused.code) == (
        "slack:UTARA has belonged to Tara Lindqvist so far, and an account can't change hands. Correct its e-mail address instead.",
        "somebody_else",
    )
    assert await company.door.enter(keep_account("slack:UANNA"), COMMAND) == ("slack:UTARA",)
    assert (await person(company, company.anna)).standing == "member"
    assert (await person(company, company.tara)).standing == "set_aside"


async def test_wrong_input_is_answered_by_a_sentence(company: Company) -> None:
    for wrong, code in (("slack:U9", "no_account"), ("nonsense", "no_account"), ("slack:UTARA", "nothing_shared")):
        assert (await refusal(company, keep_account(wrong), COMMAND)).code == code
    await _second(company)
    await meet(company.door, account("U0SECOND", TARA, "deactivated"))
    refused = await refusal(company, keep_account("slack:U0SECOND"), COMMAND)
    assert str(refused) == "slack:U0SECOND can't be kept: it is deactivated."
    await company.door.enter(people.note_left("slack", "UTARA"), DELIVERY)
    assert str(await refusal(company, keep_account("slack:UTARA"), COMMAND)) == "slack:UTARA can't be kept: it is gone."


async def test_everyone_who_is_to_be_settled_is_listed(company: Company) -> None:
    assert await _troubles(company) == []
    request = await ask(company, company.anna)
    await missed(company, request, company.tara)
    await meet(company.door, account("UHENRIK", NAMES["henrik"], "deactivated"))
    await _second(company, "deven")
    await meet(company.door, account("U0ANNA", NAMES["anna"]))
    await company.door.enter(keep_account("slack:UANNA"), COMMAND)
    company.door.policy = with_role(POLICY, "breach_fallback", deputies=("new@fernhill.example",))
    both = ("slack:UDEVEN", "slack:U0SECOND")
    assert sorted(await _troubles(company), key=lambda one: (one.kind, one.email)) == [
        Trouble("ambiguous", email(NAMES["deven"]), NAMES["deven"], both, known=("known first", "came later")),
        Trouble("set aside", email(NAMES["anna"]), "", ("slack:U0ANNA",)),
        Trouble("unreachable", email(NAMES["henrik"]), NAMES["henrik"], (), "deactivated"),
        Trouble("unreachable", "new@fernhill.example", "", (), "never met"),
        Trouble("unreachable", email(TARA), TARA, ("slack:UTARA",), "user_disabled"),
    ]


async def test_p7_is_hers_where_that_is_settled(company: Company) -> None:
    await moves(company)
    company.door.policy = led_by(NEW)
    told = anew("TTARA", OLD, TARA, "teams")
    await meet(company.door, told)
    [one] = await ambiguous(company)
    assert (one.accounts, one.known, one.waiting) == (
        ("slack:UTARA", "teams:TTARA"), ("known first", "not settled yet"), ("teams:TTARA",),
    )  # fmt: skip
    teams = await settled(company, people.keep_account("teams:TTARA"), told)
    assert (teams.person_id, teams.standing) == (company.tara.person_id, "member")
    assert await standing_of(company, company.tara) == "member"
    request = await ask(company, teams)
    assert await approvers(company, request) == {company.helena.person_id}
    assert (await refusal(company, deciding.approve_request(request), company.tara)).code == "requester"
    await company.door.enter(deciding.approve_request(await ask(company, company.anna)), teams)


async def test_p7_but_neither_of_them_decides_what_the_other_one_asks_for(company: Company) -> None:
    """The administrator may have been wrong, or have had their own account in mind."""
    await moves(company)
    told = replace(anew("TNEW", OLD, platform="teams"), zone="")
    await meet(company.door, told)
    new = await settled(company, people.settle_newcomer("teams:TNEW"), told)
    assert (await person(company, new)).zone == "Australia/Sydney"
    for asker, address in ((company.tara, OLD), (new, NEW)):
        company.door.policy = led_by(address)
        request = await ask(company, asker)
        assert await approvers(company, request) == {company.helena.person_id}


async def test_a_form_that_was_saved_before_it_was_changed_says_so(company: Company) -> None:
    filed = await company.door.enter(asking.file_request(form(company.calls[:1]), "view-1"), company.anna)
    refused = await refusal(company, asking.file_request(form(company.calls[1:2]), "view-1"), company.anna)
    assert str(refused) == (
        f"Your first request was saved after all, as {filed.request}. To change it, withdraw that one on its card first."
    )


async def _in_teams(company: Company) -> Actor:
    """Tara's account in Teams still has the address of before, and meets the bot for the first time."""
    return await meet(company.door, replace(account("TTARA", NAMES["tara"]), platform="teams"))


@each("named", [OLD, NEW])
async def test_p7_an_account_with_a_former_address_is_no_one_until_settled(company: Company, named: str) -> None:
    await moves(company)
    company.door.policy = led_by(named)
    teams = await _in_teams(company)
    slack = await meet(company.door, replace(account("UTARA", NAMES["tara"]), email=NEW, email_key=NEW))
    for who in (teams, slack):
        assert (who.person_id, who.standing) == (company.tara.person_id, "ambiguous")
        with pytest.raises(Refused) as refused:
            await ask(company, who)
        assert (str(refused.value), refused.value.code) == (SETTLE, "ambiguous")
    request = await ask(company, company.anna)
    assert await approvers(company, request) == {company.deven.person_id}
    assert len([one for one in await words_for(company, company.ruth) if "find out in person" in one]) == 1


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

    async def test_p7_is_someone_new_where_that_is_settled_and_it_is_on_record(self, company: Company) -> None:
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
            "slack:UNEW belongs to someone new. Please ask Anna Quill in person"
            in (await words_for(company, company.ruth))[-1]
        )
        assert await ask(company, new)

    async def test_p7_an_approver_who_left_is_not_followed_by_the_next_holder_of_the_address(
        self, company: Company
    ) -> None:
        await _leaves(company, "tara")
        new = await _newcomer(company, "tara")
        request = await ask(company, company.anna)
        assert await approvers(company, request) == {company.deven.person_id}
        assert (await refusal(company, deciding.approve_request(request), new)).code == "ambiguous"
        new = await settled(company, settle_newcomer("slack:UNEW"), anew("UNEW", OLD))
        another = await ask(company, company.anna, crm="CS-2")
        assert await approvers(company, another) == {new.person_id}
        await company.door.enter(deciding.approve_request(another), new)
