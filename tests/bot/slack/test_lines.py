"""D4 in Slack: what is pressed on a line in words does the same as on the card, and the line stays a line."""

from __future__ import annotations

from handlers.access.intents import Approve, Deny, Question, Withdraw
from tests.each import each
from tests.slack_street import Street


async def _line(street: Street, *steps: type[Question | Deny | Approve | Withdraw]) -> str:
    request = await street.asked()
    for step in steps:
        words = ("Which complaint?",) if step in (Question, Deny) else ()
        await street.company.door.enter(step(request, *words), street.company.tara)
    await street.settled()
    return request


@each(
    ("steps", "button", "title"),
    [
        ((Approve,), "Listen", "Listen"),
        ((Question,), "Answer", "Answer the question"),
        ((Deny,), "Details", "Access request"),
        ((Approve, Withdraw), "Ask again", "Ask for a recording"),
    ],
)
async def test_d4_a_line_leads_where_it_says_and_is_no_second_card(
    street: Street, steps: tuple[type[Question | Deny | Approve | Withdraw], ...], button: str, title: str
) -> None:
    await _line(street, *steps)
    line = [one for one in street.workspace.dm("UANNA") if not one.ephemeral][-1]
    await street.anna.press(line, button)
    await street.settled()
    view = street.workspace.modal("UANNA")
    assert view is not None
    assert view.body["title"]["text"] == title
    [same] = [one for one in street.workspace.dm("UANNA") if one.ts == line.ts]
    assert (same.text, same.blocks) == (line.text, line.blocks)
    assert street.workspace.problems == []


async def test_d4_an_answer_by_the_line_reaches_the_approver(street: Street) -> None:
    request = await _line(street, Question)
    await street.anna.press(street.workspace.dm("UANNA")[-1], "Answer")
    await street.settled()
    assert "Which complaint?" in str(street.anna.modal)
    assert (await street.anna.submit({"words": "Ticket 9."})).ok
    await street.settled()
    assert "Ticket 9." in str(street.card("UTARA", request).blocks)
