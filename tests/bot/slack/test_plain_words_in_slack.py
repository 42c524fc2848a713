"""P1, P13: words of one's own behind a command in Slack: forms filled in, pages, and nothing kept of what sounds like a breach."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

from tests.breaching import elsewhere
from tests.each import each
from tests.slack_street import Street

CANARY = "Zebediah"
BREACH = f"{CANARY} leaked a recording to his friends"
COMMANDS = ["/recording-request", "/recording-policy"]


async def typed(street: Street, words: str, uid: str = "UANNA") -> dict[str, Any]:
    """What stands in the dialog after this was typed."""
    assert (await street.workspace.person(uid).command(words)).ok
    await street.settled()
    view = street.workspace.modal(uid)
    assert view is not None
    return view.full()


def title(view: dict[str, Any]) -> str:
    return str(view["title"]["text"])


async def test_p7_a_wish_opens_the_form_filled_in(street: Street) -> None:
    view = await typed(street, "/recording-request I need the call with 0412 345 671 yesterday for a complaint")
    told = json.dumps(view, ensure_ascii=False)
    assert title(view) == "Ask for a recording"
    assert all(
        one in told
        for one in ("This call was found by what you wrote", "CS-10443", "For a complaint", "Mon 23 Nov, 14:00 Sydney")
    )


@each("command", COMMANDS)
@each(
    ("words", "shown"),
    [
        ("where is my request?", "Your requests"), ("who listened to my calls?", "Calls with me"),
        ("approve it", "By a press, not by words"), ("the customer doesn't want to be recorded", "A caller declines"),
        ("put a hold on the calls of CS-10443", "Ask for a hold"), ("how long are calls kept?", "Call recording policy"),
    ],
)  # fmt: skip
async def test_p1_behind_either_command_words_lead_to_what_is_meant(
    street: Street, command: str, words: str, shown: str
) -> None:
    assert title(await typed(street, f"{command} {words}")).startswith(shown[:24])


@each("uid", ["UANNA", "UFAR"])
@each("command", COMMANDS)
async def test_p13_what_sounds_like_a_breach_is_neither_repeated_nor_kept_whoever_it_is(
    street: Street, command: str, uid: str, logs: list[MutableMapping[str, Any]]
) -> None:
    before = await elsewhere(street.company.database)
    view = await typed(street, f"{command} {BREACH}", uid)
    assert (title(view), CANARY in json.dumps(view)) == ("In confidence", False)
    assert "Report in confidence" in json.dumps(view)
    assert await elsewhere(street.company.database) == before
    assert not [one for one in logs if CANARY in str(one) or uid in str(one)]
    assert street.workspace.dm(uid) == []


async def test_p5_the_button_that_switches_it_off_says_what_happens_now(street: Street) -> None:
    await typed(street, "/recording-policy the caller refuses recording")
    await street.anna.press("modal", "A caller declines")
    await street.settled()
    view = street.workspace.modal("UANNA")
    assert view is not None
    assert "I am looking for your call" in json.dumps(view.full())


async def test_p9_words_of_lawyers_behind_a_reason_of_staff_are_asked_about(street: Street) -> None:
    await typed(street, "/recording-request CS-10443")
    told = {"reason": "complaint", "crm": "CS-10443", "purpose": "Her lawyer wrote to us."}
    asked = await street.anna.submit(told)
    assert asked.ok
    await street.settled()
    view = street.workspace.modal("UANNA")
    assert view is not None
    assert "Is this an investigation or a legal claim?" in json.dumps(view.full())
    assert "This needs a few more details. Nothing was sent yet." in json.dumps(view.full()["blocks"][0]), (
        "it stands below the fold"
    )
    assert "Defence of a legal claim" in str((await street.anna.submit({**told, "special": "yes"})).errors)
    assert (await street.anna.submit({**told, "special": "no"})).ok
    await street.settled()
    assert any("Access request" in str(one) for one in street.workspace.dm("UANNA"))
