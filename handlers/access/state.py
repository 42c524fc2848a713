"""A request with all that belongs to it, read once, so that rules and cards need not ask the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from handlers import phrases, sealing
from handlers.acting import Context, announcement_down
from handlers.cards import When
from handlers.matters.case import Case, Kind, More
from handlers.rules import Refused
from handlers.rules.access import NUDGES, RequestCircumstances, reason_of, who_decides, why_out_of_reach
from storage.database.store import Store
from storage.records import Grant, Person, Recording, Remark, Request
from storage.requests import Sent


@dataclass(frozen=True, slots=True)
class Filed:
    """The request that is open now, and the names of people asked; `again`: an earlier submission had filed it."""

    request: str
    asked: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestCase(Case[Request]):
    """A request with its calls, words and access.

    `history` is what else the requester asked the reader to decide. `unannounced` counts its calls without an
    announcement. `kept` says until when it keeps calls whose time is over, and `erased` when calls were erased, both by
    id. `shut` are those whose callers declined (P5). `written` is what people wrote about it; that was
    erased at `gone_at`.
    """

    kind = Kind(
        "R-", name="access", clause="P7", row=Request, decided_by=RequestCircumstances, what="request",
        gone="I can’t find this request.", waits=lambda _: True,
    )  # fmt: skip
    recordings: Sequence[Recording] = ()
    written: sealing.Written = field(default_factory=sealing.Written)
    grant: Grant | None = None
    history: Sequence[Sent] = ()
    unannounced: int = 0
    kept: Mapping[int, datetime] = field(default_factory=dict)
    erased: Mapping[int, datetime] = field(default_factory=dict)
    gone_at: datetime | None = None
    shut: frozenset[int] = frozenset()

    @classmethod
    def load_more(cls, ctx: Context, matter: Request) -> More:
        """Load its calls, its words and its access.

        The requester, people on the calls and those it concerns have a conflict. `people` are others whom the card
        names.
        """
        store, written = ctx.store, sealing.read_request_words(ctx, matter)
        recordings = store.recordings.of_request(matter.id)
        grant = store.grants.of(matter.id) if matter.decided_by is not None else None
        kept = _kept_until(store, matter.id, recordings, ctx.now)
        said = (one.person_id for one in matter.remarks)
        return read_already(
            matter, recordings, grant, [grant.ended_by if grant else None, *said], written=written,
            kept=kept, erased=store.erasures.erased(recordings),
            shut=frozenset(store.declines.shut([one.id for one in recordings if one.closed(ctx.now)])),
            gone_at=None if written.salt else matter.words_erased_at,
        )  # fmt: skip

    @property
    def gone(self) -> bool:
        """True if its words were erased with their key."""
        return not self.written.salt

    @property
    def requester(self) -> Person:
        return self.people[self.matter.requester_id]

    def about(self, reader: int) -> tuple[str | When, ...]:
        """Return what lists add to its name: who asks for which call; for those who do not hold its card, the line
        alone.
        """
        if reader not in self.everybody():
            return self.at_line
        return (f" · {self.requester.name} · ", *phrases.call_words(self.recordings, self.policy, self.now))

    @property
    def investigation(self) -> bool:
        return reason_of(self.policy, self.matter.reason, longer=self.matter.longer).route == "investigation"

    @property
    def clause(self) -> str:
        return "P9" if self.investigation else "P7"

    @property
    def askable(self) -> bool:
        """True if at least one of its calls can still be asked for (P12)."""
        return any(one.state == "present" and not one.closed(self.now) for one in self.recordings)

    @property
    def access_open(self) -> bool:
        grant = self.grant
        return grant is not None and grant.ended_at is None and self.now < grant.ends_at

    def hears(self, one: Recording) -> bool:
        """Return True if this access opens the call: present, in time and not locked, or kept for it (P5, P12)."""
        kept = one.id not in self.shut and self.now < self.kept.get(one.id, self.now)
        return one.state != "gone" and (kept or not one.closed(self.now))

    @property
    def audible(self) -> bool:
        """True if access is open and opens at least one of its calls."""
        return self.access_open and any(map(self.hears, self.recordings))

    @property
    def out_of_reach(self) -> Refused | None:
        """Why these calls can't be approved; None if they can. Calls kept for this request past their time can be (P12)."""
        return why_out_of_reach(declined=bool(self.shut), audible=any(map(self.hears, self.recordings)))

    @property
    def more_decider(self) -> int:
        """Who decides about more time now: the approver who gave access, or the person standing in; 0 if no one can."""
        return who_decides(self.circumstances, self.matter.decided_by or 0)

    @property
    def wants_more(self) -> bool:
        """True if the requester has access, has asked for more time, and someone may decide that."""
        return self.access_open and self.matter.more_asked_at is not None and bool(self.more_decider)

    def extends(self, reader: int) -> bool:
        """Return True if this reader is asked to extend the access: the person who gave it, or the one standing in."""
        return self.wants_more and reader in (self.matter.decided_by, self.more_decider) and self.entitles(reader)

    def decides(self, reader: int) -> bool:
        """Return True if this reader is asked to decide now: the request, or more time."""
        return self.extends(reader) or (self.matter.state == "waiting" and self.asks(reader))

    @property
    def deciding(self) -> list[int]:
        """The people who are there to decide what is asked now: the request, or more time."""
        if self.wants_more:
            return [self.more_decider]
        return self.there if self.matter.state == "waiting" and not self.question else []

    @property
    def reminded(self) -> str:
        """The names of the deciders whom the requester's last nudge reaches; empty without one."""
        return phrases.list_words([self.people[one].name for one in self.deciding if one in self.matter.nudged], "and")

    @property
    def reached_at(self) -> datetime | None:
        """When the last nudge reaches them; None without one."""
        return self.matter.nudged_at if self.reminded else None

    @property
    def may_nudge(self) -> bool:
        """True if someone is deciding whom no nudge of the last day reaches."""
        return bool(self.deciding) and (self.reached_at is None or self.now >= self.reached_at + NUDGES)

    @property
    def phase(self) -> str:
        """The request's state; where access was given and is over, how it ended instead."""
        if self.matter.state == "approved" and not self.access_open:
            return "withdrawn" if self.grant and self.grant.ended_by is not None else "ended"
        return self.matter.state

    @property
    def question(self) -> Remark | None:
        """The question that is waiting for an answer."""
        return self.matter.question

    @property
    def circumstances(self) -> RequestCircumstances:
        """The request as the routing rules see it."""
        return self.judged_by(RequestCircumstances, reason=self.matter.reason, longer=self.matter.longer)


