"""What a card says before it is decided: why it came, what else was asked for, what ends sooner; and lines that carry their button (P3, P7, P12)."""

from datetime import timedelta
from random import Random

import pytest

from handlers import button_label
from handlers.access import deciding
from handlers.acting import WEB, Actor, Tell
from handlers.cards import Card
from handlers.listening import describe_page
from handlers.policy import Policy
from handlers.policy.terms import Outage
from handlers.telling import ON_A_LINE, line_card
from tests.handlers.builders import (
    AU,
    CLAIM,
    POLICY,
    Company,
    ask,
    away,
    call,
    email,
    ledger,
    missed,
    player_of,
    register,
)
from tests.handlers.reading import buttons, card_of, detailed, labels, lines, looking, seen, title
from tests.moments import NOW


class TestWhatElseTheRequesterAskedFor:
    """P7: the approver sees 90 days of it; the requester does not need to."""

    async def test_it_is_that_of_the_last_90_days(self, company: Company) -> None:
        await company.door.enter(deciding.deny_request(await ask(company, company.anna), "No."), company.tara)
        company.clock.pass_(days=90)
        request = await ask(company, company.anna, crm="CS-10443")
        told = await _history(company, request, company.tara)
        assert told.partition(" For: ")[0] in lines(await seen(company, request, company.tara))
        label = POLICY.reasons["complaint"].label
        assert told == f"Anna Quill sent you 1 other request in the last 90 days: 1 denied. For: {label}"
        company.clock.pass_(seconds=1)
        assert await _history(company, request, company.tara) == NOTHING
        assert "in the last 90 days" not in str(lines(await seen(company, request, company.tara)))


class TestWhileTheAnnouncementWasDown:
    @pytest.fixture
    def policy(self) -> Policy:
        days = {"from": "2026-11-21", "to": "2026-11-22"}
        outages = (Outage.model_validate({**days, "lines": [AU]}),)
        return POLICY.model_copy(update={"announcements_down": outages})

    async def test_p3_the_approver_is_warned_before_the_decision(self, company: Company) -> None:
        request = await ask(company, company.anna, calls=company.calls)
        warning = "⚠️ 2 of these calls are from a time when the announcement was down."
        assert warning in lines(await detailed(company, request, company.tara))
        assert warning not in lines(await detailed(company, request, company.anna))
        await company.door.enter(deciding.approve_request(request), company.tara)
        assert warning not in lines(await detailed(company, request, company.tara))


async def test_p7_hr_gets_the_heads_decision_and_nothing_before_it(company: Company) -> None:
    request = await ask(company, company.helena)
    assert await card_of(company, request, company.ruth) is None
    await company.door.enter(deciding.approve_request(request), company.tara)
    ruth = await seen(company, request, company.ruth)
    assert (title(ruth), labels(ruth)) == ("✅ Tara Lindqvist approved Helena Marsh’s", [])
    assert lines(ruth)[-1] == f"(Approved <24 Nov 03:00> · {request} · P7)"
    assert not [one for one in lines(ruth) if "in the last 90 days" in one]


A_YEAR_AGO = NOW.replace(year=2025)


@pytest.fixture
async def old(company: Company) -> list[int]:
    """Three calls: one ends in two days, one in three, and one when access that is given now would."""
    started = [A_YEAR_AGO + timedelta(days=days) for days in (2, 3, 7)]
    told = [call(4 + place, started=one) for place, one in enumerate(started)]
    return await register(company.door, *told)


async def _told(company: Company, request: str) -> list[str]:
    return [one for one in lines(await detailed(company, request, company.anna)) if "erased" in one]


async def _played(company: Company, request: str) -> dict[str, object]:
    """What the player shows of it."""
    opened = await player_of(company, request)
    return await looking(company, WEB, lambda ctx: describe_page(ctx, opened.grant, opened.secret))


async def test_p12_card_and_player_say_which_calls_end_sooner(company: Company, old: list[int]) -> None:
    request = await ask(company, company.anna, calls=[*old[:2], company.calls[0]])
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert await _told(company, request) == [
        "⚠️ 2 of these calls are erased, the first <26 Nov 03:00 Australia/Sydney>, and can be heard until then."
    ]
    played = await _played(company, request)
    assert (played["until_told"], played["erased"]) == ("Tue 1 Dec, 14:00 Sydney", False)
    calls = played["recordings"]
    assert isinstance(calls, list)
    ends = ["Thu 26 Nov, 14:00 Sydney", "Fri 27 Nov, 14:00 Sydney", ""]
    assert [one["until_told"] for one in calls] == ends
    both = await ask(company, company.anna, calls=old[:2], crm="CS-2")
    await company.door.enter(deciding.approve_request(both), company.tara)
    played = await _played(company, both)
    assert (played["until_told"], played["erased"]) == ("Fri 27 Nov, 14:00 Sydney", True)


