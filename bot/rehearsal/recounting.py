"""What was done by the clock, told to whoever moved it: who got what, and what came of it, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from handlers.acting import Context
from handlers.handling import HANDLERS
from handlers.matters.showing import kind_of
from handlers.rules.refusal import Refused
from handlers.words import moment_words
from storage.matters import Reminder
from storage.records import Outgoing

LATE = "late"
"""What people got that had been on its way before the clock moved."""
MESSAGES = ("show", "tell", "warn", "digest", "leftout")
"""Effects by which something new comes to somebody."""
TOLD: Mapping[str, str] = {
    LATE: "{who} got what had been on its way",
    "access.remind": "{who} {was} reminded of {what}",
    "access.deputy": "{who} {was} asked about {what}, as deputy",
    "access.next": "{who} {was} asked about {what}, as the next authority",
    "access.lapse": "{who} {was} told that {what} has lapsed",
    "access.ending": "{who} {was} told that access by {what} ends soon",
    "customer.due_today": "{who} {was} told that {what} is due today",
    "customer.overdue": "{who} {was} told that {what} is overdue",
    "customer.link_ends": "{who} {was} told that the link of {what} has ended unopened",
    "hold.end": "{who} {was} told that {what} has ended",
}
"""What somebody got in a message about a step of a matter; of any other step it is a reminder."""
ANNOUNCED: Mapping[str, str] = {
    "access.remind": "A reminder of {what} fell due",
    "access.deputy": "The deputy’s turn to decide {what} has come",
    "access.next": "The next authority’s turn to decide {what} has come",
    "access.ending": "The end of access by {what} came near",
    "policy_review.remind": "A reminder of {what} fell due",
    "customer.remind": "A reminder of {what} fell due",
    "customer.due_today": "The day has come on which {what} is due",
    "customer.overdue": "A reminder fell due that {what} is overdue",
}
"""Steps that only lead to a message in somebody's working hours; told while that is still to come."""
DONE: Mapping[str, str] = {
    "access.lapse": "{what} lapsed, since no one decided it",
    "access.next": "No one further can be asked about {what}",
    "access.undecided": "{what} is still undecided",
    "access.expire": "Access by {what} ended",
    "policy_review.open": "{what} began",
    "customer.overdue": "The day of {what} passed without an answer, which stays on record",
    "customer.link_ends": "The link of {what} is over",
    "customer.accepted": "The mail server took a mail of {what}",
    "customer.not_taken": "The mail server refused a mail of {what}",
    "customer.not_known": "No one knows whether a mail of {what} arrived",
    "retention.close": "A call’s time was over, so it was closed to everyone",
    "retention.send": "The recording system was asked to delete audio",
    "retention.certify": "The audio of a call was erased for good, with a certificate",
    "retention.fail": "The audio of a call could not be erased yet",
    "retention.stay": "The audio of a call that was to be erased is still there, and is kept",
    "hold.end": "{what} ended",
    "mirror.held": "The recording system keeps the calls of {what} as well",
    "mirror.let_go": "The recording system has let go of calls for {what}",
    "words.erase": "What was written about {what} was erased, as the policy says",
    "log.noted": "The journal outside the database has the end of the audit log",
    "log.broken": "The records do not fit the audit log",
    "policy.in_force": "Another text of the policy came into force",
    "recordings.register": "The register of calls was brought up to date",
    "recordings.not_registered": "Files that can’t be registered came, or went",
    "retention.recognised": "Audio that had been erased stood there again under another name",
    "retention.pause": "Erasures were paused, until the Head of Customer Success has looked",
    "retention.follow_pause": "What is paused in {what} has changed",
    "retention.reopen": "A call’s moment turned out to lie ahead, so it is open again",
    "alarm.unheard": "{who} can’t be reached with an alarm about {what}",
    "delivery.fail": "A message to {who} could not be delivered",
    "recheck": "Who decides {what} has changed",
    "reroute": "{who} can’t be reached about {what}",
}
"""What the clock did, and what came of a delivery: by an entry's name, or by the last word of it."""
UNTOLD = ("recordings.identify", "retention.ask")
"""What the clock does on the way to something that is told: it read audio, or is about to ask the recording system."""
_LONGEST = 200  # letters of a message that are quoted


