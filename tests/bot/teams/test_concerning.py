"""P9 in Teams: the form names whom a request concerns, and two people look up at home who decides."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal.teams.actions import inputs
from bot.teams.filling import LESS

from .street import CLAIM, Street, told
from .test_presses import filed

BOTH = pytest.mark.parametrize("old", [False, True], ids=["execute", "submit"])


async def _the_longer_form(street: Street, *, old: bool) -> Any:
    form = await street.blank()
    await street.press("anna", form, "Send", await street.filled(form, reason="legal_claim"), old_client=old)
    return street.again(form, "anna")


@BOTH
async def test_p9_somebody_who_is_named_has_no_part_in_it(street: Street, old: bool) -> None:
    await street.moved_in("helena", "ruth")
    form = await _the_longer_form(street, old=old)
    [helena] = await street.anna.search("concerned", "marsh", form)
    await street.press("anna", form, "Send", {**CLAIM, "concerned": [helena["value"]]}, old_client=old)
    [request] = await filed(street)
    assert "Helena Marsh" in told(street.card("ruth", request))
    assert not [one for one in street.person("helena").chat if request in str(one.cards)]


@BOTH
async def test_p9_a_second_thought_about_the_reason_is_said_and_loses_nothing(street: Street, old: bool) -> None:
    await street.moved_in("tara", "ruth", "helena")
    form = await _the_longer_form(street, old=old)
    [helena] = await street.anna.search("concerned", "marsh", form)
    named = {**CLAIM, "concerned": [helena["value"]]}
    await street.press("anna", form, "Send", {**named, "reason": "complaint"}, old_client=old)
    shorter = street.again(form, "anna")
    assert LESS in told(shorter)
    assert {"concerned", "matter"} & {one["id"] for one in inputs({"body": shorter.cards})} == set()
    assert await filed(street) == []
    await street.press("anna", shorter, "Send", {"reason": "crime"}, old_client=old)
    longer = street.again(form, "anna")
    stands = {one["id"]: one.get("value") for one in inputs({"body": longer.cards})}
    assert {name: stands[name] for name in ("matter", "basis", "audience")} == {
        name: CLAIM[name] for name in ("matter", "basis", "audience")
    }
    assert stands["concerned"] == helena["value"]
    await street.press("anna", longer, "Send", {}, old_client=old)
    [request] = await filed(street)
    assert "Helena Marsh" in told(street.card("ruth", request))


@BOTH
async def test_p9_whoever_was_named_counts_only_where_the_form_asks_for_it(street: Street, old: bool) -> None:
    await street.moved_in("tara")
    form = await _the_longer_form(street, old=old)
    [tara] = await street.anna.search("concerned", "lindqvist", form)
    await street.press(
        "anna", form, "Send", {**CLAIM, "concerned": [tara["value"]], "reason": "training"}, old_client=old
    )
    await street.press("anna", street.again(form, "anna"), "Send", {}, old_client=old)
    [request] = await filed(street)
    assert "waiting for you" in told(street.card("tara", request))
