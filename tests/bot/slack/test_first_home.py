"""The first Home tab, as it reaches Slack: a greeting in the own role, and for a guest the sentence that says why there is none."""

from __future__ import annotations

from handlers.first_steps import HELLO
from tests.slack_street import Street


async def _home(street: Street, who: str) -> str:
    person = street.workspace.person(who)
    await person.open_home()
    await street.settled()
    return str(person.home)


async def test_p7_the_first_home_greets_and_its_one_button_opens_the_form(street: Street) -> None:
    assert HELLO in await _home(street, "UANNA")
    await street.anna.press("home", "Ask for a recording")
    await street.settled()
    assert street.anna.modal is not None
    assert street.anna.modal["callback_id"] == "access"
    street.company.clock.pass_(hours=24)
    assert HELLO not in await _home(street, "UANNA")
    assert street.workspace.problems == []


async def test_p9_whoever_decides_reads_how_from_the_one_button(street: Street) -> None:
    assert HELLO in await _home(street, "UTARA")
    await street.tara.press("home", "How it is decided")
    await street.settled()
    assert street.tara.modal is not None
    assert "P7" in str(street.tara.modal["blocks"])


async def test_p1_a_guest_is_greeted_with_nothing_but_why(street: Street) -> None:
    street.turn("UANNA", "guest")
    told = await _home(street, "UANNA")
    assert "not open to this account" in told
    assert HELLO not in told
