"""Teams as a chat: into a person's own conversation only, blocked, ill or away, with no press lost (P7)."""

from collections.abc import Callable, MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from bot.chats.desk import NOT_NOW as LATER
from bot.chats.directory import Directory
from bot.delivery.worker import Delivery
from bot.ports import Address, Posted, Unreachable
from bot.rehearsal.teams import Fault
from bot.teams import platform as adapter
from bot.teams.chat import TeamsChat
from bot.teams.platform import NOT_NOW
from handlers.cards import HINT, Card, Line
from handlers.inbox import kept_words
from storage.database.store import Database, DatabaseDown
from tests.each import each
from tests.handlers.builders import ask, audit

from .street import GROUP, IDS, Street, told

Logs = list[MutableMapping[str, Any]]
CARD = Card((Line("Please decide."),), "A card.")


def chat(street: Street) -> TeamsChat:
    return street.front.chat


async def address(street: Street, short: str = "tara", **changes: Any) -> Address:
    """How the bot reaches a person, by what it was told."""
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
async def test_a_person_without_the_app_is_out_of_reach(street: Street, what: str) -> None:
    assert await unreachable(doing(street, what, Address(IDS["bram"]))) == "not_installed"


async def test_p7_a_card_follows_a_reinstall_that_the_bot_has_not_heard_of(street: Street) -> None:
    """Who she is has to be asked for in the new conversation as well, or she would be taken for a stranger."""
    street.company.clock.pass_(seconds=1000)
    street.tara.own.app = False
    street.tenant.talk.install(street.tenant.member(IDS["tara"]), fresh=True)
    request = await street.asked()
    assert "⏳ Anna Quill wants to hear " in told(street.card("tara", request))


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


async def test_p7_a_roster_that_names_another_account_is_not_believed(street: Street) -> None:
    anna = await address(street, "anna")
    assert await unreachable(chat(street).profile(replace(anna, account_id=IDS["tara"]))) == "another_account"


def sent_to(street: Street, short: str) -> int:
    """How often the bot tried to write to that person."""
    own = street.person(short).own.id
    return len([one for one in street.tenant.called("send") if one.args["conversation"] == own])


def holders(street: Street, request: str) -> set[str]:
    """Who has a card of this request, among those who may decide it."""
    return {one for one in ("tara", "deven") if any(request in told(message) for message in street.person(one).chat)}


def restart(street: Street) -> None:
    """Another process continues: only the database remembers anything."""
    street.front.chat._moved.clear()
    old = street.directory
    street.delivery = Delivery(old.door, [Directory(old.chat, old.door, old.policy, old.seconds)])


async def marks(street: Street) -> list[str]:
    return [one[1] for one in await audit(street.company) if one[1] == "people.block"]


async def test_p7_an_approver_who_blocked_the_bot_is_tried_once_and_the_deputy_asked_at_once(street: Street) -> None:
    street.tara.block()
    first = await street.asked()
    tried = sent_to(street, "tara")
    assert holders(street, first) == {"deven"}
    restart(street)
    second = await ask(street.company, street.company.anna, crm="CS-2")
    await street.settled()
    assert holders(street, second) == {"deven"}
    assert (sent_to(street, "tara"), await marks(street)) == (tried, ["people.block"])


async def test_p7_requests_of_an_approver_who_blocked_the_bot_go_to_the_deputy_with_the_next_message(
    street: Street,
) -> None:
    """The first request was posted to Tara already when she blocks the bot; it waits for her in vain, too."""
    first = await street.asked()
    street.tara.block()
    await ask(street.company, street.company.anna, crm="CS-2")
    await street.settled()
    assert holders(street, first) == {"tara", "deven"}


async def test_p7_any_word_of_the_persons_ends_the_silence_in_every_process(street: Street) -> None:
    street.tara.block()
    request = await street.asked()
    street.tara.unblock()
    # This process has seen her before, and did not hear that another one marked her.
    restart(street)
    street.company.clock.pass_(minutes=1)
    await street.say("tara", "what?")
    assert "1 to do" in told(street.home("tara"))
    assert holders(street, request) == {"tara", "deven"}


WARNED = {"teams.not_answered", "teams.unavailable"}
SORRY = "Something went wrong on our side (F-"


