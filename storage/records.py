"""What most of the house asks for, as typed dataclasses: people, calls, matters, access, effects. Other tables are in `storage/tables/`."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Index, LargeBinary, UniqueConstraint, and_, text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, synonym

from storage import columns
from storage.columns import Bytewise, LongWords, Moment, Values, Words
from storage.marks import Marked


class Record(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The base class of all tables: their rows are made by keyword only, and moments are in UTC."""

    type_annotation_map = {datetime: Moment(), dict[str, Any]: Values(dict), list[Any]: Values(list), str: Words()}  # noqa: RUF012


LIVING, AMBIGUOUS = "member", "ambiguous"
"""The standing of a person who may act, and of one whose account isn't settled."""


class Person(Marked, Record):
    """One human, keyed by normalised e-mail. `prefers` is the chat platform that he or she chose, or empty."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    email_key: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    name: Mapped[str]
    zone: Mapped[str] = mapped_column(default="UTC")
    standing: Mapped[str] = mapped_column(default="member")
    checked_at: Mapped[datetime | None] = mapped_column(default=None)
    prefers: Mapped[str] = mapped_column(default="")


class ChatAccount(Marked, Record):
    """An account on a chat platform: whose it is, its `reference` by which it is reached, and under which address it was set aside; `home_at`: when its home was first shown."""

    __tablename__ = "accounts"
    platform: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(columns.foreign_key("people.id"), index=True)
    email_key: Mapped[str] = mapped_column(index=True)
    standing: Mapped[str]
    checked_at: Mapped[datetime]
    reference: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    home_at: Mapped[datetime | None] = mapped_column(default=None)
    set_aside: Mapped[str] = mapped_column(default="")


class FormerAddress(Marked, Record):
    """An address that a person had once, until `left_at`: calls and the policy may still name it."""

    __tablename__ = "former_addresses"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    email_key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(columns.foreign_key("people.id"), index=True)
    left_at: Mapped[datetime]


class Recording(Marked, Record):
    """One call in the register. `caller` is E.164 or empty; `state`: present, out_of_scope, declined, closed, gone or erased (P4, P5, P12).

    `audio` is the SHA-256 of its audio, empty until that was read. `folder` follows from `native_id`.
    `operator_key` is the address that its system names, and `operator_id` whose that was when it began.
    At `erase_at`, fixed when it was first seen, it is closed to everybody; erased, it keeps what its certificate needs.
    `modified` is when its audio was last written, where the system tells; `seen_at` is when the register first learned of this call.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        UniqueConstraint("system", "native_id"),
        Index("recordings_newest", "state", "started"),
        Index("recordings_by_folder", "system", "folder", "state"),
        Index("recordings_by_moment", "state", "erase_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    system: Mapped[str]
    native_id: Mapped[str] = mapped_column(LongWords)
    stamp: Mapped[str]
    line: Mapped[str]
    direction: Mapped[str]
    caller: Mapped[str]
    operator_name: Mapped[str]
    operator_key: Mapped[str]
    department: Mapped[str]
    started: Mapped[datetime]
    local_day: Mapped[str] = mapped_column(index=True)
    seconds: Mapped[float]
    crm: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default="present")
    found_by: Mapped[str] = mapped_column(LongWords, default="")
    peaks: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    audio: Mapped[str] = mapped_column(default="")
    erase_at: Mapped[datetime | None] = mapped_column(default=None)
    modified: Mapped[datetime | None] = mapped_column(default=None)
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    operator_id: Mapped[int | None] = mapped_column(columns.foreign_key("people.id"), default=None)
    folder: Mapped[str] = mapped_column(Bytewise, init=False, insert_default=columns.folder_of_row)

    def closed(self, now: datetime) -> bool:
        """Return True if its moment has come (P12) or its customer declined (P5): then no one finds or hears it, even
        if its audio is kept.
        """
        return self.state in ("declined", "closed", "erased") or (self.erase_at is not None and self.erase_at <= now)


OPEN = ("waiting", "stuck")  # states of a matter that is waiting for a decision; stuck if no one may decide at present