def read_already(
    request: Request, recordings: Sequence[Recording], grant: Grant | None, people: Iterable[int | None] = (), **fields: object
) -> More:  # fmt: skip
    """Return what a case holds of a request: without `people` and `fields`, what it takes to say who decides."""
    known = {**fields, "recordings": recordings, "grant": grant}
    return More([request.requester_id], [one.operator_id for one in recordings], people=people, fields=known)


def _kept_until(store: Store, request_id: str, recordings: Iterable[Recording], now: datetime) -> dict[int, datetime]:
    """Return until when calls past their time are kept for this request; asks the store only if there are any."""
    if not any(one.closed(now) for one in recordings):
        return {}
    return {one.recording_id: one.ends_at for one in store.erasures.kept_by(request_id) if one.ended_at is None}


def with_history(store: Store, case: RequestCase, reader: int) -> RequestCase:
    """Add the requester's past requests to this reader, and how many calls had no announcement (P3), for an approver."""
    if case.matter.state != "waiting" or not case.asks(reader):
        return case
    since = case.now - timedelta(days=case.policy.access.history_days)
    ours = (one for one in case.recordings if one.line in case.policy.lines)
    down = sum(announcement_down(store, case.policy, one.line, one.started) for one in ours)
    return replace(case, history=store.requests.sent_to(reader, case.matter, since), unannounced=down)