async def test_p7_the_card_has_the_day_of_the_next_step_and_details_the_time(company: Company) -> None:
    request = await ask(company, company.anna)
    for who, whose in ((company.tara, "your"), (company.anna, "the")):
        card = lines(await seen(company, request, who))
        assert card[-1].startswith(f"(Goes to {whose} deputy on Thursday · R-")
        whole = lines(await detailed(company, request, who))
        assert f"If no one decides, {whose} deputy is asked <26 Nov 06:00 Australia/Sydney>." in whole


async def test_p7_the_title_names_the_caller_of_several_calls_and_details_lists_them(company: Company) -> None:
    more = await register(company.door, call(4, caller="+61412345671"))
    request = await ask(company, company.anna, calls=[company.calls[0], *more])
    [first, row, *_] = lines(await seen(company, request, company.tara))
    assert first.startswith("⏳ Anna Quill wants to hear 2 calls with ••••\N{NO-BREAK SPACE}671 (complaint")
    assert row.endswith("> · Bram Tolliver · +1 more [Details]")
    assert sum("incoming call" in one for one in lines(await detailed(company, request, company.tara))) == 2


LEADER = POLICY.role("team_leader").title
HEAD = POLICY.role("head_of_customer_success").title


async def _why(company: Company, request: str, who: Actor) -> str:
    [told] = [one for one in lines(await detailed(company, request, who)) if one.startswith("You’re asked as")]
    return told.partition(" Approve gives")[0]


async def test_d4_out_of_reach_asks_herself_was_on_the_call_and_passed_it_on(company: Company) -> None:
    request = await ask(company, company.anna)
    await missed(company, request, company.tara)
    assert f"deputy of the {LEADER}, who can’t be reached." in await _why(company, request, company.deven)
    assert "Tara Lindqvist can’t be reached. Approve gives 7 days." in str(
        lines(await seen(company, request, company.deven))
    )
    own = await ask(company, company.tara)
    assert f"You’re asked as {HEAD}, because the {LEADER} asks for it." in await _why(company, own, company.helena)
    [hers] = await register(company.door, call(5, operator_name="Tara Lindqvist", operator_key=email("Tara Lindqvist")))
    on_it = await ask(company, company.anna, calls=[hers])
    assert f"because the {LEADER} was on one of these calls." in await _why(company, on_it, company.helena)
    passed = await ask(company, company.bram, calls=company.calls[1:2])
    await company.door.enter(deciding.pass_on(passed, "I know her."), company.tara)
    assert await _why(company, passed, company.helena) == f"You’re asked as {HEAD}."  # the remark says who passed it on


async def test_p6_the_approver_reads_that_the_policy_has_this_reason_no_more(company: Company) -> None:
    request = await ask(company, company.anna)
    reasons = {key: one for key, one in POLICY.reasons.items() if key != "complaint"}
    company.door.policy = POLICY.model_copy(update={"reasons": reasons})
    caution = "⚠️ The policy no longer has this reason. You may still approve."
    shown = [caution in lines(await detailed(company, request, who)) for who in (company.tara, company.anna)]
    assert shown == [True, False]


NOTHING = "Anna Quill has sent you no other requests in the last 90 days."


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
    """Twelve requests of any kind, about anyone's calls: the same number and reasons as from their own part alone."""
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


async def _lines(company: Company) -> list[Card]:
    """Every line that this day leaves, as it is sent."""
    first, second = await ask(company, company.anna), await ask(company, company.anna, crm="CS-2")
    await company.door.enter(deciding.ask_requester(first, "Which complaint?"), company.tara)
    await company.door.enter(deciding.answer_question(first, "Ticket 9."), company.anna)
    await company.door.enter(deciding.approve_request(first), company.tara)
    await company.door.enter(deciding.withdraw_request(first), company.tara)
    await company.door.enter(deciding.deny_request(second, "No."), company.tara)
    rows = [one for one in await ledger(company) if one.kind == "tell"]
    return [_line_card(Tell(person=one.person_id, **one.payload)) for one in rows]


def _line_card(tell: Tell) -> Card:
    return line_card(tell, button_label(tell.button))


async def test_d4_each_line_leads_to_details_whose_buttons_are_never_spent(company: Company) -> None:
    lines = await _lines(company)
    assert len(lines) == 5
    for line in lines:
        [button] = buttons(line)
        assert not {"Press", "now", "can"} & set(line.summary.split())  # which would go stale
        assert (button.action, button.value[:2]) == (f"{ON_A_LINE}details", "R-")
