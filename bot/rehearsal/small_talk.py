"""What colleagues of the sample company wrote in #general before somebody comes: the place where the first command is typed is lived in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.rehearsal.company import PEOPLE, SYDNEY
from bot.rehearsal.slack import Workspace
from bot.rehearsal.slack.conversations import Message

IN = "C0GENERAL"
EARLIEST = time(9, 30)  # in Sydney; by then the newest of it has been said


class Said(NamedTuple):
    """Who wrote it, at what time in Sydney, on which of the two days."""

    who: str
    at: time
    newest_day: bool
    words: str


TALK = (
    Said("Helena Marsh", time(15, 2), False, "The new pendants go out to customers from Monday. The guide for first calls is in the shared folder."),
    Said("Bram Tolliver", time(15, 9), False, "Three callers asked about fall sensors today. Is there one page that I can send them?"),
    Said("Tara Lindqvist", time(15, 14), False, "Yes, “Fall sensors on one page”, in the same folder. I put the plugs for the UK in as well."),
    Said("Bram Tolliver", time(15, 15), False, "Thank you, that is what I was looking for."),
    Said("Felix Ngata", time(16, 20), False, "This month’s invoices go out on Thursday. Two addresses make two invoices, should anyone ask."),
    Said("Greta Holloway", time(20, 35), False, "Good morning from London. Noted for our side, too."),
    Said("Ruth Adeyemi", time(8, 41), True, "A reminder, since two people asked: no one sends recordings around. Type /recording-request here and say why, and the approver sees it at once."),
    Said("Doran Whitlock", time(8, 52), True, "Does that go for sales calls as well?"),
    Said("Ruth Adeyemi", time(8, 54), True, "It does, every line. /recording-policy has all of it."),
    Said("Anna Quill", time(9, 6), True, "There is lemon cake in the kitchen. First come, first served."),
    Said("Quinn Abara", time(9, 8), True, "London asks for a slice by post."),
)  # fmt: skip


def chat(workspace: Workspace, now: datetime) -> None:
    """Put it there as said in the days before `now` (aware), and read by everybody: nothing of it waits for anybody."""
    newest, before = _days(now)
    ids = {one.name: one.id for one in PEOPLE}
    for said in TALK:
        day = newest if said.newest_day else before
        at = datetime.combine(day, said.at, ZoneInfo(SYDNEY)).astimezone(now.tzinfo)
        workspace.talk.add(Message(IN, workspace.talk.next_ts(at), ids[said.who], said.words, at))
    workspace.talk.unread.clear()


def _days(now: datetime) -> Iterator[datetime]:
    """The two newest days, later one first, from Monday to Friday, whose morning in Sydney has passed."""
    there = now.astimezone(ZoneInfo(SYDNEY))
    day = there if there.time() >= EARLIEST else there - timedelta(days=1)
    for _ in range(2):
        while day.weekday() > 4:
            day -= timedelta(days=1)
        yield day
        day -= timedelta(days=1)