def away(database: Database) -> Callable[[], None]:
    """The database takes nothing more, until what is returned is called."""

    async def down(*_: Any, **__: Any) -> Any:
        raise DatabaseDown("away")

    whole = (database.read, database.write)
    database.read = database.write = down  # type: ignore[method-assign]

    def back() -> None:
        database.read, database.write = whole  # type: ignore[method-assign]

    return back


def broken(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is looked up next is a fault of ours."""

    def fault(*_: Any) -> Any:
        raise RuntimeError("a fault with a secret in it")

    for part in ("_context_for", "carry_out"):
        monkeypatch.setattr(street.front.adapter.desk, part, fault)


def faults(logs: Logs) -> list[MutableMapping[str, Any]]:
    return [one for one in logs if one["event"] == "teams.fault"]


async def test_while_the_database_is_away_every_press_and_word_is_answered(street: Street, logs: Logs) -> None:
    form, before = await street.blank(), await audit(street.company)
    given = await street.filled(form)
    back = away(street.company.database)
    person, chat = street.anna, len(street.anna.chat)
    assert (await person.press(form, "Send", given)).said == NOT_NOW
    assert (await person.press(street.home("anna"), "Ask for a recording")).said == NOT_NOW
    [line] = await person.search("recordings", "Bram", form)
    assert (line["title"], line["value"]) == (f"{LATER.label} · {LATER.small}", HINT)
    assert (await person.action_command("recording-request")).said == NOT_NOW
    assert (await person.press(street.home("anna"), "Ask for a recording", old_client=True)).ok
    await street.front.finish()
    assert (await person.say("recording-request")).ok
    await street.front.finish()
    assert [one.text for one in street.anna.chat[chat:]] == [NOT_NOW, "recording-request", NOT_NOW]
    back()
    assert {one["event"] for one in logs if one["log_level"] == "warning"} <= WARNED
    assert (faults(logs), await audit(street.company)) == ([], before)
    assert (await street.press("anna", form, "Send", given)).ok
    assert [one[1] for one in (await audit(street.company))[len(before) :] if one[0].startswith("person")] == [
        "access.file"
    ]


async def test_a_fault_has_an_id_that_the_person_sees_and_a_traceback_in_the_log(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = await street.blank()
    broken(street, monkeypatch)
    answered = await street.execute("anna", {"verb": "home"})
    dialog = await street.invoke("anna", "composeExtension/fetchTask", {"commandId": "recording-request"})
    typed = await street.invoke("anna", "application/search", {"queryText": "Bram", "dataset": "recordings"})
    [written] = await street.say("anna", "recording-request")
    await street.press("anna", form, "Cancel", old_client=True)
    assert (answered.json["type"], answered.json["statusCode"]) == ("application/vnd.microsoft.error", 500)
    said = [answered.json["value"]["message"], dialog.json["task"]["value"], written, told(street.anna.chat[-1])]
    assert [one for one in said if not one.startswith(SORRY)] == []
    [line] = typed.json["value"]["results"]
    assert line["value"] == HINT
    found = faults(logs)
    said.insert(2, line["title"])
    assert all(one["fault"] in words for one, words in zip(found, said, strict=True))
    assert {type(one["exc_info"]) for one in found} == {RuntimeError}
    assert "secret" not in "".join(said)


async def asked_of_a_slow_teams(street: Street, monkeypatch: pytest.MonkeyPatch) -> str:
    """A request that waits, while Teams takes longer to say who presses than we wait for it."""
    request = await street.asked()
    monkeypatch.setattr(adapter, "PATIENCE", 0.05)
    street.company.clock.pass_(seconds=6)
    street.tenant.faults.script([Fault("slow", "member", seconds=0.3)])
    return request


async def test_a_press_that_takes_too_long_says_so_and_is_done_all_the_same(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await asked_of_a_slow_teams(street, monkeypatch)
    outcome = await street.press("tara", street.card("tara", request), "Approve")
    assert (outcome.said, await street.state(request)) == (kept_words("teams"), "approved")
    assert "You approved" in told(street.card("tara", request))


async def test_while_teams_cannot_say_who_asks_nothing_is_decided(street: Street) -> None:
    """Authority is checked at the press, or later; never not at all (P7)."""
    request = await street.asked()
    street.company.clock.pass_(seconds=6)
    street.tenant.faults.script([Fault("http_500", "member", times=9)])
    for old_client in (False, True):
        outcome = await street.press("tara", street.card("tara", request), "Approve", old_client=old_client)
        assert (outcome.said, await street.state(request)) == ("" if old_client else kept_words("teams"), "waiting")
