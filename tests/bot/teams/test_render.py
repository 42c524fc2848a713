"""A card says in Teams what it says, and what people pressed is read back whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.teams import render
from handlers.cards import (
    Actions,
    Button,
    Card,
    Facts,
    Heading,
    Line,
    Page,
    Part,
    Row,
    Said,
    Sign,
    Small,
    Title,
    When,
)
from tests.each import each

from .cards import faults, said

Element = dict[str, Any]

SYDNEY, LONDON = "Australia/Sydney", "Europe/London"
DUE = When(datetime(2027, 5, 5, 7, 0, tzinfo=UTC), SYDNEY)
APPROVE = Button("approve", "Approve", "R-1", "primary")
DENY = Button("deny", "Deny", "R-1", "danger", confirm="The requester is told why.")


def content(*parts: Part, zone: str = SYDNEY) -> Element:
    return render.content(Card(parts, "Anna asks."), zone)


def body(*parts: Part, zone: str = SYDNEY) -> list[Element]:
    drawn: list[Element] = content(*parts, zone=zone)["body"]
    return drawn


def test_a_message_says_in_a_sentence_what_it_is() -> None:
    drawn = render.message(Card((Line("x"),), "Anna asks\nto hear *two* calls."), SYDNEY)
    assert drawn["summary"] == "Anna asks to hear *two* calls."
    (attachment,) = drawn["attachments"]
    card = attachment["content"]
    assert (drawn["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.5")
    assert card["fallbackText"] == "Anna asks to hear \u2060*\u2060two\u2060*\u2060 calls."
    assert render.home(Card((Line("x"),), "."), SYDNEY) == render.message(Card((Line("x"),), "."), SYDNEY)


def test_a_title_says_its_state_in_a_word_and_a_sign_and_is_a_heading() -> None:
    (block,) = body(Title(Sign.WAITING, "Access request", "waiting for you"))
    assert block == {
        "type": "TextBlock",
        "text": "⏳ Access request · waiting for you",
        "wrap": True,
        "style": "heading",
        "size": "large",
        "weight": "bolder",
    }
    (block,) = body(Title(Sign.DENIED, "Access " * 40, "denied by Tara Lindqvist"))
    assert said(block).endswith("… · denied by Tara Lindqvist")


def test_a_heading_that_would_come_to_life_is_a_text_run() -> None:
    (block,) = body(Heading("See [this](https://evil.test)"))
    assert (block["type"], said(block)) == ("RichTextBlock", "See [this](https://evil.test)")


def test_facts_stand_in_two_columns_and_show_what_was_typed() -> None:
    who, reason, due, crm = body(
        Facts((("Who", "Anna Quill"), ("Reason", "*urgent* <at>all</at>"), ("Due", ("by ", DUE)), ("CRM\n ref", "")))
    )
    label, value = who["columns"]
    assert (said(label["items"][0]), said(value["items"][0])) == ("Who", "Anna Quill")
    assert label["items"][0]["inlines"][0]["weight"] == "bolder"
    assert said(reason["columns"][1]["items"][0]) == "*urgent* <at>all</at>"
    assert said(due["columns"][1]["items"][0]) == "by Wed 5 May, 17:00 Sydney"
    assert [said(column["items"][0]) for column in crm["columns"]] == ["CRM ref", "–"]


def test_somebodys_words_are_quoted_as_typed() -> None:
    label, quote = body(Said("Purpose", "*Now* [x](https://evil.test)\n- {{DATE(2026-11-24T03:00:00Z)}}"))
    assert said(label) == "Purpose"
    assert (quote["type"], quote["style"]) == ("Container", "emphasis")
    assert said(quote["items"][0]) == "*Now* [x](https://evil.test)\n- {\u2060{DATE(2026-11-24T03:00:00Z)}}"


def test_a_moment_is_told_in_the_readers_zone_and_the_lines() -> None:
    """{{DATE()}} is drawn in the zone and language of the device, so moments are words."""
    (line,) = body(Line(("Ends ", DUE), Sign.ALARM), zone=LONDON)
    assert said(line) == "⚠️ Ends Wed 5 May, 08:00 London (17:00 Sydney)"
    (small,) = body(Small("R-1 · P7"))
    assert small["inlines"] == [{"type": "TextRun", "text": "R-1 · P7", "size": "small", "isSubtle": True}]


def test_a_press_carries_what_is_asked_and_for_which_thing() -> None:
    (block,) = body(Title(Sign.WAITING, "Access request R-1", ""), Actions((APPROVE,)))[1:]
    (approve,) = block["actions"]
    same = {
        "title": "Approve",
        "tooltip": "Approve: Access request R-1",
        "data": {"verb": "approve", "value": "R-1"},
        "style": "positive",
    }
    assert approve == {
        "type": "Action.Execute",
        "verb": "approve",
        **same,
        "fallback": {"type": "Action.Submit", **same},
    }
    assert render.pressed(approve["data"]) == ("approve", "R-1")


@each("data", [{}, {"verb": 1, "value": None}, {"verb": ["x"], "value": {}}])
def test_a_press_that_carries_something_else_is_read_as_nothing(data: Element) -> None:
    assert render.pressed(data) == ("", "")


def test_what_can_not_be_undone_unfolds_a_question_first() -> None:
    (block,) = body(Actions((DENY,)))
    (deny,) = block["actions"]
    assert (deny["type"], deny["title"], deny["style"]) == ("Action.ShowCard", "Deny", "destructive")
    assert said(deny["card"]["body"][0]) == "The requester is told why."
    (really,) = deny["card"]["actions"]
    assert (really["type"], really["verb"], really["title"]) == ("Action.Execute", "deny", "Deny")
    assert really["fallback"]["data"] == really["data"] == {"verb": "deny", "value": "R-1"}


def test_more_buttons_than_a_client_shows_stand_in_several_rows() -> None:
    many = body(Actions(tuple(Button(f"act{n}", "Act", "7") for n in range(12))))
    assert [len(block["actions"]) for block in many] == [5, 5, 2]


def test_a_row_has_its_button_beside_it() -> None:
    (row,) = body(Row("Yesterday, •••• 678", Button("listen", "Listen", "7"), ("until ", DUE)))
    words, act = row["columns"]
    assert [said(one) for one in words["items"]] == ["Yesterday, •••• 678", "until Wed 5 May, 17:00 Sydney"]
    (button,) = act["items"][0]["actions"]
    assert (words["width"], act["width"], button["tooltip"]) == ("stretch", "auto", "Listen: Yesterday, •••• 678")
    (plain,) = body(Row("Yesterday"))
    assert [said(one) for one in plain["items"]] == ["Yesterday"]


def test_a_row_that_asks_back_gives_the_question_the_whole_width() -> None:
    (row,) = body(Row("Anna Quill", DENY))
    words, act = row["items"]
    assert (said(words), act["actions"][0]["type"]) == ("Anna Quill", "Action.ShowCard")


def test_long_words_are_cut_fairly_and_nothing_else_is() -> None:
    words = [Said("Words", sign * length) for sign, length in (("א", 4000), ("ב", 4000), ("ג", 200))]
    drawn = body(*words, Facts((("Who", "Anna " * 60),)), Actions((APPROVE,)))
    assert faults(content(*words)) == []
    lengths = [len(said(block["items"][0])) for block in drawn[1:6:2]]
    assert lengths[0] == lengths[1] > 1500
    assert lengths[2] == 202  # with its two marks of direction
    assert said(drawn[6]["columns"][1]["items"][0]) == ("Anna " * 60)
    assert drawn[7]["type"] == "ActionSet"


def test_where_not_everything_fits_the_buttons_stay_and_it_says_so() -> None:
    card: Any = content(*(Row(f"Call {n}", APPROVE) for n in range(200)), Actions((APPROVE, DENY)))
    *rows, more, acts = card["body"]
    assert len(rows) > 20
    assert said(more) == "There is more than fits here."
    assert [one["title"] for one in acts["actions"]] == ["Approve", "Deny"]


def test_a_page_has_its_title_in_the_chat_and_leaves_it_to_the_dialog() -> None:
    listen = Page("Listen", (Line("Your calls open in the browser."), Actions((APPROVE,))))
    chat: Any = render.page(listen, SYDNEY)
    assert [said(block) for block in chat["body"][:2]] == ["Listen", "Your calls open in the browser."]
    card: Any = render.page(listen, SYDNEY, dialog=True)
    line, acts = card["body"]
    assert (said(line), acts["actions"][0]["type"]) == ("Your calls open in the browser.", "Action.Submit")
    task: Any = render.dialog("Listen", card)
    assert task["type"] == "continue"
    assert task["value"]["title"] == "Listen"
    assert task["value"]["card"]["content"] == card
