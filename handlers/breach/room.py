"""What confidential reports bring to the house (P13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from handlers import colleagues, opening, role_people
from handlers.acting import Act
from handlers.breach import (
    around,
    clock,
    conversation,
    filing,
    findings,
    handling,
    hearing,
    intents,
    messages,
    playing,
    saying,
    sessions,
    start,
)
from handlers.breach.forms import PEOPLE, READERS, ReportForm
from handlers.breach.journalling import Journalled, journalled
from handlers.breach.rows import lists
from handlers.breach.wrapping import wrap_anew
from handlers.cards import Actions, Button, Heading, Line, Option, Page, Small
from handlers.room import Asks, Command, Does, Hands, Opens, Room, Search
from handlers.rules.breach import would_be_readers
from handlers.words import day_words

REPORT = Button(ReportForm.name, "Report in confidence", "")
SAYS = "Report a suspected breach in confidence"
HELPS = (
    "{word} opens a private form. Only the Manager, Human Resources, and the Head of Customer Success read it, and nobody "
    "whom it is about. What you write behind the word is not read."
)


def groups(told: str) -> list[str]:
    """A receipt in the groups in which it is read out."""
    return [told[place : place + 4] for place in range(0, len(told), 4)]


def receipt(filed: intents.Filed) -> Page:
    """The receipt, once, and what happens by when."""
    clock = (
        Line(
            f"A person acknowledges it by {day_words(filed.acknowledged_by, None)}, and you hear more by {day_words(filed.answered_by, None)}."
        ),
    )
    evidence = (Line(f"If you have files, please bring them to {filed.evidence}."),) if filed.evidence else ()
    kept = (
        Line("Nobody here may read it as things are. It is kept, and opened as soon as somebody may."),
        Line(filed.last_resort),
    ) if filed.last_resort else ()  # fmt: skip
    return Page(
        "Your report is in",
        (
            Line("This is your receipt. Copy it now: nobody can show it to you again."),
            Heading(" ".join(groups(filed.receipt))),
            Line("With it you can read answers and add more, on a page that asks nobody who they are."),
            Actions((Button("breach_follow", "Open the page", "", url="/report/follow"),)),
            *(kept or clock),
            *evidence,
            Small("I keep the receipt nowhere. P13"),
        ),
    )  # fmt: skip


def _opens(path: str) -> Callable[[str, str], Page]:
    def page(code: str, public_url: str) -> Page:
        link = Button("breach_open", "Open the page", "", "primary", url=f"{public_url}/report/{path}#{code}")
        told = Line("This opens a page of my own. The link works once, within a minute.")
        return Page("In confidence", (told, Actions((link,))))

    return page


def _readers(act: Act, typed: str) -> list[Option]:
    return _reading(act, role_people.find(act, typed))


def _readers_named(act: Act, values: Iterable[str]) -> list[Option]:
    return _reading(act, role_people.named(act, values))


def _reading(act: Act, those: list[Option]) -> list[Option]:
    read = {role_people.value_of(seat.email) for seat in would_be_readers(act.policy)}
    return [one for one in those if one.value in read]


def _sent(_: str) -> Page:
    return Page("Sent", (Line("Your report is in."),))


ROOM = Room(
    "breach",
    does=(
        intents.File.by(filing.file),
        intents.Follow.by(conversation.follow),
        intents.Add.by(conversation.add),
        intents.ReadOwn.by(conversation.read_own),
        intents.AddOwn.by(conversation.add_own),
        intents.Link.by(sessions.link),
        intents.Exchange.by(sessions.exchange),
        intents.Leave.by(sessions.leave),
        intents.Acknowledge.by(handling.acknowledge),
        intents.AcknowledgePressed.by(handling.acknowledge_pressed),
        intents.Ask.by(handling.ask),
        intents.Note.by(handling.note),
        intents.Accuse.by(handling.accuse),
        intents.TakeStep.by(handling.take_step),
        intents.Outcome.by(handling.outcome),
        intents.Close.by(handling.close),
        intents.Keep.by(hearing.keep),
        intents.Measure.by(playing.measure),
        intents.Keeping.by(hearing.keeping),
        intents.Kept.by(hearing.kept),
        intents.AskToHear.by(hearing.ask_to_hear),
        intents.DecideHearing.by(hearing.decide_hearing),
        intents.Hear.by(hearing.hear),
        intents.Find.by(findings.find),
        intents.Look.by(clock.look),
        intents.Seal.by(clock.seal),
        intents.RewriteReports.by(clock.rewrite),
        intents.EndRestoredReports.by(clock.end_restored),
        Journalled.by(journalled),
        intents.WrapAnew.by(wrap_anew),
        intents.Collect.by(messages.collect),
        intents.Delivered.by(messages.delivered),
        intents.Undelivered.by(messages.undelivered),
    ),
    commands={"recording-breach": Command(SAYS, HELPS, ReportForm.name, short="Report in confidence")},
    buttons={
        ReportForm.name: Opens(ReportForm.name, "Report in confidence"),
        saying.DETAILS: Hands(intents.Link, _opens("handle"), "Details"),
        saying.REPLY: Hands(intents.Link, _opens("mine"), "Reply"),
        saying.ACKNOWLEDGE: Does(intents.AcknowledgePressed, "Acknowledge"),
    },
    begins=(REPORT,),
    forms=(
        Asks(
            ReportForm, opening.Begin, lambda _, form, key: filing.from_form(form, key), _sent, new=True, after=receipt,
            private=True, instead=start.page,
        ),
    ),
    searches={PEOPLE: Search(colleagues.find, colleagues.named, private=True), READERS: Search(_readers, _readers_named, private=True)},
    lists=lists,
)  # fmt: skip
"""All of it that needs to know of no other room."""


def room(rooms: around.Rooms) -> Room:
    """It asks all rooms whether a reader may know of a matter (P9)."""
    asking = (
        intents.Read.by(lambda act, intent: handling.read(act, intent, rooms)),
        intents.Gather.by(lambda act, intent: handling.gather(act, intent, rooms)),
        intents.Notice.by(lambda act, intent: findings.notice(act, intent, rooms)),
    )
    return replace(ROOM, does=(*ROOM.does, *asking))
