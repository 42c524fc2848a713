"""The passcode is shown once and read to a known number; a call past its moment stays for its link until it was fetched (P8, P12)."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers import BUTTONS
from handlers.acting import WEB
from handlers.cards import Card
from handlers.customers import links, serving, steps
from handlers.customers.forms import NumberForm
from handlers.policy import RoleName
from handlers.room import Does
from tests.each import each
from tests.handlers.builders import Company, audit, away, call, refusal, register, without_deputies
from tests.handlers.customers.acts import a_request, known_of
from tests.handlers.customers.releasing import (
    accepted,
    as_shown,
    asking_for,
    fetched,
    handed,
    logged,
    mails,
    numbers,
    passcode,
    preview,
    release,
    shown,
    tells,
)
from tests.handlers.holds.acts import asked_to_delete, at, close, keeps, kept, old_call, tick
from tests.handlers.reading import card_of, detailed, labels, lines, seen

pytestmark = pytest.mark.long


CALLER, OTHER = "+61412345671", "+61412000111"
ABOVE: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")


async def _sent(company: Company, **more: Any) -> str:
    request = await a_request(company, **more)
    await release(company, request, company.helena if more.get("asker") == "relative" else company.tara)
    await accepted(company)
    return request


async def test_p8_it_is_shown_once_with_what_to_do(company: Company) -> None:
    request = await _sent(company)
    [mark] = await numbers(company, request)
    page = await handed(company, links.RING, f"{request}:{mark}")
    told = lines(Card(page.parts, ""))
    assert told[0] == "Phone +61 412 345 671 and read out:"
    assert re.fullmatch(r"# \d{3} \d{3}", told[1])
    assert told[2] == "⚠️ Read it only to the customer. Never leave it as a message or send it."
    assert told[3] == "(It is shown only once. 2 passcodes left for this link. P8)"


async def test_p8_who_rang_which_number_when_is_kept_and_the_log_has_a_mark_of_it(company: Company) -> None:
    request = await _sent(company)
    await passcode(company, request)
    [rung] = (await known_of(company, request)).rung
    assert (rung.number, rung.on_call, rung.by, rung.at, rung.allowed_by) == (
        CALLER, True, company.tara.person_id, company.clock.now, None,
    )  # fmt: skip
    detail = await logged(company, request, "passcode")
    assert (detail["link"], detail["on_call"]) == ((await mails(company, request))[0].id, True)
    assert "412345671" not in str(detail)


async def test_p8_three_a_link_and_then_another_link(company: Company) -> None:
    request = await _sent(company)
    assert [(await passcode(company, request)).left for _ in range(3)] == [2, 1, 0]
    [mark] = await numbers(company, request)
    refused = await refusal(company, links.make_passcode(request, mark), company.tara)
    assert (refused.code, "Press Send a new link" in str(refused)) == ("no_passcode_left", True)
    seen = (await as_shown(company, request)).partition(":")[2]
    await company.door.enter(steps.send_new_link(request, seen), company.tara)
    await accepted(company)
    assert (await passcode(company, request)).left == 2


async def test_p8_no_one_else_sees_it_and_no_other_number_is_rung(company: Company) -> None:
    request, other = await _sent(company), await _sent(company, recordings=[str(company.calls[1])])
    [mark], [foreign] = await numbers(company, request), await numbers(company, other)
    codes = {"anna": "filer", "bram": "operator", "helena": "not_approver", "miles": "not_approver"}
    for who, code in codes.items():
        assert (await refusal(company, links.make_passcode(request, mark), company.people[who])).code == code
    for wrong in (foreign, "", "0" * 16):
        assert (await refusal(company, links.make_passcode(request, wrong), company.tara)).code == "not_that_number"
    assert (await mails(company, request))[0].passcodes == 0


async def test_p8_before_the_mail_is_with_the_server_there_is_nothing_to_read_out(company: Company) -> None:
    request = await a_request(company)
    assert (await refusal(company, links.make_passcode(request, ""), company.tara)).code == "no_link"
    await release(company, request)
    assert (await refusal(company, links.make_passcode(request, ""), company.tara)).code == "not_sent"


@each(
    "more",
    [
        {"asker": "operator", "address": "bram.tolliver@fernhill.example", "person": "Bram Tolliver"},
        {"asker": "former", "person": "Bram Tolliver"}, {"asker": "relative"}, {"asker": "authority"}, {"caller": ""},
    ],
)  # fmt: skip
async def test_p8_only_a_customers_own_number_is_phoned(company: Company, more: dict[str, Any]) -> None:
    """Or the customer would hear the passcode of a colleague's copy, and learn of it; a number is for the Head to allow."""
    if "caller" in more:
        [hidden] = await register(company.door, call(7, caller=""))
        more = {"recordings": [str(hidden)]}
    request = await _sent(company, **more)
    who = company.helena if more.get("asker") == "relative" else company.tara
    assert await numbers(company, request, who) == {}
    told = "These calls don’t show the customer’s number. Ask the Head of Customer Success to allow one."
    assert told in lines(Card((await shown(company, links.PASSCODE, request, who)).parts, ""))


