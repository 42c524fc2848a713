"""P7: the approver chooses how long access lasts; the requester asks for more time, and reminds those who decide once a day."""

from datetime import datetime, timedelta

from handlers import CHANGES, listening
from handlers.access import deciding
from handlers.acting import CLOCK
from storage.database.store import Store
from tests.each import each
from tests.handlers.builders import POLICY, Company, approved, ask, away, ledger, quiet, refusal, seeded, words_for
from tests.handlers.passing_time import delivered, digests, fall, pass_until
from tests.handlers.reading import buttons, detailed, home_of, labels, lines, seen, title, whole_of
from tests.handlers.test_reminding import coming
from tests.handlers.test_waiting import sydney


async def _ends(company: Company, request: str) -> timedelta:
    """For how long access lasts from now, by the grant and by the clock, which agree."""
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    assert await coming(company, "access.end", request) == grant.ends_at
    return grant.ends_at - company.clock.now


@each(("label", "days"), [("Approve", 7), ("Approve for 1 day", 1), ("Approve for 30 days", 30)])
async def test_p7_the_approver_chooses_how_long_access_lasts(company: Company, label: str, days: int) -> None:
    request = await ask(company, company.anna)
    card = await whole_of(company, request, company.tara)
    assert card is not None
    [button] = [one for one in buttons(card) if one.label == label]
    await company.door.enter(CHANGES[button.action].intent(button.value), company.tara)
    assert await _ends(company, request) == timedelta(days=days)


async def test_p7_a_length_that_the_policy_does_not_offer_is_refused(company: Company) -> None:
    request = await ask(company, company.anna)
    refused = await refusal(company, deciding.approve_request(request, "90"), company.tara)
    assert str(refused) == "Access can last this many days: 1, 7, 30. Please choose one of these."


async def test_p7_the_same_approver_gives_more_time_with_one_press(company: Company) -> None:
    company.clock.now = sydney("2026-11-26", 10)
    request = await approved(company)
    await delivered(company)
    assert labels(await seen(company, request, company.anna)) == ["Listen", "More time", "Withdraw"]
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    await fall(company)
    [[told]] = await digests(company, company.tara)
    assert told.startswith("Anna Quill is asking you for more time to hear a call.")
    card = await seen(company, request, company.tara)
    assert (title(card), labels(card)) == ("⏳ wants more time", ["Approve", "Deny"])
    assert "Approve gives 7 more days, until <09 Dec 23:00>. For 1 or 30, press Details." in str(lines(card))
    assert "press Details" not in str(lines(await detailed(company, request, company.tara)))
    assert "Anna Quill wants more time" in str(lines(await home_of(company, company.tara)))
    await company.door.enter(CHANGES["extend"].intent(request), company.tara)
    assert await _ends(company, request) == timedelta(days=14)
    assert (await words_for(company, company.anna))[-1] == (
        "Tara Lindqvist gave you more time to hear a call, until Thu 10 Dec, 10:00 Sydney. Press Details to listen."
    )
    assert labels(await seen(company, request, company.anna)) == ["Listen", "More time", "Withdraw"]
    assert labels(await seen(company, request, company.tara)) == []
    await pass_until(company, sydney("2026-12-09", 10))
    await company.door.enter(listening.make_listen_code(request), company.anna)


async def test_p7_without_more_time_access_ends_as_it_would_have(company: Company) -> None:
    for answered in (True, False):
        request = await approved(company, crm=f"CS-{answered:d}")
        await company.door.enter(deciding.ask_for_more_time(request), company.anna)
        if answered:
            await company.door.enter(deciding.deny_more_time(request), company.tara)
            assert (await words_for(company, company.anna))[-1].startswith("Tara Lindqvist gave you no more time")
            card = await seen(company, request, company.anna)
            assert labels(card) == ["Listen", "Withdraw"]
            assert "You were given no more time. You can listen until" in str(lines(card))
            assert (await refusal(company, deciding.ask_for_more_time(request), company.anna)).code == "denied"
            assert await refusal(company, deciding.deny_more_time(request), company.tara)
        company.clock.pass_(days=7)
        await company.door.enter(deciding.expire_access(request), CLOCK)
        refused = await refusal(company, deciding.extend_access(request), company.tara)
        assert str(refused) == "This was answered already, or access has ended."
        assert labels(await seen(company, request, company.tara)) == []


