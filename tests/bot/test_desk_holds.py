"""Holds at the desk, as a platform has them: opened blank or about a request, filled in, sent, pressed (P12)."""

from __future__ import annotations

import pytest

from bot.chats.desk import Desk
from handlers.cards import Page
from handlers.holds.state import HoldForm
from handlers.rules.refusal import Refused
from tests.handlers.builders import ask
from tests.handlers.holds.acts import WORDS, kept, stands
from tests.handlers.reading import text
from tests.offices import Office

ANNA, HELENA = "UANNA", "UHELENA"


async def _held(desk: Desk, account: str, form: str, answers: dict[str, str | list[str]], drawn: type[HoldForm]) -> str:
    """Sends a form; the id of the hold that it begins."""
    shown = await desk.submit(account, form, "", answers, f"slack:{account}:{form}", set(drawn.model_fields))
    assert isinstance(shown, Page)
    assert "held until" in text(shown.parts[0].words)  # type: ignore[union-attr]
    return str(shown.parts[-1].buttons[0].value)  # type: ignore[union-attr]


async def test_p12_from_the_button_on_a_request_to_a_hold_that_is_confirmed(office: Office, desk: Desk) -> None:
    company = office.company
    request = await ask(company, company.anna)
    page, _ = await desk.page(ANNA, "details", request)
    assert "'hold'" in str(page.parts)
    sheet, filled = await desk.again(ANNA, "hold", request)
    assert (sheet.name, filled.values) == ("hold", {"recordings": ["1"]})
    hold = await _held(desk, ANNA, "hold", {**filled.values, **WORDS}, HoldForm)  # type: ignore[dict-item]
    assert await kept(company, 1)
    with pytest.raises(Refused, match="can't find this hold"):
        await desk.decide("UBRAM", "hold_confirm", hold, "k0")
    for key in ("k1", "k1", "k2"):
        await desk.decide(HELENA, "hold_confirm", hold, key)
    assert (await stands(company, hold)).state == "active"
    sheet = await desk.introduced(HELENA, "hold_release", hold)
    assert sheet.intro.startswith("No call is erased by this now.")
    await desk.submit(HELENA, "hold_release", hold, {"words": "Settled."}, "k3", {"words"})
    assert (await stands(company, hold)).state == "released"


async def test_p12_an_end_that_is_left_empty_is_as_late_as_the_policy_allows(office: Office, desk: Desk) -> None:
    hold = await _held(desk, HELENA, "hold", {"recordings": ["1"], **WORDS}, HoldForm)
    before = (await stands(office.company, hold)).ends_at
    office.clock.pass_(days=1)
    await desk.submit(HELENA, "hold_renew", hold, {"until": ""}, "k2", {"until"})
    assert (await stands(office.company, hold)).ends_at > before
