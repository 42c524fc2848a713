"""What happened while the company's clock moved, in plain words from the audit log and the outbox."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.acting import CLOCK, DELIVERY, HANDLERS, Context
from handlers.matters.showing import kind_of
from handlers.rules import Refused
from storage.chain import Link, as_row
from storage.records import Outgoing

MOST = 100  # lines that a person can be expected to look through
_MOST_READ = 50_000  # entries: what a move over several years brings
MESSAGES = ("show", "tell", "warn", "digest", "leftout")
"""Effects that bring a person something new."""
TOLD: Mapping[str, str] = {
    "card": "{who} {was} asked about {what}",
    "access.remind": "{who} {was} reminded of {what}",
    "access.deputy": "{who} {was} asked about {what}, as deputy",
    "access.next": "{who} {was} asked about {what}, as the next authority",
    "access.lapse": "{who} {was} told that {what} has lapsed",
    "access.ending": "{who} {was} told that the access from {what} ends soon",
    "customer.due_today": "{who} {was} told that {what} is due today",
    "customer.overdue": "{who} {was} told that {what} is overdue",
    "customer.link_ends": "{who} {was} told that the link for {what} has expired unopened",
    "hold.end": "{who} {was} told that {what} has ended",
    "notices.remind": "{who} {was} reminded to confirm a notice to callers",
    "random_review.remind": "{who} {was} reminded to review the calls of {what}",
}
"""What a message about a step of a matter told the person; about any other step it is a reminder."""
ANNOUNCED = frozenset({
    "access.remind", "access.deputy", "access.next", "access.ending", "policy_review.remind", "customer.remind",
    "customer.due_today", "customer.overdue", "declined.remind", "declined.unchosen", "hold.ending", "notices.remind",
    "random_review.remind", "retention.remind",
})  # fmt: skip
"""Steps that only lead to a message in working hours: they tell who will get it, or nothing if it has come since."""
DONE: Mapping[str, str] = {
    "access.lapse": "{what} lapsed because no one decided in time",
    "access.next": "There was no one else to ask about {what}",
    "access.undecided": "{what} is still undecided",
    "access.expire": "Access from {what} ended",
    "policy_review.open": "{what} began",
    "customer.overdue": "{what} missed its deadline",
    "customer.link_ends": "The link for {what} expired",
    "customer.accepted": "The mail server accepted an e-mail for {what}",
    "customer.not_taken": "The mail server refused an e-mail for {what}",
    "customer.not_known": "The connection broke, so an e-mail for {what} may not have arrived",
    "retention.close": "A call’s time was up, so it was locked",
    "retention.send": "The recording system was asked to delete audio",
    "retention.certify": "The audio of a call was erased for good, with a certificate",
    "retention.fail": "The audio of a call couldn’t be erased yet",
    "retention.stay": "A request to delete audio never arrived, so it will be sent again",
    "retention.late": "Erasing a call took longer than the policy allows",
    "declined.go": "The recording of {what} was due for erasure",
    "declined.hand_over": "The next person was asked about {what}",
    "digest.make": "The weekly digest was made",
    "digest.pass_on": "The next reader was asked to see the weekly digest",
    "notices.open": "A notice to callers was due to be confirmed",
    "random_review.freeze": "Last month’s calls were listed for the random review",
    "random_review.late": "The beacon of {what} was late",
    "random_review.draw": "The beacon decided {what}",
    "random_review.fill": "Lost calls of {what} were replaced",
    "random_review.end": "The time for reviewing the calls of {what} was over",
    "hold.end": "{what} ended",
    "mirror.held": "The recording system now holds the calls of {what} too",
    "mirror.let_go": "The recording system no longer holds calls for {what}",
    "words.erase": "What people wrote about {what} was erased, as the policy says",
    "log.broken": "The database doesn’t match the audit log",
    "policy.in_force": "A new version of the policy came into force",
    "recordings.register": "The register of calls was brought up to date",
    "recordings.not_registered": "The list of files that can’t be registered changed",
    "retention.recognised": "Erased audio came back under another name",
    "access.nudge_again": "Nudge can be pressed again for {what}",
    "random_review.give": "The drawn calls can be heard",
    "retention.pause": "Erasures were paused until the Head of Customer Success decides",
    "retention.follow_pause": "The erasures paused in {what} changed",
    "retention.reopen": "A call’s time wasn’t up after all, so it is open again",
    "alarm.unheard": "An alarm about {what} couldn’t reach {who}",
    "delivery.fail": "A message to {who} couldn’t be delivered",
    "recheck": "Who decides {what} has changed",
    "reroute": "{who} can’t be reached about {what}",
}
"""What the clock did and what a delivery led to, by an entry's name or by its last word."""
UNTOLD = (
    "recordings.identify", "retention.ask", "random_review.round", "random_review.schedule",
)  # fmt: skip
"""Steps that aren't told: they only lead to one that is, such as reading audio, or redraw a card."""
ONCE = DONE["random_review.give"]
"""What is told once, though there is an entry for each call."""
_Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that happened: when (aware), what, and below it who received what, or nothing."""

    at: datetime
    words: str
    note: str = ""


def happened(ctx: Context, since: int, most: int = MOST) -> tuple[list[Thing], int]:
    """Return what the clock has done since that entry of the audit log: the first things, oldest first, and how many
    more.
    """
    things = list({ONCE if one.words == ONCE else one: one for one in Recounting(ctx, since).things()}.values())
    return things[:most], max(0, len(things) - most)


class Recounting:
    """Tells the log since an entry within one transaction, with names as they are now."""

    def __init__(self, ctx: Context, since: int) -> None:
        self.ctx, self.since = ctx, since
        self._left: dict[str, list[Outgoing]] = {}
        for row in ctx.store.outbox.queued_after(since):
            self._left.setdefault(row.id.partition(".")[0], []).append(row)

    def things(self) -> Iterator[Thing]:
        """Yield one thing for each entry of the clock; what several people are reminded of in one minute is one too."""
        reminded: dict[tuple[str, str, str], list[_Entry]] = {}
        found: list[tuple[tuple[str, str, str], _Entry]] = []
        for entry in (as_row(Link(*one)) for one in self.ctx.store.audit.links(self.since, _MOST_READ) if one[1]):
            for one in entry["detail"]["told"] if entry["action"] == "matters.remind" else ():
                step = entry["at"][:16], one["step"], one["matter"]
                if step not in reminded:
                    found.append((step, entry))
                reminded.setdefault(step, []).append(entry)
            if entry["action"] != "matters.remind" and _is_worth_telling(entry):
                found.append((("", "", ""), entry))
        for step, entry in found:
            if step[0]:
                yield self._reminder(step, reminded[step])
            elif not _is_announced(entry):
                yield self._done(entry)
            elif whom := self._will_hear(entry):
                yield self._coming(entry, whom)

    def _will_hear(self, entry: _Entry) -> list[int]:
        """Return who will hear of a step and hasn't yet; reminders planned for later than this step don't count."""
        at, coming = (
            datetime.fromisoformat(entry["at"]),
            self.ctx.store.reminders.coming(entry["subject"], entry["action"]),
        )
        return [one.person_id for one in coming if one.fell_at <= at]

    def _coming(self, entry: _Entry, who: list[int]) -> Thing:
        told = TOLD.get(entry["action"], "{who} {was} reminded of {what}")
        words = told.format(who=self._names(who), was="will be", what=self._what(entry["subject"], who))
        return Thing(datetime.fromisoformat(entry["at"]), words[:1].upper() + words[1:], "in working hours")

    def _reminder(self, step: tuple[str, str, str], entries: list[_Entry]) -> Thing:
        _, action, matter = step
        who = [int(one["subject"].removeprefix("person:")) for one in entries]
        rows = [row for one in entries for row in self._rows(one)]
        verb = ("is being" if len(who) == 1 else "are being") if any(one.state == "queued" for one in rows) else (
            "was" if len(who) == 1 else "were"
        )  # fmt: skip
        told = TOLD.get(action, "{who} {was} reminded of {what}")
        words = told.format(who=self._names(who), was=verb, what=self._what(matter, who))
        return Thing(datetime.fromisoformat(entries[0]["at"]), words[:1].upper() + words[1:])

    def _done(self, entry: _Entry) -> Thing:
        rows = [one for one in self._rows(entry) if self._is_message(one)]
        named = entry["detail"].get("person")
        whom = [named] if named else [one.person_id for one in rows]
        said, what = known(entry["action"]), self._what(entry["subject"])
        words = said.format(what=what, who=self._names(whom)) if said else f"{_meaning(entry['action'])}: {what}"
        got = [one.person_id for one in rows if one.state == "sent" and not ("{who}" in said and one.person_id in whom)]
        late = [one.person_id for one in rows if one.state == "queued"]
        notes = [f"{self._names(got)} got a message"] if got else []
        notes += [f"still on its way to {self._names(late)}"] if late else []
        words = words.removesuffix(": ")
        return Thing(datetime.fromisoformat(entry["at"]), words[:1].upper() + words[1:], "; ".join(notes))

    def _rows(self, entry: _Entry) -> list[Outgoing]:
        return self._left.get(f"{entry['seq']:012d}", [])

    def _is_message(self, row: Outgoing) -> bool:
        """Return True if it brings a person something new; a redrawn card doesn't."""
        if row.kind == "show" and row.state == "queued":
            return self.ctx.store.outbox.copy(row.payload["matter"], row.person_id) is None
        return row.kind in MESSAGES

    def _names(self, ids: Iterable[int]) -> str:
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return "nobody"
        people = self.ctx.store.people.named(wanted)
        names = [people[one].name if one in people else "someone" for one in wanted]
        return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)

    def _what(self, subject: str, told: Iterable[int] = ()) -> str:
        """Return what an entry is about, without the owner's name if they are among those told."""
        kind, _, number = subject.partition(":")
        if kind == "person" and number.isdigit():
            return self._names([int(number)])
        try:
            case = kind_of(subject).case(self.ctx, subject)
        except Refused:
            return subject.replace(":", " ")
        owner = case.matter.begun_by
        nobodys = case.what.startswith(("the ", "customer’s ")) or owner is None or owner in told
        return case.what if nobodys else f"{self._names([owner])}’s {case.what}"