async def test_p7_only_who_gave_access_gives_more_time_and_only_its_holder_asks(company: Company) -> None:
    waits = await ask(company, company.anna, crm="CS-9")
    assert (await refusal(company, deciding.ask_for_more_time(waits), company.anna)).code == "no_grant"
    request = await approved(company)
    for who in (company.tara, company.bram):
        assert await refusal(company, deciding.ask_for_more_time(request), who)
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    await quiet(company, deciding.ask_for_more_time(request), company.anna)
    for who in (company.anna, company.helena, company.deven):
        assert await refusal(company, deciding.extend_access(request), who)
    assert await _ends(company, request) == timedelta(days=7)


async def test_p7_while_the_approver_is_away_the_deputy_gives_more_time(company: Company) -> None:
    request = await approved(company)
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    company.door.policy = away(POLICY, "team_leader")
    assert "You asked for more time. Deven Okafor is deciding." in str(
        lines(await seen(company, request, company.anna))
    )
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    assert "Deven Okafor" in str(lines(await seen(company, request, company.anna)))
    assert labels(await seen(company, request, company.deven)) == ["Approve", "Deny"]
    await company.door.enter(deciding.extend_access(request), company.deven)
    assert await _ends(company, request) == timedelta(days=14)


async def test_p12_more_time_than_the_call_has_is_told_to_the_approver(company: Company) -> None:
    request = await approved(company)
    erased = company.clock.now + timedelta(days=9)
    await company.database.write(lambda store: _erase_at(store, request, erased))
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    told = f"⚠️ This call is erased <{erased:%d %b %H:%M} Australia/Sydney>, before this access ends."
    assert told in lines(await seen(company, request, company.tara))
    assert "erased" not in str(lines(await seen(company, request, company.anna)))


def _erase_at(store: Store, request: str, at: datetime) -> None:
    for one in store.recordings.of_request(request):
        one.erase_at = at
    seeded(store)


async def test_p7_a_nudge_reminds_beneath_the_card_once_a_day(company: Company) -> None:
    company.clock.now = sydney("2026-11-26", 10)
    request = await ask(company, company.anna)
    await delivered(company)
    assert labels(await seen(company, request, company.anna)) == ["Nudge", "Withdraw"]
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    assert "Sent to Tara Lindqvist ✓ <25 Nov 23:00>" in lines(await seen(company, request, company.anna))
    await fall(company)
    [[told]] = await digests(company, company.tara)
    assert told.startswith("Anna Quill is asking for your decision, after ")
    assert told.endswith("[Details]")
    company.clock.pass_(hours=5)
    refused = str(await refusal(company, deciding.nudge_approvers(request), company.anna))
    assert refused == (
        "You have already sent a reminder. It reached Tara Lindqvist on Thu 26 Nov, 10:00 Sydney. "
        "You can send another from Fri 27 Nov, 10:00 Sydney."
    )
    company.clock.pass_(hours=19)
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    await fall(company)
    assert len([one for one in await ledger(company, company.tara) if one.kind == "digest"]) == 2


async def test_p7_a_nudge_before_work_says_when_it_comes(company: Company) -> None:
    company.clock.now = sydney("2026-11-26", 7)
    request = await ask(company, company.anna)
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    assert "Your reminder reaches Tara Lindqvist <25 Nov 22:00>." in lines(await seen(company, request, company.anna))
    refused = str(await refusal(company, deciding.nudge_approvers(request), company.anna))
    assert "It reaches Tara Lindqvist on Thu 26 Nov, 09:00 Sydney." in refused