class Matter(Marked, Record, kw_only=True):
    """Anything that has a card: one row, of any kind.

    Fields of one kind are in `body` (`storage/columns.py`), except those that queries search for, which have columns.
    `line` is the line whose calendar counts, or empty. `due_at` is when it is promised or ends, and `promise` how that
    was counted. `closed_at` is when it was decided, taken back or lapsed. `revision` is the one that its cards should
    show. `begun_by` is None if the clock began it. No two matters share a `key`: the key of a submission, or the month
    or week that it is for. `found_by` is what similar ones of its kind have in common. `sealed` is what people wrote,
    by its own key (`handlers/sealing.py`), and `wrap` that key as the master key wraps it, until it was destroyed at
    `words_erased_at`; `erasure_shown` once cards say so.
    """

    __tablename__ = "matters"
    __mapper_args__ = {"polymorphic_on": "kind", "with_polymorphic": "*"}  # noqa: RUF012  one query loads it whole
    __table_args__ = (
        Index("matters_by_kind", "kind", "state", "asked_at"),
        columns.partial_index("matters_stuck", "state = 'stuck'", "asked_at"),
        Index("matters_alike", "begun_by", "found_by"),
        columns.partial_index("matters_with_words", "wrap IS NOT NULL AND closed_at IS NOT NULL", "closed_at", "id"),
        columns.partial_index("matters_unshown", "words_erased_at IS NOT NULL AND NOT erasure_shown", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(init=False)
    state: Mapped[str] = mapped_column(default="waiting")
    revision: Mapped[int] = mapped_column(default=1)
    line: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    promise: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    key: Mapped[str | None] = mapped_column(unique=True, default=None)
    begun_by: Mapped[int | None] = mapped_column(columns.foreign_key("people.id"), default=None)
    found_by: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[int | None] = mapped_column(columns.foreign_key("people.id"), default=None)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    wrap: Mapped[bytes | None] = mapped_column(LargeBinary, init=False, default=None)
    words_erased_at: Mapped[datetime | None] = mapped_column(init=False, default=None)
    erasure_shown: Mapped[bool] = mapped_column(init=False, default=False)
    body: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, init=False)

    @property
    def is_open(self) -> bool:
        """True if it is waiting for a decision, even if it is stuck."""
        return self.state in OPEN

    @staticmethod
    def any_open() -> ColumnElement[bool]:
        """Select open matters of any kind; it lists the kinds, since the index begins with them."""
        return and_(Matter.kind.in_(Matter.__mapper__.polymorphic_map), Matter.state.in_(OPEN))

    @property
    def concerned(self) -> list[int]:
        """The people it is about; only investigations, claims and holds name any."""
        return list(self.body.get("people", ()))

    def concern(self, people: Collection[int]) -> None:
        """Set the people it is about."""
        self.body = {**self.body, "people": sorted(people)}


class Remark(NamedTuple):
    """A remark on a request at a moment (aware); `kind`: question, answer or passed_on.

    The words are sealed with the request.
    """

    id: str
    person_id: int
    kind: str
    at: datetime


class Request(Matter, kw_only=True):
    """A staff request for access (P7) or for an investigation (P9): waiting, stuck, approved, denied, withdrawn or lapsed.

    `longer`: it was asked on the longer form. `about` is a keyed mark of the investigation or claim it belongs to, which
    outlives what people wrote for as long as it hides one. The same requester asks for the same with the same `fingerprint`.
    `more_asked_at`: the requester wants access for longer, and that is undecided; `more_denied`: it was denied, so it isn't asked again.
    `nudged`: whom the requester's last nudge is for, and `nudged_at` when it reaches them.
    `asked_again`: the requester has asked for the same in a newer request.
    """

    __mapper_args__ = {"polymorphic_identity": "access"}  # noqa: RUF012
    requester_id: Mapped[int] = synonym("begun_by")
    fingerprint: Mapped[str] = synonym("found_by")
    reason: Mapped[str] = mapped_column(nullable=True)
    longer: Mapped[bool] = mapped_column(nullable=True, default_factory=bool)
    about: Mapped[str] = mapped_column(nullable=True, default_factory=str)
    crm: str = columns.in_body()
    decided_as: str = columns.in_body(default="")
    more_asked_at: datetime | None = columns.in_body(default=None)
    more_denied: bool = columns.in_body(default=False)
    nudged: list[int] = columns.in_body(default_factory=list)
    nudged_at: datetime | None = columns.in_body(default=None)
    asked_again: bool | None = columns.in_body(default=None)
    said: list[Any] = columns.in_body(default_factory=list)
    people: list[Any] = columns.in_body(default_factory=list)

    @property
    def remarks(self) -> list[Remark]:
        """Questions, answers and reasons for passing it on, oldest first."""
        return [Remark(name, person, kind, datetime.fromisoformat(at)) for name, person, kind, at in self.said]

    def add_remark(self, remark: Remark) -> None:
        """Add a remark to the request."""
        self.said = [*self.said, [remark.id, remark.person_id, remark.kind, remark.at.isoformat()]]

    @property
    def question(self) -> Remark | None:
        """The question that is waiting for an answer."""
        spoken = [one for one in self.remarks if one.kind in ("question", "answer")]
        return spoken[-1] if spoken and spoken[-1].kind == "question" else None


class RequestedRecording(Marked, Record):
    """Which recordings a matter (as a rule a request) names, in the order in which they were chosen."""

    __tablename__ = "requested_recordings"
    request_id: Mapped[str] = mapped_column(columns.foreign_key("matters.id"), primary_key=True)
    recording_id: Mapped[int] = mapped_column(columns.foreign_key("recordings.id"), primary_key=True, index=True)
    place: Mapped[int]


class Party(Marked, Record):
    """A person, other than the one who began it, who holds a copy of a matter's card.

    `part`: approver, former (no longer may decide), passed (passed it on), or copy (is told of the decision). `role` is the
    one they were asked in, and `since` when. `unreachable` is the platform's word for why the card didn't reach
    them, or empty. `because` is `away` if they were asked only because someone else is away.
    """

    __tablename__ = "parties"
    matter_id: Mapped[str] = mapped_column(columns.foreign_key("matters.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(columns.foreign_key("people.id"), primary_key=True, index=True)
    part: Mapped[str]
    role: Mapped[str]
    since: Mapped[datetime]
    unreachable: Mapped[str] = mapped_column(default="")
    because: Mapped[str] = mapped_column(default="", server_default=text("''"))


class Grant(Marked, Record):
    """Access to a matter's calls for one person, until `ends_at` or ended earlier (`ended_why`: erased, gone, lost, all_ended)."""

    __tablename__ = "grants"
    __table_args__ = (columns.partial_index("grants_in_force", "ended_at IS NULL", "ends_at", "matter_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    matter_id: Mapped[str] = mapped_column(columns.foreign_key("matters.id"), unique=True)
    person_id: Mapped[int] = mapped_column(columns.foreign_key("people.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[int | None] = mapped_column(columns.foreign_key("people.id"), default=None)
    ended_why: Mapped[str] = mapped_column(default="")


class Pass(Marked, Record):
    """A one-time code, later a browser session, both kept as keyed marks only. `kind`: code or session.

    It opens a grant's calls; without a grant, the page of a month.
    """

    __tablename__ = "passes"
    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    grant_id: Mapped[str | None] = mapped_column(columns.foreign_key("grants.id"), index=True, default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)

    def opens(self, now: datetime) -> bool:
        """Return True if it is unspent and in its time; not if it was made in the future, by a clock that was ahead."""
        return self.used_at is None and self.made_at <= now < self.ends_at


class Listening(Marked, Record):
    """A part of a call that a person heard, in seconds from the start of its audio (P11).

    The person is a member of staff by a grant, or a customer by a letter. `kind`: played or downloaded. `whole`: with
    this a customer has had all of the call, or heard it to its end.
    """

    __tablename__ = "listenings"
    id: Mapped[str] = mapped_column(primary_key=True)
    matter_id: Mapped[str] = mapped_column(columns.foreign_key("matters.id"), index=True)
    recording_id: Mapped[int] = mapped_column(columns.foreign_key("recordings.id"), index=True)
    start: Mapped[float]
    end: Mapped[float]
    at: Mapped[datetime]
    grant_id: Mapped[str | None] = mapped_column(columns.foreign_key("grants.id"), index=True, default=None)
    person_id: Mapped[int | None] = mapped_column(columns.foreign_key("people.id"), default=None)
    letter_id: Mapped[str | None] = mapped_column(columns.foreign_key("customer_letters.id"), index=True, default=None)
    kind: Mapped[str] = mapped_column(default="played")
    whole: Mapped[bool] = mapped_column(default=False)


class Copy(Record):
    """Which message is a person's copy of a matter's card, and which revision it shows; `seal` is keyed, so that it
    can't be forged to redirect a card.
    """

    __tablename__ = "copies"
    matter: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(columns.foreign_key("people.id"), primary_key=True, index=True)
    platform: Mapped[str]
    conversation: Mapped[str]
    message: Mapped[str]
    revision: Mapped[int]
    drawn_at: Mapped[datetime]
    seal: Mapped[str] = mapped_column(default="")


class Alarm(Marked, Record):
    """An attempt to alert a person about a `subject` (R-…, or person:7). `state`: `telling`, `told`, `failed` or `nobody`."""

    __tablename__ = "alarms"
    id: Mapped[str] = mapped_column(primary_key=True)
    alarm: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    why: Mapped[str]
    words: Mapped[str] = mapped_column(LongWords)
    person_id: Mapped[int | None] = mapped_column(columns.foreign_key("people.id"))
    state: Mapped[str]
    raised_at: Mapped[datetime]


class Outgoing(Record):
    """An effect to carry out, and then its record: queued, sent, updated (on `platform`), superseded or failed.

    No two have the same `once`; the first one stays. `seal` is keyed and covers what to do, so a row put in by hand is
    ignored. Effects for a person in one `lane` are carried out in order; an empty lane has no order. `turn`: next (the
    first of its lane, or without one), behind (another), again (next, and has waited before).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        columns.partial_index("outbox_due", "state = 'queued'", "turn", "due_at", "id"),
        columns.partial_index("outbox_lanes", "state = 'queued'", "person_id", "lane", "turn", "id"),
        columns.partial_index("outbox_once", "once IS NOT NULL", "once", unique=True),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(columns.foreign_key("people.id"))
    payload: Mapped[dict[str, Any]]
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    once: Mapped[str | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default="queued")
    lane: Mapped[str] = mapped_column(default="", server_default=text("''"))
    turn: Mapped[str] = mapped_column(default="next", server_default="next")
    attempts: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(default="")
    platform: Mapped[str] = mapped_column(default="")
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    seal: Mapped[str] = mapped_column(default="")


class Seen(Record):
    """Idempotency keys of what was already done, so that a repeated delivery has no second effect."""

    __tablename__ = "seen"
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