async def test_p8_a_person_who_reads_it_out_asks_for_another_number_and_the_head_alone_allows(company: Company) -> None:
    request = await _sent(company)
    assert "[Another number]" in str(lines(Card((await shown(company, links.PASSCODE, request)).parts, "")))
    assert await card_of(company, request, company.helena) is None
    await company.door.enter(asking_for(request), company.tara)
    [(words, button)] = [one for one in await tells(company, company.helena) if "another number" in one[0]]
    assert words == ("Tara Lindqvist asked you to allow another number for a passcode.")
    assert (button, list((await numbers(company, request)).values())) == ("details", [CALLER])
    card = await seen(company, request, company.helena)
    assert "Another number to phone, from Tara Lindqvist: +61 412 000 111 The CRM has it." in lines(card)
    assert (lines(card)[0].rpartition(" · ")[2], labels(card)[0]) == ("a number for you to allow", "Allow this number")
    assert "Allow this number" not in labels(await seen(company, request, company.tara))
    assert isinstance(BUTTONS["customer_allow_number"], Does)
    assert (await refusal(company, links.allow_number(request), company.tara)).code == "not_approver"
    await company.door.enter(links.allow_number(request), company.helena)
    assert any("Helena Marsh allowed another number" in one for one, _ in await tells(company, company.tara))
    assert "412000111" not in str(await logged(company, request, "allow_number"))
    assert (await refusal(company, links.allow_number(request), company.helena)).code == "not_asked"
    page = await shown(company, links.PASSCODE, request)
    assert "+61 412 000 111 (allowed by Helena Marsh) [Show the passcode]" in lines(Card(page.parts, ""))
    await passcode(company, request, number=OTHER)
    known = await known_of(company, request)
    assert (known.rung[0].on_call, known.rung[0].allowed_by) == (False, company.helena.person_id)


async def test_p8_the_head_who_released_it_names_another_number_without_asking(company: Company) -> None:
    request = await _sent(company, asker="relative")
    await company.door.enter(asking_for(request), company.helena)
    assert list((await numbers(company, request, company.helena)).values()) == [OTHER]


async def test_p8_what_is_no_number_and_that_no_one_could_allow_it_is_said(company: Company) -> None:
    request = await _sent(company)
    assert set((await refusal(company, asking_for(request, "the usual one"), company.tara)).fields) == {"number"}
    assert await preview(company, NumberForm.name, request) == ""
    company.door.policy = away(without_deputies(company.door.policy, *ABOVE), *ABOVE)
    assert (await refusal(company, asking_for(request), company.tara)).code == "nobody_allows"


SYDNEY = ZoneInfo("Australia/Sydney")


async def _asked(company: Company) -> tuple[int, str]:
    """A request for a call whose moment comes in a day."""
    recording = await old_call(company)
    return recording, await a_request(company, recordings=[str(recording)])


async def _keep(company: Company, recording: int) -> tuple[str, datetime]:
    [one] = await keeps(company, recording)
    return one.why, one.ends_at