@dataclass(frozen=True, slots=True)
class Thing:
    """One line of what happened: when it was (aware), what it was, and beneath it who got what, or nothing."""

    at: datetime
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the audit log, and the effects that it `left`; or a step that people were `told` of in a message."""

    at: datetime
    action: str
    subject: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    left: tuple[Outgoing, ...] = ()
    told: tuple[int, ...] = ()

    def with_more(self, other: Event) -> Event:
        """The same told to others in the same minute."""
        return replace(self, told=self.told + other.told, left=self.left + other.left)


def known(action: str) -> str:
    """How an entry of this name is told; empty for one that a newer feature brought."""
    return DONE.get(action, DONE.get(action.rpartition(".")[2], ""))


class Recounting:
    """Tells events within one transaction, as things are named now."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.zone = ctx.policy.lines[ctx.policy.company.home_line].time_zone
        self._whats: dict[str, tuple[str, int | None]] = {}

    def worth_telling(self, event: Event) -> bool:
        """Whether it is more than the occasion of messages that have all come since."""
        return not self._announces(event) or bool(self._coming(event))

    def told(self, event: Event) -> Thing:
        """One event in words."""
        words = self._words(event)
        return Thing(event.at, words[:1].upper() + words[1:], "; ".join(self._notes(event)))

    def _announces(self, event: Event) -> bool:
        return event.action in ANNOUNCED and not event.told and not {"warned", "to_warn", "missed"} & set(event.detail)

    def _coming(self, event: Event) -> list[Reminder]:
        return [] if event.told else self.ctx.store.reminders.coming(event.subject, event.action)

    def _words(self, event: Event) -> str:
        if event.told:
            told = TOLD.get(event.action, "{who} {was} reminded of {what}")
            what = self._what(event.subject, event.told)
            return told.format(who=self._names(event.told), was=_was(event), what=what)
        said = ANNOUNCED[event.action] if self._announces(event) else known(event.action)
        what = self._what(event.subject)
        if not said:
            return ": ".join(one for one in (_meaning(event.action), what) if one)
        return said.format(what=what, who=self._names(self._whom(event)))

    def _whom(self, event: Event) -> list[int]:
        """Whom an entry names, else who gets something by it."""
        named = event.detail.get("person")
        return [named] if named else [one.person_id for one in event.left if self._is_message(one)]

    def _notes(self, event: Event) -> Iterator[str]:
        for at, waiting in groupby(self._coming(event), lambda one: one.tell_at):
            who = [one.person_id for one in waiting]
            when = moment_words(at, self.zone, self.ctx.now)
            yield f"{self._names(who)} {'hears' if len(who) == 1 else 'hear'} of it on {when}"
        yield from self._parts(event)
        yield from self._messages(event)
        if late := [one.person_id for one in event.left if one.state == "queued" and self._is_message(one)]:
            yield f"still on its way to {self._names(late)}"

    def _parts(self, event: Event) -> Iterator[str]:
        """What entries of every kind say of people, by the names that the log has for it."""
        asked = [] if self._announces(event) else event.detail.get("asked", ())
        for who, one, several in (
            (asked, "was asked", "were asked"),
            (event.detail.get("over", ()), "no longer decides", "no longer decide"),
            (event.detail.get("to_warn", ()), "is warned once work begins", "are warned once work begins"),
            (event.detail.get("warned", ()), "was warned", "were warned"),
        ):
            if who:
                yield f"{self._names(who)} {one if len(who) == 1 else several}"

    def _messages(self, event: Event) -> Iterator[str]:
        """What came to people in this entry's wake and is not told by its words: in full where nothing else is known of it."""
        sent = [one for one in event.left if one.state == "sent" and self._is_message(one)]
        named = {*event.detail.get("asked", ()), *event.detail.get("warned", ()), *event.told}
        if "{who}" in known(event.action):
            named.update(self._whom(event))
        others = [one for one in sent if one.person_id not in named]
        quoted = [one for one in others if one.payload.get("words") and not known(event.action)]
        for words, rows in groupby(quoted, lambda one: str(one.payload["words"])):
            yield f"{self._names(one.person_id for one in rows)} got “{_shortened(words)}”"
        if plain := [one.person_id for one in others if one not in quoted]:
            yield f"{self._names(plain)} got a message"

    def _is_message(self, row: Outgoing) -> bool:
        """Whether something new comes to somebody by it: no card that is only drawn anew."""
        if row.kind == "show" and row.state == "queued":
            return self.ctx.store.outbox.copy(row.payload["matter"], row.person_id) is None
        return row.kind in MESSAGES

    def _names(self, ids: Iterable[int]) -> str:
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return "nobody"
        people = self.ctx.store.people.named(wanted)
        names = [people[one].name if one in people else "somebody" for one in wanted]
        return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)

    def _what(self, subject: str, told: Iterable[int] = ()) -> str:
        """What an entry is about; whose it is need not be said to whoever it belongs to."""
        if subject not in self._whats:
            self._whats[subject] = self._looked_up(subject)
        what, owner = self._whats[subject]
        return what if owner is None or owner in told else f"{self._names([owner])}’s {what}"

    def _looked_up(self, subject: str) -> tuple[str, int | None]:
        kind, _, number = subject.partition(":")
        if kind == "person" and number.isdigit():
            return self._names([int(number)]), None
        try:
            case = kind_of(subject).case(self.ctx, subject)
        except Refused:
            return subject.replace(":", " "), None
        nobodys = case.what.startswith(("the ", "customer’s "))
        return case.what, None if nobodys else case.matter.begun_by


def _was(event: Event) -> str:
    """The verb for what people got; what is still on its way to one of them is going on."""
    one = len(event.told) == 1
    if any(row.state == "queued" for row in event.left):
        return "is being" if one else "are being"
    return "was" if one else "were"


_CLAUSES = re.compile(r"^P\d+(, P\d+)*: ")


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"


def _meaning(action: str) -> str:
    """What the first sentence about a handler says that it does; else its name, for people to read."""
    handler = next((one for one in HANDLERS if one.action == action), None)
    told = _CLAUSES.sub("", (handler.do.__doc__ or "") if handler else "").removeprefix("The clock: ")
    sentence = told.partition("\n")[0].partition(". ")[0].strip().removesuffix(".")
    if "`" in sentence:  # names of the program are behind a semicolon, or there is nothing for people in it
        sentence = sentence.partition(";")[0]
    if not sentence or "`" in sentence:
        return action.replace(".", ": ").replace("_", " ")
    return f"{sentence[0].upper()}{sentence[1:]}"
