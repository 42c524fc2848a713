"""Strings stay strings in Slack: nothing typed becomes markup, a mention, a link or a broken character."""

from datetime import UTC, datetime

import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.chats.wording import utf16_length
from bot.slack.blocks import date_token, notification_text, plain_words, to_mrkdwn
from handlers.cards import When
from tests.bot.any_cards import typed
from tests.each import each

SYDNEY = When(datetime(2027, 5, 5, 7, 0, tzinfo=UTC), "Australia/Sydney")


def unseen_apart(text: str) -> str:
    return regex.sub(r"[\u2060\u2066-\u2069\u202a-\u202e]", "", text)


@given(typed)
def test_plain_shows_what_was_typed(words: str) -> None:
    drawn = plain_words(words, "UTC", 100_000)
    kept = regex.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb]|\p{NChar}", "", words)
    lines = regex.sub(r"\r\n|[\r\u2028\u2029\x0b\x0c\x85]", "\n", kept.replace("\t", " "))
    whole = lines.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert unseen_apart(drawn) in {unseen_apart(whole), "–"}
    assert drawn != "–" or regex.fullmatch(r"[\s\p{Cf}–]*", whole)


@given(typed, st.integers(1, 300))
def test_plain_fits_and_can_be_sent(words: str, most: int) -> None:
    drawn = plain_words(words, "UTC", most)
    assert 1 <= utf16_length(drawn) <= most
    assert drawn.encode("utf-8")
    assert not regex.search(r"[\p{Cc}--\n]", drawn, regex.V1)


def test_in_a_sentence_of_ours_a_name_of_another_direction_is_alone() -> None:
    """Else the first strong letter would turn the whole sentence round."""
    assert (
        plain_words("שרה כהן asks you, and so does نورة.", "UTC", 99)
        == "\u2068שרה כהן\u2069 asks you, and so does \u2068نورة\u2069."
    )
    assert notification_text("نورة (١٢) asks.", 99) == "\u2068نورة (١٢\u2069) asks."
    assert plain_words("Asked by שָׁרָה", "UTC", 99) == "Asked by \u2068שָׁרָה\u2069"


def test_typed_words_have_their_own_direction_line_by_line() -> None:
    said = plain_words("שלום, Anna!\nYes: שלום.\nYes.", "UTC", 99, typed=True)
    assert said == "\u2068שלום, Anna!\u2069\n\u2068Yes: שלום.\u2069\nYes."


@given(typed)
def test_nothing_comes_to_life_in_mrkdwn(words: str) -> None:
    drawn = to_mrkdwn(("x ", words, SYDNEY), "Australia/Sydney", 3000)
    if drawn is not None:
        said = drawn.removesuffix(date_token(SYDNEY, "Australia/Sydney", begins=False))
        assert not regex.search(r"[*_~`<>@]|:\S+:|&gt;|&(?!amp;|lt;)|https?://|www\.", said)


@each(
    "words",
    ["*b*", "_i_", "~s~", "`c`", ":smile:", "> q", "@here", "#general", "https://x.test", "www.x.test", "x.test"],
)
def test_what_slack_would_read_is_left_to_plain_text(words: str) -> None:
    assert to_mrkdwn(words, "UTC", 99) is None
    assert to_mrkdwn(("at 10:15 ", words), "UTC", 99) is None


@given(typed)
def test_the_text_of_a_notification_pings_no_one(words: str) -> None:
    drawn = notification_text(words, 3000)
    assert not regex.search(r"[<>]|&(?!amp;|lt;|gt;)|(?m)^&gt;", drawn)
    assert 1 <= utf16_length(drawn) <= 3000