async def test_p12_an_open_request_keeps_its_call_for_itself_alone(company: Company) -> None:
    recording, request = await _asked(company)
    erasure = await close(company, recording)
    assert await kept(company, recording)
    # Twenty working days from Wednesday, 25 November, after hours, by the line's calendar, with its holidays.
    assert await _keep(company, recording) == ("request", datetime(2026, 12, 24, 17, tzinfo=SYDNEY).astimezone(UTC))
    assert not await asked_to_delete(company, erasure)
    [entry] = [one[4] for one in await audit(company, f"recording:{recording}") if one[1] == "retention.close"]
    assert entry["kept_by"] == [request]


async def test_p12_a_call_that_reaches_its_moment_meanwhile_stays_for_the_link(company: Company) -> None:
    recording, request = await _asked(company)
    await release(company, request)
    await accepted(company)
    erasure = await close(company, recording)
    assert (await _keep(company, recording))[0] == "copy"
    assert await kept(company, recording)
    assert not await asked_to_delete(company, erasure)


async def test_p12_fetched_it_goes_within_the_hour(company: Company) -> None:
    recording, request = await _asked(company)
    await release(company, request)
    code = (await accepted(company)).written.link.partition("#")[2]
    erasure = await close(company, recording)
    entered = await company.door.enter(links.open_link(code, (await passcode(company, request)).passcode), WEB)
    await company.door.enter(serving.note_downloaded(entered.link, entered.secret, (recording,)), WEB)
    await company.door.enter(serving.heard_to_end(entered.link, entered.secret, recording), WEB)
    assert not await kept(company, recording)
    await tick(company)
    assert (await keeps(company, recording))[0].ended_at == company.clock.now
    assert await asked_to_delete(company, erasure)


async def test_p12_when_the_link_ends_it_goes(company: Company) -> None:
    recording, request = await _asked(company)
    await release(company, request)
    await accepted(company)
    erasure = await close(company, recording)
    await at(company, (await _keep(company, recording))[1])
    assert not await kept(company, recording)
    assert await asked_to_delete(company, erasure)
    assert request


async def test_p12_twenty_working_days_at_most(company: Company) -> None:
    company.door.policy = company.door.policy.model_copy(
        update={"customers": company.door.policy.customers.model_copy(update={"link_days": 60})}
    )
    recording, request = await _asked(company)
    await release(company, request)
    await accepted(company)
    await close(company, recording)
    until = datetime(2026, 12, 24, 17, tzinfo=SYDNEY).astimezone(UTC)
    assert await _keep(company, recording) == ("copy", until)
    await at(company, until)
    assert not await kept(company, recording)
    assert request


async def test_p12_after_a_bounce_it_is_kept_for_the_request_and_can_be_released_again(company: Company) -> None:
    recording, request = await _asked(company)
    await release(company, request)
    await accepted(company)
    await close(company, recording)
    await company.door.enter(steps.note_bounced(request), company.tara)
    assert (await _keep(company, recording))[0] == "request"
    await release(company, request)
    assert (await _keep(company, recording))[0] == "copy"


async def test_p8_the_releaser_reads_it_out_though_it_would_go_to_another_by_now(company: Company) -> None:
    """Deven stood in for Tara, who is back."""
    company.door.policy = away(company.door.policy, "team_leader")
    request = await a_request(company)
    await release(company, request, company.deven)
    await accepted(company)
    company.door.policy = company.door.policy.model_copy(
        update={"roles": company.door.policy.roles.model_copy(
            update={"team_leader": company.door.policy.role("team_leader").model_copy(update={"away": ()})}
        )}
    )  # fmt: skip
    assert (await passcode(company, request, company.deven)).passcode
    assert (await passcode(company, request, company.tara)).passcode


async def test_p8_details_say_which_number_was_phoned_and_when_the_calls_were_heard(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    letter = await accepted(company)
    await fetched(company, request, letter)
    told = "\n".join(lines(await detailed(company, request, company.tara)))
    assert "Passcode read to ••••\N{NO-BREAK SPACE}671, by Tara Lindqvist, " in told
    assert "Downloaded 1 time, last " in told
    await company.door.enter(asking_for(request, "+61 412 005 671"), company.tara)
    await company.door.enter(links.allow_number(request), company.helena)
    await passcode(company, request, number="+61412005671")
    told = "\n".join(lines(await detailed(company, request, company.tara)))
    assert "Passcode read to a different number that also ends in 671, which Helena Marsh allowed, by Tara" in told
