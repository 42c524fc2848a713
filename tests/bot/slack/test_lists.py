"""D2 in Slack: “And 7 more” opens the whole list in a dialog, which turns its pages in place and leads on to a request."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.lists import ON_A_PAGE
from tests.handlers.builders import ask
from tests.slack_street import Street


def _modal(street: Street) -> tuple[str, str]:
    view = street.workspace.modal("UTARA")
    assert view is not None
    return str(view.body["title"]["text"]), str(view.body["blocks"])


def _rows(blocks: Any) -> int:
    return str(blocks).count("'accessory'")


@pytest.mark.soak
async def test_d2_the_rest_is_one_press_away_and_its_pages_turn_in_place(street: Street) -> None:
    requests = []
    for number in range(ON_A_PAGE + 2):
        street.company.clock.pass_(seconds=1)
        requests.append(await ask(street.company, street.company.anna, crm=f"CS-{number}"))
    await street.settled()
    await street.tara.open_home()
    await street.settled()
    await street.tara.press("home", "Show all")
    await street.settled()
    title, blocks = _modal(street)
    assert (title, _rows(blocks)) == ("Waiting for you", ON_A_PAGE)
    assert requests[0] in blocks
    await street.tara.press("modal", "Later ones")
    await street.settled()
    _, blocks = _modal(street)
    assert (_rows(blocks), requests[-1] in blocks, requests[0] in blocks) == (2, True, False)
    assert len(street.workspace.views.stack("UTARA")) == 1
    await street.tara.press("modal", "Details")
    await street.settled()
    assert (_modal(street)[0], len(street.workspace.views.stack("UTARA"))) == ("Access request", 2)
    await street.tara.press("modal", "Deny")
    await street.settled()
    assert (await street.tara.submit({"words": "Another call."})).ok
    assert street.tara.modal is None
    assert street.workspace.problems == []


@pytest.mark.soak
async def test_d2_a_list_is_not_shown_to_whoever_may_not_act(street: Street) -> None:
    for number in range(ON_A_PAGE):
        await ask(street.company, street.company.anna, crm=f"CS-{number}")
    await street.settled()
    await street.tara.open_home()
    await street.settled()
    street.turn("UTARA", "guest")
    street.company.clock.pass_(hours=1)
    await street.tara.press("home", "Show all")
    await street.settled()
    title, blocks = _modal(street)
    assert (title, "You are a guest here" in blocks, "R-" in blocks) == ("Please note", True, False)
