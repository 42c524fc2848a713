"""P9 in Slack: the form names whom a request concerns, and two people look up at home who decides."""

from __future__ import annotations

from bot.slack import render
from tests.handlers.builders import stored, written
from tests.slack_street import Street

CALLS, CONCERNED = "lookup:recordings", "Does it concern somebody who decides?"
CLAIM = {"matter": "Claim 12", "basis": "Police ref 9", "audience": "nobody"}


async def _the_longer_form(street: Street, words: str = "") -> None:
    await street.anna.command(f"/recording-request {words}".strip())
    await street.adapter.after.finish()
    await street.anna.press("modal", "redraw", "legal_claim")
    await street.adapter.after.finish()


async def _sent(street: Street, **more: object) -> str:
    found = await street.anna.options(CALLS, "CS-10443")
    answers = {"Which calls?": [found[0]["value"]], "crm": "CS-10443", "purpose": "To defend it.", **CLAIM, **more}
    assert (await street.anna.submit(answers)).ok
    await street.settled()
    rows = await street.company.database.read(lambda store: list(store.audit.rows()))
    return next(str(one["subject"]) for one in reversed(rows) if one["action"] == "access.file")


async def test_p9_somebody_is_found_by_a_part_of_the_name_and_has_no_part_in_it(street: Street) -> None:
    await _the_longer_form(street)
    [helena] = await street.anna.options(CONCERNED, "marsh")
    request = await _sent(street, concerned=[helena["value"]])
    assert street.workspace.dm("UHELENA") == []
    assert "Helena Marsh" in str(street.card("URUTH", request).blocks)


async def test_p9_it_may_be_left_empty(street: Street) -> None:
    await _the_longer_form(street)
    request = await _sent(street)
    assert (await stored(street.company, request)).state == "waiting"
    assert "Concerns" not in str(street.card("UHELENA", request).blocks)


async def test_p9_what_the_form_was_opened_for_is_looked_for_among_the_calls_and_not_among_people(
    street: Street,
) -> None:
    await _the_longer_form(street, "CS-10443")
    assert len(await street.anna.options(CALLS)) == 1
    assert len(await street.anna.options(CONCERNED)) == 6


async def _reason(street: Street, reason: str) -> None:
    await street.anna.press("modal", "redraw", reason)
    await street.adapter.after.finish()


def _stands(street: Street) -> dict[str, object]:
    """What stands in the form, by field, as Slack would send it."""
    view = street.workspace.modal("UANNA")
    assert view is not None
    return {name: next(iter(render.answers({name: states}).values())) for name, states in view.values.items()}


async def test_p9_a_second_thought_about_the_reason_loses_nothing_that_was_typed(street: Street) -> None:
    await _the_longer_form(street)
    [helena] = await street.anna.options(CONCERNED, "marsh")
    typed = {"purpose": "To defend it.", **CLAIM, "concerned": [helena["value"]]}
    street.anna.fill(typed)
    for reason in ("complaint", "training", "crime"):
        await _reason(street, reason)
        assert ("concerned" in _stands(street)) == (reason == "crime")
    assert {name: _stands(street)[name] for name in typed} == typed
    assert "Helena Marsh" in str(street.anna.modal)
    request = await _sent(street)
    assert "Helena Marsh" in str(street.card("URUTH", request).blocks)
    assert (await written(street.company, request)).basis == "Police ref 9"


async def test_p9_whoever_was_named_counts_only_where_the_form_asks_for_it(street: Street) -> None:
    await _the_longer_form(street)
    [tara] = await street.anna.options(CONCERNED, "lindqvist")
    street.anna.fill({**CLAIM, "concerned": [tara["value"]]})
    await _reason(street, "complaint")
    assert "Lindqvist" not in str(street.anna.modal and street.anna.modal["blocks"])
    found = await street.anna.options(CALLS, "CS-10443")
    assert (await street.anna.submit({"Which calls?": [found[0]["value"]], "crm": "CS-10443", "purpose": "Why."})).ok
    await street.settled()
    assert "Anna Quill" in str(street.workspace.dm("UTARA")[-1].blocks)


async def test_p9_what_was_emptied_on_purpose_stays_empty(street: Street) -> None:
    await _the_longer_form(street)
    street.anna.fill(CLAIM)
    await _reason(street, "complaint")
    await _reason(street, "crime")
    street.anna.fill({"basis": ""})
    await _reason(street, "complaint")
    await _reason(street, "crime")
    assert (_stands(street)["matter"], _stands(street)["basis"]) == ("Claim 12", "")
