"""Teams as a chat: into a person's own conversation only, and found again after a reinstall (P7)."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from bot.ports import Address, PageOpen, Posted, Unavailable, Unreachable
from bot.rehearsal.teams import Fault
from bot.teams.chat import OPEN_FOR, TeamsChat
from handlers.cards import Card, Line
from tests.clocks import Seconds
from tests.each import each

from .street import GROUP, IDS, Street, told

Logs = list[MutableMapping[str, Any]]
CARD = Card((Line("Please decide."),), "A card.")


def chat(street: Street) -> TeamsChat:
    return street.front.chat


async def address(street: Street, short: str = "tara", **changes: Any) -> Address:
    """How the bot reaches somebody, by what it was told."""
    return Address(IDS[short], {**await street.directory.reference(IDS[short]), **changes})


async def unreachable(work: Any) -> str:
    with pytest.raises(Unreachable) as error:
        await work
    return error.value.code


DOINGS = ["post", "redraw", "whisper", "home", "rehome", "profile", "form"]


def doing(street: Street, what: str, to: Address) -> Any:
    """Every way in which a person is written to or looked at."""
    one, posted = chat(street), Posted("a:1", "1")
    match what:
        case "post":
            return one.post(to, CARD, "UTC")
        case "redraw":
            return one.redraw(to, posted, CARD, "UTC")
        case "whisper":
            return one.whisper(to, "A word.")
        case "home":
            return one.home(to, CARD, "UTC")
        case "rehome":
            return one.home(to, CARD, "UTC", posted)
        case "profile":
            return one.profile(to)
        case _:
            return one.send(to, one.message({}, "A form."))


@pytest.mark.parametrize("what", DOINGS)
@pytest.mark.parametrize(
    "changes", [{"scope": "groupChat"}, {"scope": "channel"}, {"scope": ""}, {"conversation": GROUP}]
)
async def test_p7_a_reference_that_is_not_personal_is_never_used(
    street: Street, logs: Logs, what: str, changes: dict[str, str]
) -> None:
    calls = len(street.tenant.calls)
    assert await unreachable(doing(street, what, await address(street, **changes))) == "not_private"
    assert (len(street.tenant.calls), [one["event"] for one in logs]) == (calls, ["teams.reference_not_private"])


@each("what", DOINGS)
async def test_whoever_has_not_added_the_app_is_out_of_reach(street: Street, what: str) -> None:
    assert await unreachable(doing(street, what, Address(IDS["bram"]))) == "not_installed"


async def test_a_new_conversation_after_a_reinstall_is_found_and_remembered(street: Street) -> None:
    """The bot was away while Tara removed the app and added it again: it heard of neither."""
    old = await address(street)
    tara = street.tara.own
    tara.app = False
    street.tenant.talk.install(street.tenant.member(IDS["tara"]), fresh=True)
    posted = await chat(street).post(old, CARD, "UTC")
    assert (posted.conversation, posted.conversation == old.reference["conversation"]) == (street.tara.own.id, False)
    for _ in range(2):
        await chat(street).whisper(old, "A word.")
    assert [one.text for one in street.tara.chat] == ["", "A word.", "A word."]
    assert len(street.tenant.called("create")) == 1
    assert (await chat(street).profile(old)).name == "Tara Lindqvist"


async def test_p7_a_card_follows_a_reinstall_that_the_bot_has_not_heard_of(street: Street) -> None:
    """Who she is has to be asked for in the new conversation as well, or she would be taken for a stranger."""
    street.company.clock.pass_(seconds=1000)
    street.tara.own.app = False
    street.tenant.talk.install(street.tenant.member(IDS["tara"]), fresh=True)
    request = await street.asked()
    assert told(street.card("tara", request)).startswith("⏳ Access request · waiting for you")


async def test_p7_whoever_moved_twice_is_looked_for_in_the_newest_place(street: Street) -> None:
    """What was found out about an old conversation must not stand before a newer one that the bot was told of."""
    old = await address(street)
    for heard in (False, True):
        street.tara.own.app = False
        street.tenant.talk.install(street.tenant.member(IDS["tara"]), fresh=True)
        await (street.moved_in("tara") if heard else chat(street).whisper(old, "A word."))
    calls = len(street.tenant.called("create"))
    assert (await chat(street).profile(await address(street))).name == "Tara Lindqvist"
    assert (await chat(street).post(await address(street), CARD, "UTC")).conversation == street.tara.own.id
    assert len(street.tenant.called("create")) == calls


async def test_whoever_has_removed_the_app_stays_out_of_reach(street: Street) -> None:
    to = await address(street)
    street.tara.own.app = False
    assert await unreachable(chat(street).post(to, CARD, "UTC")) == "ForbiddenOperationException"


async def test_whoever_has_blocked_the_bot_is_asked_for_no_other_conversation(street: Street) -> None:
    to = await address(street)
    street.tara.block()
    assert await unreachable(chat(street).post(to, CARD, "UTC")) == "MessageWritesBlocked"
    assert street.tenant.called("create") == []
    street.tara.unblock()
    assert (await chat(street).post(to, CARD, "UTC")).conversation == street.tara.own.id


async def test_the_same_conversation_again_is_no_way_out(street: Street) -> None:
    to = await address(street)
    street.tenant.faults.script([Fault("ConversationNotFound", "send")])
    assert await unreachable(chat(street).post(to, CARD, "UTC")) == "ConversationNotFound"
    assert len(street.tenant.called("send")) == 4  # three homes, and this one


async def test_p7_a_conversation_that_others_read_is_never_written_to(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the service answers when it is asked for the person's own conversation."""

    async def shared(*_: Any) -> str:
        return GROUP

    monkeypatch.setattr(chat(street).connector, "create_personal", shared)
    street.tenant.faults.script([Fault("ConversationNotFound", "send")])
    assert await unreachable(chat(street).post(await address(street), CARD, "UTC")) == "ConversationNotFound"
    assert street.tenant.talk.find(GROUP).messages == []


