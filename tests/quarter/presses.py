"""A press of the plan as it comes through the door: what is wanted, by whom, and under which key."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.chats.directory import Directory
from handlers import away
from handlers.access import asking, deciding
from handlers.access.state import Filed
from handlers.door import Door, Repeated
from handlers.handling import Intent
from handlers.role_people import value_of
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.records import Request
from tests.handlers.builders import form
from tests.quarter.firm import DECIDERS, TWIN, Firm
from tests.quarter.plan import Press


def key_of(number: int) -> str:
    """Under which key the request of that number is filed."""
    return f"file:{number}"


async def pressed(door: Door, directory: Directory, firm: Firm, press: Press) -> None:
    """As the desk does it; whoever may not is refused, and what was done already is not done again."""
    if press.what in {"lost", "found"}:
        await _told_of(directory, press)
        return
    visitor = await directory.visitor(press.who, deciding=True)
    today = company_day(door.policy, door.now())
    wanted = await door.database.read(lambda store: _wanted(store, firm, press, today))
    with suppress(Refused, Repeated):
        await door.enter(wanted, visitor, key=_key(press), whisper=True)


async def _told_of(directory: Directory, press: Press) -> None:
    """As the chat tells of an account: that it changed, that there is another one, that the bot is gone, that the person wrote.

    Of a person who wants no messages it tells nothing.
    """
    match press.how:
        case "gone" | "doubled":
            account = press.who + (TWIN if press.how == "doubled" else "")
            directory.forget(account)
            await directory.visitor(account)
        case _ if press.what == "found":
            await directory.visitor(press.who, reference={"conversation": f"{press.at:%m%d}"})
        case "removed":
            await directory.left(press.who)


def _key(press: Press) -> str:
    """The request's own key turns a second filing away; of everything else the door does."""
    return "" if press.what in {"file", "away"} else f"{press.what}:{press.who}:{press.at:%m%d%H%M}"


def _wanted(store: Store, firm: Firm, press: Press, today: date) -> Intent[Any]:
    match press.what:
        case "file":
            return _filed(firm, press)
        case "away":
            return away.say(press.first, press.last, f"away:{press.who}:{press.first}")
        case "back":
            mine = store.absences.of(firm.people[press.who], today)
            return away.back(mine[0].id if mine else "W-NONE")
        case _:
            return _about(store, press)


def _filed(firm: Firm, press: Press) -> Intent[Filed]:
    more: dict[str, Any] = {"reason": press.reason, "crm": f"CS-{5000 + press.number}"}
    if press.reason in {"crime", "legal_claim"}:
        concerned = [value_of(DECIDERS[one].email) for one in press.concerned]
        more |= {"matter": f"Claim {press.number}", "basis": "Ref 9", "audience": "nobody", "concerned": concerned}
    return asking.file_request(form([firm.calls[one] for one in press.calls], **more), key_of(press.number))


def _about(store: Store, press: Press) -> Intent[Any]:
    request = store.audit.session.scalars(select(Request.id).where(Request.key == key_of(press.number))).one()
    match press.what:
        case "approve":
            return deciding.approve_request(request)
        case "deny":
            return deciding.deny_request(request, "No.")
        case "question":
            return deciding.ask_requester(request, "Why?")
        case "pass_on":
            return deciding.pass_on(request, "Not mine.")
        case "answer":
            return deciding.answer_question(request, "Since.")
        case _:
            return deciding.withdraw_request(request)
