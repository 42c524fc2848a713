"""Two accounts with one address are settled by the administrator, on record (P7, B3)."""

from dataclasses import replace

from handlers import people
from handlers.access import deciding
from handlers.acting import COMMAND, DELIVERY, Actor
from handlers.people import Trouble, keep_account, list_troubles
from tests.each import each
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    account,
    ask,
    audit,
    email,
    ledger,
    left,
    meet,
    missed,
    person,
    refusal,
    with_role,
    words_for,
)

TARA = NAMES["tara"]


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
        "Another account is yours for the call recordings. Please use that one.", "set_aside",
    )  # fmt: skip
    await company.door.enter(deciding.approve_request(request), await meet(company.door, account(kept, TARA)))
    assert second.person_id == company.tara.person_id


async def test_p7_nobody_becomes_somebody_else(company: Company) -> None:
    """An account that took another person's address does not act for that person, whoever says so."""
    stolen = replace(account("UTARA", TARA), email=email("Anna Quill"), email_key=email("Anna Quill"))
    await meet(company.door, stolen)
    refused = await refusal(company, keep_account("slack:UTARA"), COMMAND)
    assert (str(refused), refused.code) == (
        "slack:UTARA has been Tara Lindqvist so far, and no one becomes someone else. Correct its e-mail address instead.",
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


async def test_everybody_who_is_to_be_settled_is_listed(company: Company) -> None:
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