async def test_an_approver_who_removed_the_app_is_followed_by_the_deputy(street: Street) -> None:
    """P7: what was meant for Tara reaches Deven."""
    street.tara.own.app = False
    request = await street.asked()
    assert told(street.card("deven", request)).startswith("⏳ Access request · waiting for you")


@pytest.mark.parametrize("field", ["tenantId", "userPrincipalName", "userRole"])
async def test_p7_an_account_of_ours_is_told_from_guests_and_strangers(
    street: Street, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    to, connector = await address(street), chat(street).connector
    roster = await connector.member(to.reference["service_url"], to.reference["conversation"], to.reference["user"])
    told = {
        "tenantId": "99999999",
        "userPrincipalName": "tara_elsewhere.example#ext#@fernhill.example",
        "userRole": "guest",
    }

    async def member(*_: Any) -> dict[str, object]:
        return {**roster, field: told[field]}

    monkeypatch.setattr(connector, "member", member)
    assert (await chat(street).profile(to)).standing == ("foreign" if field == "tenantId" else "guest")


@each(
    ("roster", "email", "name"),
    [
        ({"email": "a@x.example", "userPrincipalName": "b@x.example", "name": "Tara"}, "a@x.example", "Tara"),
        ({"userPrincipalName": "b@x.example"}, "b@x.example", "b@x.example"),
        ({}, "", IDS["tara"]),
    ],
)
@each("named", ["aadObjectId", "objectId"])
async def test_the_roster_says_who_an_account_is(
    street: Street, monkeypatch: pytest.MonkeyPatch, roster: dict[str, str], email: str, name: str, named: str
) -> None:
    async def member(*_: Any) -> dict[str, object]:
        return {named: IDS["tara"], **roster}

    monkeypatch.setattr(chat(street).connector, "member", member)
    profile = await chat(street).profile(await address(street))
    assert (profile.email, profile.name, profile.standing) == (email, name, "member")


async def test_p7_a_roster_that_names_somebody_else_is_not_believed(street: Street) -> None:
    anna = await address(street, "anna")
    assert await unreachable(chat(street).profile(replace(anna, account_id=IDS["tara"]))) == "another_account"


async def test_without_a_reference_to_the_person_the_account_is_asked_for(street: Street) -> None:
    assert (await chat(street).profile(await address(street, user=""))).name == "Tara Lindqvist"


async def test_the_bot_is_greeted_once_the_login_service_gives_a_token(street: Street) -> None:
    street.tenant.login.revoke()
    source = chat(street).tokens
    assert source is not None
    source.drop(await source.token())
    street.tenant.faults.script([Fault("http_503", "token")])
    with pytest.raises(Unavailable) as away:
        await chat(street).greet()
    assert (away.value.outage, away.value.code) == (True, "login_http_503")
    await chat(street).greet()
    await TeamsChat(chat(street).connector, None, "").greet()


async def test_p8_a_page_left_open_for_an_hour_keeps_its_card_old_no_longer(street: Street, seconds: Seconds) -> None:
    one, to = TeamsChat(chat(street).connector, chat(street).tokens, "", seconds), await address(street)
    posted = await one.post(to, CARD, "UTC")
    one.open(posted)
    with pytest.raises(PageOpen):
        await one.redraw(to, posted, CARD, "UTC")
    seconds.now += OPEN_FOR
    await one.redraw(to, posted, CARD, "UTC")


async def test_without_a_tenant_any_member_is_taken_for_the_local_playground(street: Street) -> None:
    open_ = TeamsChat(chat(street).connector, None, "")
    assert (await open_.profile(await address(street))).standing == "member"
