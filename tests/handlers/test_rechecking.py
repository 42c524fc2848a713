"""P7, P9: roles and absences change while a request waits; an approver out of reach is passed over, and an alarm is heard or said not to be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.access import deciding
from handlers.access.room import MATTER
from handlers.acting import CLOCK, DELIVERY, Actor, Intent
from handlers.matters import asking
from handlers.matters.showing import note_press
from handlers.policy import Policy
from storage.records import Copy, Outgoing
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    NAMES,
    POLICY,
    Company,
    account,
    ask,
    audit,
    away,
    email,
    ledger,
    left,
    meet,
    missed,
    nobody_left,
    refusal,
    stored,
    with_role,
    words_for,
)
from tests.handlers.passing_time import delivered, pass_until
from tests.handlers.reading import detailed, home_of, labels, lines, seen, title, whole_of
from tests.handlers.test_waiting import sydney

WAITS = "⏳ Anna Quill wants"


async def recheck(company: Company, request: str) -> list[tuple[str, str]]:
    """What it left, and for whom."""
    before = len(await ledger(company))
    await company.door.enter(MATTER.recheck(request), CLOCK)
    return await left(company, before)


async def test_p7_a_new_holder_is_asked_and_the_old_one_reads_who_decides(company: Company) -> None:
    request = await ask(company, company.anna)
    company.door.policy = with_role(POLICY, "team_leader", holder=email(NAMES["quinn"]), deputies=())
    told = await recheck(company, request)
    assert ("show", "tara") in told
    card = await seen(company, request, company.tara)
    assert labels(card) == []
    assert title(card).startswith("⏳ waiting for ")
    detail = (await audit(company, request))[-1][-1]
    assert detail["over"] == [company.tara.person_id]
    assert (await refusal(company, deciding.approve_request(request), company.tara)).code == "not_approver"


async def test_p7_a_request_that_was_stuck_continues_when_someone_may_decide(company: Company) -> None:
    company.door.policy = nobody_left()
    request = await ask(company, company.helena)
    assert (await stored(company, request)).state == "stuck"
    company.door.policy = POLICY
    assert ("show", "tara") in await recheck(company, request)
    assert (await stored(company, request)).state == "waiting"
    assert title(await seen(company, request, company.tara)) == "⏳ Helena Marsh wants"


@each("press", [deciding.approve_request, lambda request: deciding.ask_requester(request, "Which invoice?")])
async def test_p7_who_was_passed_over_and_acts_is_back(company: Company, press: Callable[[str], Intent[None]]) -> None:
    request = await ask(company, company.anna)
    await missed(company, request, company.tara)
    before = len(await ledger(company))
    await company.door.enter(press(request), company.tara)
    assert ("show", "tara") in (await left(company))[before:]
    assert "Approve" not in labels(await seen(company, request, company.tara)) or press is not deciding.approve_request


async def test_p7_a_press_that_comes_too_late_brings_a_stale_card_up_to_date(company: Company) -> None:
    request = await ask(company, company.anna)
    copy = Copy(
        matter=request, person_id=company.tara.person_id or 0, platform="slack", conversation="D1", message="1.1",
        revision=1, drawn_at=company.clock.now,
    )  # fmt: skip
    await company.database.write(lambda store: store.outbox.remember(copy))
    await missed(company, request, company.tara)
    await company.door.enter(deciding.approve_request(request), company.deven)
    before = len(await ledger(company))
    await company.door.enter(note_press(request), company.tara)
    assert ("show", "tara") in (await left(company))[before:]
    assert title(await seen(company, request, company.tara)) == "✅ Deven Okafor approved Anna Quill’s"


async def test_p7_who_is_a_member_again_is_asked_again(company: Company) -> None:
    request = await ask(company, company.anna)
    name = NAMES["tara"]
    await meet(company.door, account("UTARA", name, "guest"))
    await missed(company, request, company.tara)
    before = len(await ledger(company))
    await meet(company.door, account("UTARA", name))
    assert (await left(company))[before:] == [("show", "anna"), ("show", "tara"), ("show", "deven")]
    assert title(await seen(company, request, company.tara)) == WAITS
    assert "1 to do" in title(await home_of(company, company.tara))


async def test_p7_who_came_back_while_a_card_was_on_its_way_is_tried_again(company: Company) -> None:
    """The bot was taken away and added again within a moment: the attempt of before is no news any more."""
    request = await ask(company, company.anna)
    [card] = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    began = company.clock.now
    back = replace(account("UTARA", NAMES["tara"]), checked_at=began + timedelta(milliseconds=1))
    await meet(company.door, back)
    company.clock.pass_(milliseconds=1)
    told = MATTER.reroute(request, company.tara.person_id or 0, "absent", card.id, began)
    await company.door.enter(told, DELIVERY)
    [again] = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    assert (again.state, again.due_at, again.leased_until) == ("queued", company.clock.now, None)
    await company.door.enter(
        MATTER.reroute(request, company.tara.person_id or 0, "absent", card.id, began + timedelta(seconds=1)), DELIVERY
    )
    [failed] = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    assert (failed.state, failed.code) == ("failed", "absent")


EVERYBODY = ("helena", "henrik", "ruth", "miles")


async def _stuck(company: Company, code: str = "channel_not_found") -> str:
    """A claim that reached no one who may decide it."""
    request = await ask(company, company.anna, **CLAIM)
    await missed(company, request, *(company.people[one] for one in EVERYBODY), code=code)
    assert (await stored(company, request)).state == "stuck"
    return request


async def _another(company: Company) -> None:
    """Another card arrives a minute later: of what Helena wants to hear."""
    company.clock.pass_(minutes=1)
    await ask(company, company.helena)
    await delivered(company)


async def test_p7_what_no_one_could_decide_is_asked_again_of_people_reached_since(company: Company) -> None:
    request = await _stuck(company)
    assert await recheck(company, request) == []
    await _another(company)
    assert ("show", "helena") in await recheck(company, request)
    assert title(await seen(company, request, company.helena)) == "⏳ Anna Quill wants"
    assert (await audit(company, request))[-1][4]["back"] == [company.helena.person_id]
    assert await recheck(company, request) == []
    await company.door.enter(deciding.approve_request(request), company.helena)


async def test_p7_a_card_that_was_given_up_is_not_asked_again_and_again(company: Company) -> None:
    """This card itself may be the one that can't be drawn: then every other one that arrives would make it fail again,
    with an alarm.
    """
    request = await _stuck(company, "gave_up_fault")
    await _another(company)
    assert await recheck(company, request) == []
    assert (await stored(company, request)).state == "stuck"


async def _parties(company: Company, request: str) -> list[tuple[int, str, str]]:
    parties = await company.database.read(lambda store: store.matters.parties(request))
    return [(one.person_id, one.part, one.unreachable) for one in parties]


async def test_p7_the_deputy_is_asked_without_an_alarm(company: Company) -> None:
    request = await ask(company, company.anna)
    company.clock.pass_(minutes=1)
    await missed(company, request, company.tara)
    assert (await left(company))[2:] == [("show", "anna"), ("show", "deven")]
    tara, deven = company.tara.person_id, company.deven.person_id
    assert await _parties(company, request) == [(tara, "approver", "user_disabled"), (deven, "approver", "")]
    [card] = await ledger(company, company.tara)
    assert (card.state, card.code, card.done_at) == ("failed", "user_disabled", company.clock.now)
    roles = {str(deven): "team_leader"}
    detail = {"person": tara, "code": "user_disabled", "asked": [deven], "told": [], "because": "", "roles": roles}
    assert (await audit(company, request))[-1] == ("delivery", "access.reroute", "done", "P7", detail)
    assert (await stored(company, request)).revision == 2


async def test_p7_then_the_next_authority_with_an_alarm(company: Company) -> None:
    request = await ask(company, company.anna)
    await missed(company, request, company.tara)
    await missed(company, request, company.deven)
    assert (await left(company))[4:] == [("warn", "ruth"), ("show", "anna"), ("show", "helena")]
    assert await words_for(company, company.ruth) == [
        f"I couldn’t reach Tara Lindqvist and Deven Okafor, so I asked Helena Marsh about request {request}."
    ]
    await company.door.enter(deciding.approve_request(request), company.helena)
    assert (await stored(company, request)).decided_as == "Head of Customer Success"


async def test_p7_the_last_step_is_human_resources_and_with_no_one_left_it_is_stuck(company: Company) -> None:
    request = await ask(company, company.anna)
    for who in (company.tara, company.deven, company.helena, company.henrik):
        await missed(company, request, who)
    assert (await stored(company, request)).state == "waiting"
    assert title(await seen(company, request, company.ruth)) == "⏳ Anna Quill wants"
    await missed(company, request, company.ruth)
    assert (await stored(company, request)).state == "stuck"
    assert (await words_for(company, company.miles))[-1] == (
        f"No one may decide request {request} at the moment. I can’t reach Tara Lindqvist, Deven Okafor, Helena Marsh, "
        "Henrik Solberg and Ruth Adeyemi. Please find someone who can decide."
    )
    assert (await audit(company, request))[-1][4]["asked"] == []
    sent = [(one.kind, one.person_id, str(one.payload)) for one in await ledger(company)]
    assert len(set(sent)) == len(sent)


async def test_p7_where_silence_brought_in_the_head_the_deputy_is_asked_instead(company: Company) -> None:
    """If no one is there either, the request stays with those who were asked before."""
    request = await ask(company, company.anna)
    await pass_until(company, sydney("2026-11-30"))
    await missed(company, request, company.helena)
    henrik = company.henrik.person_id
    assert (henrik, "approver", "") in await _parties(company, request)
    assert (await audit(company, request))[-1][4]["asked"] == [henrik]
    await missed(company, request, company.henrik)
    assert (await audit(company, request))[-1][4]["asked"] == []
    assert (await stored(company, request)).state == "waiting"
    await company.door.enter(deciding.approve_request(request), company.tara)


async def test_a_requester_who_cannot_be_reached_needs_no_other_approver(company: Company) -> None:
    request = await ask(company, company.anna)
    await missed(company, request, company.anna)
    assert await left(company) == [("show", "anna"), ("show", "tara")]
    assert (await stored(company, request)).state == "waiting"


OUT = "user_disabled"
STUCK = "No one may decide this at the moment. "


async def _warnings(company: Company, who: Actor) -> list[Outgoing]:
    return [one for one in await ledger(company, who) if one.kind == "warn"]


async def _heard(company: Company, who: Actor) -> None:
    last = (await _warnings(company, who))[-1]
    await company.door.enter(asking.note_warned(last.id, last.payload["alarm"], "slack"), DELIVERY)


async def _unheard(company: Company, who: Actor) -> None:
    last = (await _warnings(company, who))[-1]
    await company.door.enter(asking.warn_next(last.id, last.payload["alarm"], OUT), DELIVERY)


class TestWhileNobodyMayDecide:
    @pytest.fixture
    def policy(self) -> Policy:
        """The Manager, Human Resources is away, and has no deputy."""
        return nobody_left()

    async def test_the_card_says_told_only_once_it_is_delivered(self, company: Company) -> None:
        request = await ask(company, company.helena)
        telling = f"{STUCK}Miles Fairweather (Managing Director) is being told."
        assert telling in lines(await seen(company, request, company.helena))
        before = len(await ledger(company))
        await _heard(company, company.miles)
        assert telling.replace("is being", "has been") in lines(await seen(company, request, company.helena))
        assert await left(company, before) == [("show", "helena")]

    async def test_where_it_reaches_no_one_the_next_is_told_and_then_the_requester(self, company: Company) -> None:
        request = await ask(company, company.helena)
        before = len(await ledger(company))
        await _unheard(company, company.miles)
        assert await left(company, before) == [("warn", "ruth"), ("show", "helena")]
        telling = f"{STUCK}Ruth Adeyemi (Manager, Human Resources) is being told."
        assert telling in lines(await seen(company, request, company.helena))
        assert (await audit(company, request))[-1][4]["warned"] == [company.ruth.person_id]
        await _unheard(company, company.ruth)
        told = f"{STUCK[:-2]}, and I couldn’t reach anyone who can fix that. Please ask the Manager, Human Resources yourself."
        assert told in lines(await seen(company, request, company.helena))
        assert (await audit(company, request))[-1][4]["warned"] == []
        assert (await ledger(company))[-2].kind == "alert"

    async def test_a_person_who_was_told_looks_at_it_in_details_and_decides_nothing(self, company: Company) -> None:
        request = await ask(company, company.helena)
        assert await whole_of(company, request, company.miles) is None
        await _heard(company, company.miles)
        card = await detailed(company, request, company.miles)
        assert (title(card), labels(card)) == ("⚠️ no one may decide it", [])
        assert await whole_of(company, request, company.ruth) is None


async def test_p7_an_alarm_about_ones_own_request_goes_past_oneself(company: Company) -> None:
    company.door.policy = away(POLICY, "team_leader", "head_of_customer_success")
    request = await ask(company, company.ruth)
    await missed(company, request, company.deven, company.henrik)
    assert (await stored(company, request)).state == "stuck"
    assert await _warnings(company, company.ruth) == []
    assert len(await _warnings(company, company.miles)) == 2
    told = f"{STUCK}Miles Fairweather (Managing Director) is being told."
    assert told in lines(await seen(company, request, company.ruth))
