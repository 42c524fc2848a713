"""Who looks at a card that was just pressed is told when the card is late, once, and never when it is not."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.chats.onlookers import LOOKS, SOON, TYPED, Onlookers
from bot.ports import Unavailable, Unreachable
from tests.clocks import Seconds

ILL = Unavailable("http_500")
WORDS = "It is done. Slack does not let me change the card just now: that follows."


@dataclass
class Ear:
    """Where something was pressed."""

    deaf: bool = False
    heard: list[str] = field(default_factory=list)

    async def __call__(self, words: str) -> bool:
        self.heard += [] if self.deaf else [words]
        return not self.deaf


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def onlookers(ear: Ear, seconds: Seconds) -> Onlookers:
    """Tara looks at a card that she pressed."""
    found = Onlookers("slack", seconds)
    found.look("UTARA", "R-1", ear)
    return found


async def test_a_late_card_is_told_once(onlookers: Onlookers, ear: Ear) -> None:
    for _ in range(3):
        await onlookers.late("UTARA", "R-1", ILL)
    assert ear.heard == [WORDS]


async def test_it_is_told_again_where_nobody_could_hear_it(onlookers: Onlookers, ear: Ear) -> None:
    ear.deaf = True
    await onlookers.late("UTARA", "R-1", ILL)
    ear.deaf = False
    await onlookers.late("UTARA", "R-1", ILL)
    assert ear.heard == [WORDS]


async def test_nobody_is_told_of_another_card_nor_of_one_that_was_drawn(onlookers: Onlookers, ear: Ear) -> None:
    for account, matter in (("UTARA", "R-2"), ("UANNA", "R-1")):
        await onlookers.late(account, matter, ILL)
    onlookers.drawn("UTARA", "R-1")
    await onlookers.late("UTARA", "R-1", ILL)
    assert ear.heard == []


async def test_nor_of_a_pause_that_is_over_at_once(onlookers: Onlookers, ear: Ear) -> None:
    await onlookers.late("UTARA", "R-1", Unavailable("ratelimited", retry_after=SOON - 1))
    assert ear.heard == []
    await onlookers.late("UTARA", "R-1", Unavailable("ratelimited", retry_after=SOON))
    assert ear.heard == [WORDS]


async def test_nor_that_the_platform_is_ill_while_the_database_is(onlookers: Onlookers, ear: Ear) -> None:
    await onlookers.late("UTARA", "R-1", Unavailable("database"))
    assert ear.heard == []


async def test_nor_long_after_the_press(onlookers: Onlookers, ear: Ear, seconds: Seconds) -> None:
    seconds.now = LOOKS
    await onlookers.late("UTARA", "R-1", ILL)
    assert ear.heard == []


async def test_what_can_not_be_posted_is_said_where_something_was_typed_once(
    onlookers: Onlookers, ear: Ear, seconds: Seconds
) -> None:
    await onlookers.unsaid("UTARA", "STILL.", "a", ILL)
    assert ear.heard == []
    onlookers.typed("UTARA", ear)
    ear.deaf = True
    await onlookers.unsaid("UTARA", "STILL.", "a", ILL)
    ear.deaf = False
    for once in ("a", "a", "b"):
        await onlookers.unsaid("UTARA", "STILL.", once, ILL)
    await onlookers.unsaid("UTARA", "STILL.", "c", Unavailable("database"))
    assert ear.heard == ["STILL.", "STILL."]
    seconds.now += TYPED
    await onlookers.unsaid("UTARA", "STILL.", "d", ILL)
    assert ear.heard == ["STILL.", "STILL."]


async def test_what_will_never_be_posted_is_said_there_too(onlookers: Onlookers, ear: Ear) -> None:
    onlookers.typed("UTARA", ear)
    for _ in range(2):
        await onlookers.unsaid("UTARA", "STILL.", "a", Unreachable("channel_not_found"))
    assert ear.heard == ["STILL."]
