"""Forms, the dialog behind Listen, notes, and lines in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.rehearsal.slack import Fault
from handlers.access import asking, deciding
from handlers.handling import Handler, Intent
from storage.database.store import DatabaseDown
from tests.gallery import odd
from tests.gallery.house import ANNA, CLAIM, DEVEN, HELENA, PIP, PURPOSE, RUTH, TARA, House
from tests.gallery.requests import ANSWER, EVERYBODY_AWAY, NO, QUESTION
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

FORM, OTHER_FORMS, NOTES, LINES = "Request form", "Other forms", "Notes", "Lines in words"
BLANK = "   "


async def untouched(house: House, reason: str) -> list[Shot]:
    await house.form(ANNA, reason)
    return [house.shot_of_modal("requester", ANNA)]


async def filled_in(house: House, reason: str, details: Mapping[str, str]) -> list[Shot]:
    filled = await house.form(ANNA, reason, ["CS-10397", "CS-10442"], crm="CS-10442", purpose=PURPOSE, **details)
    house.fill(ANNA, filled)
    return [house.shot_of_modal("requester", ANNA)]


async def mended(house: House, reason: str, calls: list[str], **typed: str) -> list[Shot]:
    """The form comes back with what must be mended."""
    errors = await house.refused(ANNA, await house.form(ANNA, reason, calls, **typed))
    return [house.shot_of_modal("requester", ANNA, errors)]


async def found(house: House, words: str) -> list[Shot]:
    """The command with words behind it."""
    await house.person(ANNA).command(f"/recording-request {words}")
    await house.settled()
    return [house.shot_of_modal("requester", ANNA)]


async def asked_again(house: House) -> list[Shot]:
    request = await house.ask()
    await house.do(TARA, request, "Deny", NO)
    await house.do(ANNA, request, "Ask again")
    return [house.shot_of_modal("requester", ANNA)]


async def call_is_gone(house: House) -> list[Shot]:
    filled = await house.form(ANNA, "complaint", ["CS-10397", "CS-10442"], crm="CS-10442", purpose=PURPOSE)
    await house.steward.database.write(lambda store: store.recordings.lose("file", ["pendant-beeps.mp3"]))
    return [house.shot_of_modal("requester", ANNA, await house.refused(ANNA, filled))]


async def not_saved(house: House, error: Exception) -> list[Shot]:
    filled = await house.form(ANNA, "complaint", ["CS-10397"], crm="CS-10442", purpose=PURPOSE)
    _break(house, asking.file_request, error)
    return [house.shot_of_modal("requester", ANNA, await house.refused(ANNA, filled))]


async def about_a_request(house: House, button: str, uid: str, before: str = "") -> list[Shot]:
    request = await house.ask()
    if before:
        await house.do(TARA, request, before, QUESTION)
    await house.do(uid, request, button)
    shots = [house.shot_of_modal("untouched", uid)]
    for name, words in (("sent empty", ""), ("only blanks", BLANK)):
        await house.do(uid, request, button)
        shots.append(house.shot_of_modal(name, uid, await house.refused(uid, {"words": words})))
    return shots


async def listen(house: House) -> list[Shot]:
    request = await house.ask()
    await house.do(TARA, request, "Approve")
    await house.do(ANNA, request, "Listen")
    return [house.shot_of_modal("requester", ANNA)]


async def asked_before(house: House) -> list[Shot]:
    request = await house.ask()
    filled = await house.form(ANNA, "complaint", ["CS-10397"], crm="CS-10442", purpose="Please.")
    await house.sent(ANNA, filled)
    shots = [house.shot_of_modal("while it waits", ANNA)]
    await house.do(TARA, request, "Ask a question", QUESTION)
    filled = await house.form(ANNA, "complaint", ["CS-10397"], crm="CS-10442", purpose="Please.")
    await house.sent(ANNA, filled)
    return [*shots, house.shot_of_modal("with a question open", ANNA)]


async def too_late(house: House) -> list[Shot]:
    """An old card is pressed, as on a phone that has been in a tunnel."""
    request = await house.ask()
    old = house.card(TARA, request)
    await house.press(TARA, old, "Ask a question")
    await house.do(ANNA, request, "Withdraw")
    await house.pass_(minutes=3)
    typed = house.shot_of_modal("sent from a form", TARA, await house.refused(TARA, {"words": QUESTION}))
    await house.press(TARA, old, "Approve")
    whisper = house.shot_of_last("pressed on a card", TARA)
    await house.press(TARA, old, "Deny")
    return [whisper, typed, house.shot_of_modal("opened too late", TARA)]


async def too_late_to_listen(house: House, *, withdrawn: bool) -> list[Shot]:
    request = await house.ask()
    await house.do(TARA, request, "Approve")
    old = house.card(ANNA, request)
    if withdrawn:
        await house.do(ANNA, request, "Withdraw")
    else:
        await house.pass_(days=8)
    await house.press(ANNA, old, "Listen")
    return [house.shot_of_modal("requester", ANNA)]


async def not_staff(house: House) -> list[Shot]:
    await house.form(PIP)
    return [house.shot_of_modal("guest", PIP)]


async def older_form(house: House) -> list[Shot]:
    filled = await house.form(ANNA, "complaint", ["CS-10397"], crm="CS-10442", purpose=PURPOSE)
    house.workspace.views.stack(ANNA)[0].body["callback_id"] = "of-long-ago"
    return [house.shot_of_modal("requester", ANNA, await house.refused(ANNA, filled))]


async def slow(house: House) -> list[Shot]:
    request = await house.ask()
    _break(house, deciding.approve_request, DatabaseDown("away"))
    await house.do(TARA, request, "Approve")
    return [house.shot_of_last("approver", TARA)]


async def told(house: House, button: str, words: str = "") -> list[Shot]:
    request = await house.ask()
    await house.do(TARA, request, button, words)
    return [house.shot_of_last("requester", ANNA)]


async def told_of_an_answer(house: House) -> list[Shot]:
    request = await house.ask()
    await house.do(TARA, request, "Ask a question", QUESTION)
    await house.do(ANNA, request, "Answer", ANSWER)
    return [house.shot_of_last("approver", TARA)]


async def told_of_withdrawal(house: House) -> list[Shot]:
    request = await house.ask()
    await house.do(TARA, request, "Approve")
    await house.person(TARA).open_home()
    await house.settled()
    await house.press(TARA, "home", "Withdraw")
    return [house.shot_of_last("requester", ANNA)]


async def alarm(house: House) -> list[Shot]:
    await house.ask()
    return [house.shot_of_last("Human Resources", RUTH)]


async def next_asked(house: House) -> list[Shot]:
    """Neither the team leader nor the deputy can be reached, so the Head is asked."""
    house.workspace.faults.script([Fault("user_not_found", "chat.postMessage", one) for one in (TARA, DEVEN)])
    request = await house.ask()
    return [house.shot_of_card("the Head", HELENA, request), house.shot_of_last("Human Resources", RUTH)]


def _break(house: House, handler: Handler[..., Any], error: Exception) -> None:
    """From now on this fails, as if the database or the program did."""
    door = house.steward.door
    enter = door.enter

    async def broken(intent: Intent[Any], *others: Any, **more: Any) -> Any:
        if intent.handler is handler:
            raise error
        return await enter(intent, *others, **more)

    vars(house.steward.door)["enter"] = broken


SCENES: tuple[Scene, ...] = (
    Scene(FORM, "plain", partial(untouched, reason="")),
    Scene(FORM, "plain, filled in", partial(filled_in, reason="complaint", details={})),
    Scene(FORM, "plain, sent empty", partial(mended, reason="", calls=[])),
    Scene(
        FORM, "plain, only blanks", partial(mended, reason="complaint", calls=["CS-10397"], crm=BLANK, purpose=BLANK)
    ),
    Scene(
        FORM,
        "plain, too long",
        partial(mended, reason="complaint", calls=["CS-10397"], crm=odd.long(61), purpose=odd.long(1501)),
    ),
    Scene(FORM, "investigation", partial(untouched, reason="legal_claim")),
    Scene(FORM, "investigation, filled in", partial(filled_in, reason="legal_claim", details=CLAIM)),
    Scene(FORM, "investigation, sent empty", partial(mended, reason="legal_claim", calls=[])),
    Scene(FORM, "one call found", partial(found, words="CS-10397")),
    Scene(FORM, "several calls found", partial(found, words="Bram")),
    Scene(FORM, "no call found", partial(found, words="nothing like it")),
    Scene(FORM, "asked again", asked_again),
    Scene(FORM, "a call is gone", call_is_gone),
    Scene(FORM, "the database is slow", partial(not_saved, error=DatabaseDown("away"))),
    Scene(FORM, "a fault of ours", partial(not_saved, error=RuntimeError("broken for the picture"))),
    Scene(OTHER_FORMS, "deny", partial(about_a_request, button="Deny", uid=TARA)),
    Scene(OTHER_FORMS, "question", partial(about_a_request, button="Ask a question", uid=TARA)),
    Scene(OTHER_FORMS, "answer", partial(about_a_request, button="Answer", uid=ANNA, before="Ask a question")),
    Scene(OTHER_FORMS, "listen", listen),
    Scene(NOTES, "already asked", asked_before),
    Scene(NOTES, "already decided", too_late),
    Scene(NOTES, "access was withdrawn", partial(too_late_to_listen, withdrawn=True)),
    Scene(NOTES, "access has ended", partial(too_late_to_listen, withdrawn=False)),
    Scene(NOTES, "not for a guest", not_staff),
    Scene(NOTES, "an older form", older_form),
    Scene(NOTES, "the database is slow", slow),
    Scene(LINES, "approved", partial(told, button="Approve")),
    Scene(LINES, "denied", partial(told, button="Deny", words=NO)),
    Scene(LINES, "a question", partial(told, button="Ask a question", words=QUESTION)),
    Scene(LINES, "an answer", told_of_an_answer),
    Scene(LINES, "access withdrawn", told_of_withdrawal),
    Scene(LINES, "no one may decide", alarm, EVERYBODY_AWAY),
    Scene(LINES, "an approver is out of reach", next_asked),
)
