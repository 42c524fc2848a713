"""The same card on both platforms, side by side: a change of what people see shows itself, and is accepted on purpose.

`UPDATE_GOLDEN=1 pytest tests/golden` rewrites the files; look through the difference.
"""

import json
import os
from pathlib import Path
from typing import Any

from bot.rehearsal.slack.blockkit import check_message, check_view
from bot.slack import render as slack
from bot.teams import forms
from bot.teams import render as teams
from tests.bot.teams.cards import faults
from tests.each import each
from tests.golden import cases, rooms
from tests.golden.cases import READER
from tests.words import CARDS, IN_CHAT, MOST_LINES, MOST_WORDS, OTHER_MOST_WORDS, count_lines, count_words

HERE = Path(__file__).parent
PAGES = {**cases.PAGES, **rooms.PAGES}
FORMS = {**cases.FORMS, **rooms.FORMS}
DRAWN: dict[str, object] = {
    **{f"{name}.slack": slack.render_message(card, READER) for name, card in CARDS.items()},
    **{f"{name}.teams": teams.render_message(card, READER) for name, card in CARDS.items()},
    **{f"{name}.slack": slack.render_page(page, READER) for name, page in PAGES.items()},
    **{f"{name}.teams": teams.render_page(page, READER, dialog=True) for name, page in PAGES.items()},
    **{f"{name}.slack": slack.render_modal(sheet) for name, sheet in FORMS.items()},
    **{f"{name}.teams": forms.draw_form(sheet) for name, sheet in FORMS.items()},
}


@each("name", DRAWN)
def test_a_card_is_drawn_as_it_was(name: str) -> None:
    path = HERE / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(json.dumps(DRAWN[name], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == DRAWN[name]


@each("name", DRAWN)
def test_its_platform_takes_it(name: str) -> None:
    drawn: Any = DRAWN[name]
    if name.endswith(".teams"):
        assert faults(drawn["attachments"][0]["content"] if "attachments" in drawn else drawn) == []
    elif drawn.get("type") == "modal":
        check_view(drawn, "modal")
        assert not drawn["title"]["text"].endswith("…")
    else:
        check_message(drawn["blocks"])


@each("name", IN_CHAT)
def test_a_card_in_the_chat_is_seven_lines_at_most_and_few_words(name: str) -> None:
    assert count_lines(name) <= MOST_LINES
    assert count_words(name) <= OTHER_MOST_WORDS.get(name, MOST_WORDS)


def test_every_file_is_of_a_card_that_is_drawn() -> None:
    assert {path.stem for path in HERE.glob("*.json")} == DRAWN.keys()