def known(action: str) -> str:
    """Return how an entry of this name is told; empty for one of a newer feature."""
    return DONE.get(action, DONE.get(action.rpartition(".")[2], ""))


def _is_worth_telling(entry: _Entry) -> bool:
    """Return True if an entry is worth telling: people saw what they did themselves, and of a delivery only the outcome
    counts.
    """
    action = entry["action"]
    if entry["outcome"] != "done" or action in UNTOLD:
        return False
    return entry["actor"] == CLOCK.actor or (entry["actor"] == DELIVERY.actor and known(action) != "")


def _is_announced(entry: _Entry) -> bool:
    """Return True for a step that only leads to a message in working hours."""
    return entry["action"] in ANNOUNCED and not {"warned", "to_warn", "missed"} & set(entry["detail"])


_CLAUSES = re.compile(r"^P\d+(, P\d+)*: ")


def _meaning(action: str) -> str:
    """Return what the first sentence of a handler's docstring says it does; else its name, made readable."""
    handler = next((one for one in HANDLERS if one.action == action), None)
    told = _CLAUSES.sub("", (handler.do.__doc__ or "") if handler else "").removeprefix("The clock: ")
    sentence = told.partition("\n")[0].partition(". ")[0].strip().removesuffix(".")
    if "`" in sentence:  # names of the program are behind a semicolon, or there is nothing for people in it
        sentence = sentence.partition(";")[0]
    if not sentence or "`" in sentence:
        return action.replace(".", ": ").replace("_", " ")
    return f"{sentence[0].upper()}{sentence[1:]}"
