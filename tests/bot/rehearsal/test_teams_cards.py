"""The card check: what passes, what Teams would refuse, and that nothing breaks it."""

from typing import Any

from bot.rehearsal.teams import card_faults
from tests.each import each

Json = dict[str, Any]
WHY = {"type": "Input.Text", "id": "why", "label": "Why", "isRequired": True, "errorMessage": "Say why."}
CHOOSE = {"type": "Input.ChoiceSet", "id": "calls", "isMultiSelect": True}
TEXT = {"type": "TextBlock", "text": "a", "wrap": True}
APPROVE = {"type": "Action.Execute", "title": "Approve", "verb": "approve"}
DENY = {"type": "Action.Submit", "title": "Deny", "data": {"verb": "deny"}}


def card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def test_a_good_card_has_no_fault() -> None:
    query = {**CHOOSE, "choices.data": {"type": "Data.Query", "dataset": "recordings"}}
    opened = {"type": "Action.OpenUrl", "title": "Listen", "url": "https://x.example"}
    assert card_faults(card(TEXT, WHY, query, actions=[APPROVE, DENY, opened])) == []


@each(
    ("wrong", "fault"),
    [
        ("text", "it must be an object of type AdaptiveCard"),
        ({"type": "AdaptiveCard", "version": "1.6"}, "Teams draws no version 1.6"),
        ({"type": "AdaptiveCard", "version": 1.5}, "Teams draws no version 1.5"),
        (card(WHY, WHY), "two inputs share the id 'why'"),
        (card(CHOOSE), "'calls' offers no choices"),
        (card({**CHOOSE, "choices": [{"title": "a", "value": "a,b"}]}), "a comma in a value breaks isMultiSelect"),
        (card(actions=[{"type": "Action.OpenUrl", "url": "javascript:x"}]), "Teams doesn't open 'javascript:x'"),
        (card(actions=[{"type": "Action.Execute", "title": "x"}]), "an Action.Execute has no verb, so the bot could not tell what was pressed"),
    ],
)  # fmt: skip
def test_what_teams_would_refuse_is_named(wrong: Any, fault: str) -> None:
    assert card_faults(wrong) == [fault]
