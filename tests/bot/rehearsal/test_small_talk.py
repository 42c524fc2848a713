"""#general of the sample company is lived in before anybody comes, at whatever hour that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.rehearsal.company import PEOPLE, SYDNEY
from bot.rehearsal.slack import Channel, Member, Workspace
from bot.rehearsal.slack.conversations import Message
from bot.rehearsal.small_talk import IN, TALK, chat
from handlers import COMMANDS
from tests.each import each

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def said(now: datetime) -> tuple[Workspace, list[Message]]:
    people = [Member(one.id, one.name, one.email) for one in PEOPLE]
    members = tuple(one.id for one in PEOPLE if one.standing == "member")
    workspace = Workspace(
        people=people, bot_token="x", signing_secret="y", bot_url="http://127.0.0.1:1", now=lambda: now,
        channels=[Channel(IN, "general", members)],
    )  # fmt: skip
    chat(workspace, now)
    return workspace, workspace.seen(members[0], IN)


@each("hours", range(0, 24 * 7, 5))
def test_all_of_it_was_said_before_in_order_on_two_working_days_and_is_read(hours: int) -> None:
    now = MONDAY + timedelta(hours=hours)
    workspace, found = said(now)
    assert [one.text for one in found] == [one.words for one in TALK]
    moments = [one.at for one in found]
    assert moments == sorted(moments)
    assert moments[-1] < now
    days = {one.astimezone(ZoneInfo(SYDNEY)).date() for one in moments}
    assert len(days) == 2
    assert all(day.weekday() < 5 for day in days)
    assert now - moments[0] < timedelta(days=6)
    assert not +workspace.talk.unread


def test_what_is_written_next_stands_beneath_it() -> None:
    workspace, found = said(MONDAY)
    workspace.say(IN, found[0].author, "Hello.")
    assert [one.text for one in workspace.seen(found[0].author, IN)][-1] == "Hello."


def test_everybody_who_writes_is_in_the_channel_and_commands_are_named_as_they_are() -> None:
    names = {one.name for one in PEOPLE if one.standing == "member"}
    assert {one.who for one in TALK} <= names
    told = {word.strip(".,") for one in TALK for word in one.words.split() if word.startswith("/")}
    assert told <= {f"/{word}" for word in COMMANDS}
    assert "/recording-request" in told
