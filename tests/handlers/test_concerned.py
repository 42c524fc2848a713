"""P9: a person whom a request names as concerned doesn't decide it, get a copy or find it."""

import pytest

from handlers import form_introduction
from handlers.access import asking, deciding
from handlers.access.room import MATTER
from handlers.acting import CLOCK, DELIVERY, Actor
from handlers.matters import showing
from handlers.matters.asking import warn_next
from handlers.rules import Refused
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    NAMES,
    POLICY,
    Company,
    ask,
    audit,
    away,
    chosen,
    claim_about,
    email,
    form,
    ledger,
    parts,
    refusal,
    stored,
    with_role,
    words_for,
)
from tests.handlers.reading import detailed, home_of, lines, looking, whole_of

GONE = "I can’t find this request."
FACT = "Concerns: "


async def _page(company: Company, who: Actor, request: str) -> str:
    """What Details says, also where it refuses."""
    try:
        return (await looking(company, who, lambda ctx: showing.details_page(ctx, request))).title
    except Refused as refused:
        return str(refused)


async def test_p9_a_person_it_concerns_finds_nothing_anywhere(company: Company) -> None:
    request = await ask(company, company.anna, **claim_about("helena"))
    for intent in (
        deciding.approve_request(request),
        deciding.deny_request(request, "No."),
        deciding.pass_on(request, "Not mine."),
        deciding.withdraw_request(request),
    ):
        assert str(await refusal(company, intent, company.helena)) == GONE
    assert await _page(company, company.helena, request) == await _page(company, company.helena, "R-NONE2222") == GONE
    for name in ("deny", "question", "pass_on"):
        with pytest.raises(Refused, match=GONE):
            await looking(company, company.helena, lambda ctx, name=name: form_introduction(ctx, name, request))  # type: ignore[misc]
    home = lines(await home_of(company, company.helena))
    assert home[0].endswith("nothing needs you")
    assert not [line for line in home if request in line]
    assert (await ledger(company, company.helena), await whole_of(company, request, company.helena)) == ([], None)


async def test_p9_only_the_decider_and_the_asker_read_whom_it_concerns(company: Company) -> None:
    request = await ask(company, company.anna, **claim_about("helena"))
    for who in (company.anna, company.ruth):
        assert f"{FACT}Helena Marsh" in lines(await detailed(company, request, who))
    await company.door.enter(deciding.pass_on(request, "I know her well."), company.ruth)
    assert f"{FACT}Helena Marsh" in lines(await detailed(company, request, company.miles))
    assert not [one for one in lines(await detailed(company, request, company.ruth)) if one.startswith(FACT)]
    plain = await ask(company, company.anna, **CLAIM)
    assert not [one for one in lines(await detailed(company, plain, company.helena)) if one.startswith(FACT)]


async def test_p9_no_approver_reads_in_the_past_of_what_concerns_them(company: Company) -> None:
    await ask(company, company.anna, **claim_about("helena"))
    nothing = "Anna Quill has sent you no other requests in the last 90 days."
    later = await ask(company, company.anna, **{**CLAIM, "crm": "CS-10442"})
    card = lines(await detailed(company, later, company.helena))
    assert nothing in card
    assert not [one for one in card if "another open request" in one]
    third = await ask(company, company.anna, **claim_about("helena", crm="CS-9"))
    [past] = [one for one in lines(await detailed(company, third, company.ruth)) if "in the last 90 days" in one]
    assert "1 other request in the last 90 days: 1 waiting" in past


async def test_p9_a_person_who_becomes_a_deputy_later_and_is_named_has_no_part_either(company: Company) -> None:
    request = await ask(company, company.anna, **claim_about("deven"))
    assert await parts(company, request) == {"helena": "approver"}
    company.door.policy = with_role(
        away(POLICY, "head_of_customer_success"), "head_of_customer_success", deputies=(email(NAMES["deven"]),)
    )
    await company.door.enter(MATTER.recheck(request), CLOCK)
    assert await parts(company, request) == {"helena": "approver", "ruth": "approver"}
    another = await ask(company, company.anna, **claim_about("deven", crm="CS-2"))
    assert await parts(company, another) == {"ruth": "approver"}
    assert await _page(company, company.deven, request) == GONE


class TestWithNobodyLeft:
    CHAIN = ("helena", "ruth", "miles")

    async def test_p9_it_is_stuck_and_says_so_at_once(self, company: Company) -> None:
        request = await ask(company, company.anna, **claim_about(*self.CHAIN))
        assert (await stored(company, request)).state == "stuck"
        told = "No one may decide this at the moment, and I couldn’t reach anyone who can fix that. Please ask the bot’s administrator"
        assert [one for one in lines(await detailed(company, request, company.anna)) if one.startswith(told)]
        assert (await audit(company, request))[0][4]["warned"] == []
        assert [one.kind for one in await ledger(company)] == ["alert", "show"]

    async def test_p9_a_person_who_can_fix_it_is_told_but_no_one_whom_it_concerns(self, company: Company) -> None:
        """The chain is named whole but for the Managing Director, who asks for it."""
        request = await ask(company, company.miles, **claim_about("helena", "ruth"))
        assert (await audit(company, request))[0][4]["warned"] == []
        policy = with_role(POLICY, "breach_fallback", deputies=(email(NAMES["henrik"]),))
        company.door.policy = policy
        other = await ask(company, company.miles, **claim_about("helena", "ruth", crm="CS-2"))
        assert (await audit(company, other))[0][4]["warned"] == [company.henrik.person_id]
        [warning] = [one for one in await ledger(company) if one.kind == "warn"]
        assert await words_for(company, company.henrik)
        await company.door.enter(warn_next(warning.id, warning.payload["alarm"], "user_disabled"), DELIVERY)
        assert (await audit(company, other))[-1][4]["warned"] == []


@each("value", ["R-1", chosen("anna"), "", "x" * 200])
async def test_p9_a_name_that_is_no_role_holder_is_refused_at_its_field(company: Company, value: str) -> None:
    refused = await refusal(
        company, asking.file_request(form(company.calls[:1], **{**CLAIM, "concerned": [value]}), "k"), company.anna
    )
    assert list(refused.fields) == ["concerned"]
    assert refused.fields["concerned"].endswith("Please choose again.")
