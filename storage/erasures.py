"""Erasures, and what keeps a call past its moment (P12)."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, func, literal, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage.customers import still_fetching
from storage.recordings import THERE, erased_name
from storage.records import OPEN, Grant, Matter, Recording, Request, RequestedRecording
from storage.reviews import PolicyTexts
from storage.rows import Rows
from storage.tables.calls import Erasure, Hold, Keep
from storage.tables.customers import CustomerLetter, CustomerRequest

REQUEST, HOLD, COPY = "request", "hold", "copy"
RETENTION, KNOWN_AGAIN, CAME_BACK = "retention", "known_again", "came_back"
DECLINED = "declined"
WITH_MOMENT = ("present", "declined")
"""States of a call whose moment is still ahead, or has come and isn't handled yet."""
AGAIN = (KNOWN_AGAIN, CAME_BACK)
"""Causes of erasing something a second time: that was decided once, so the guard neither counts nor pauses it."""
CONTINUED = "continued"
"""The state of a pause after Continue was pressed."""
UNDONE = and_(Erasure.erased_at.is_(None), Erasure.vanished_at.is_(None))
"""Selects erasures that are under way."""


class Claim(NamedTuple):
    """What a matter has to do with a call (`call` is its id): it names it, keeps or kept it, or both.

    `keep` `applies` if it keeps the call now. `heard` is True if someone may hear calls through the matter now.
    """

    call: int
    matter: Matter
    named: bool
    keep: Keep | None
    applies: bool
    heard: bool

    @property
    def is_request(self) -> bool:
        """True if it is a request, of staff or of a customer, that names the call."""
        return self.named and isinstance(self.matter, Request | CustomerRequest)

    @property
    def is_hold(self) -> bool:
        """True if it is a hold that keeps or kept the call."""
        return isinstance(self.matter, Hold) and self.keep is not None and self.keep.why == HOLD

    @property
    def investigates(self) -> bool:
        """True if it is an investigation that names the call and is open or gives access (P9)."""
        request = self.matter
        longer = self.named and isinstance(request, Request) and request.longer
        return longer and (request.is_open or self.heard)


class Erasures(Rows):
    """Queries and changes about erasures and what keeps calls."""

    def to_close(self, now: datetime, most: int) -> list[int]:
        """Return calls whose moment has come and that aren't closed yet, earliest first."""
        those = (Recording.state.in_(WITH_MOMENT), Recording.erase_at <= now)
        return list(self.session.scalars(select(Recording.id).where(*those).order_by(Recording.erase_at).limit(most)))

    def to_reopen(self, now: datetime, most: int) -> list[int]:
        """Return calls that were closed for age but whose moment is ahead, if the recorder wasn't asked to delete them:
        their start or the clock was corrected.
        """
        begun = (Erasure.recording_id == Recording.id, Erasure.why == RETENTION, Erasure.asked_at.is_(None), UNDONE)
        those = (Recording.state == "closed", Recording.erase_at > now, exists().where(*begun))
        return list(self.session.scalars(select(Recording.id).where(*those).order_by(Recording.id).limit(most)))

    def undo(self, erasure: Erasure, now: datetime) -> tuple[list[str], list[str]]:
        """Undo the closing of a call: end what has kept it since, and reopen access that ended with it.
        Return the matters that kept it, and the ids of the grants that are open again; `now` is aware.
        """
        since = (Keep.recording_id == erasure.recording_id, Keep.why != HOLD, Keep.since >= erasure.closed_at)
        keeps = self.rows(Keep, *since)
        ended = and_(Grant.ended_why == "erased", Grant.ended_at == erasure.closed_at, Grant.ends_at > now)
        named = select(Grant).join(RequestedRecording, RequestedRecording.request_id == Grant.matter_id)
        grants = list(self.session.scalars(named.where(RequestedRecording.recording_id == erasure.recording_id, ended)))
        for one in (*keeps, erasure):
            self.session.delete(one)
        for grant in grants:
            grant.ended_at, grant.ended_why = None, ""
        return [one.matter_id for one in keeps], [one.id for one in grants]

    def to_forget(self, now: datetime, most: int) -> list[tuple[int, str, str]]:
        """Return calls that vanished early, whose moment has come since and that nothing keeps: id, system and native
        id.
        """
        kept = exists().where(Keep.recording_id == Recording.id, *is_kept(now))
        begun = exists().where(Erasure.recording_id == Recording.id)
        those = (Recording.state == "gone", Recording.erase_at <= now, ~kept, ~begun)
        query = select(Recording.id, Recording.system, Recording.native_id).where(*those).order_by(Recording.erase_at)
        return list(self.tuples(query.limit(most)))

    def next_look(self, now: datetime) -> datetime | None:
        """Return when there is next something to do just because time passes: a call's moment, the end of a keep, or
        another try.
        None if there is nothing.
        """
        moments = (
            select(func.min(Recording.erase_at)).where(
                Recording.state.in_((*WITH_MOMENT, "gone")), Recording.erase_at > now
            ),
            select(func.min(Keep.ends_at)).where(Keep.ended_at.is_(None), Keep.ends_at > now),
            select(func.min(Erasure.next_at)).where(UNDONE, Erasure.next_at > now),
        )
        found = map(
            self.session.scalar, moments
        )  # one by one, since unreadable rows can be left out only of a whole query
        return min((one for one in found if one is not None), default=None)

    def begin_now(self, name: str, one: Recording, why: str, now: datetime) -> Erasure:
        """Return an erasure of a call, due at once (`now` is aware), under the text of the policy that is in force."""
        erasure = Erasure(
            id=name, recording_id=one.id, why=why, moment=now, closed_at=now, next_at=now,
            policy_text=PolicyTexts(self.session).number_in_force(),
        )  # fmt: skip
        self.insert(erasure)
        return erasure

    def erased_at(self, recording: int) -> datetime | None:
        """Return when a call was last erased, even if it came back since; None if it never was."""
        return self.session.scalar(select(func.max(Erasure.erased_at)).where(Erasure.recording_id == recording))

    def open(self, recording: int) -> Erasure | None:
        """Return the erasure of a call that is under way; None if there is none."""
        return self.first_row(Erasure, Erasure.recording_id == recording, UNDONE)

    def asked(self, recordings: Iterable[int]) -> int:
        """Count those of these calls that the recording system was asked to erase, and that aren't gone yet."""
        wanted = set(recordings)
        return self.number(UNDONE, Erasure.state == "asked", Erasure.recording_id.in_(wanted)) if wanted else 0

    def due(self, system: str, now: datetime, most: int) -> list[str]:
        """Return erasures of this system that can be tried now and that nothing keeps or pauses, longest waiting first."""
        open_ones = (UNDONE, Erasure.next_at <= now, ~is_paused())
        kept = exists().where(Keep.recording_id == Erasure.recording_id, *is_kept(now))
        both = select(Erasure.id).join(Recording, Recording.id == Erasure.recording_id)
        here = both.where(Recording.system == system, is_going(now))
        query = here.where(*open_ones, ~kept).order_by(Erasure.next_at, Erasure.id)
        return list(self.session.scalars(query.limit(most)))

    def staying(self, system: str, asked: datetime, now: datetime, most: int) -> list[tuple[str, str, str]]:
        """Return erasures requested by `asked` (aware) that something keeps now, so that the request is taken back: id,
        and native id and stamp of the call.
        """
        kept = exists().where(Keep.recording_id == Erasure.recording_id, *is_kept(now))
        those = (UNDONE, Erasure.state == "asked", Erasure.asked_at <= asked, Recording.system == system, kept)
        columns = select(Erasure.id, Recording.native_id, Recording.stamp)
        query = columns.join(Recording, Recording.id == Erasure.recording_id).where(*those).order_by(Erasure.id)
        return list(self.tuples(query.limit(most)))

    def late(self, since: datetime, now: datetime) -> dict[str, int]:
        """Count erasures due before `since` with audio still there, by what is in their way; not those kept or paused."""
        return self.counts(Erasure.trouble, *is_late(since, now))

    def newest(self, since: datetime, most: int, skip: int = 0) -> list[tuple[Erasure, Recording]]:
        """Return what was erased since then (aware), each with its call, newest first, for the list of certificates."""
        both = select(Erasure, Recording).join(Recording, Recording.id == Erasure.recording_id)
        done = both.where(Erasure.erased_at >= since).order_by(Erasure.erased_at.desc(), Erasure.id)
        return list(self.tuples(done.limit(most).offset(skip)))

    def erased(self, recordings: Iterable[Recording]) -> dict[int, datetime]:
        """Return when these calls were erased last, those of them that were."""
        gone = [one.id for one in recordings if one.state == "erased"]
        if not gone:
            return {}
        last = select(Erasure.recording_id, func.max(Erasure.erased_at)).where(Erasure.erased_at.is_not(None))
        rows = self.tuples(last.group_by(Erasure.recording_id), Erasure.recording_id, gone)
        return {recording: at for recording, at in rows if at is not None}

    def count(self, since: datetime) -> int:
        """Return how many calls were erased since then (aware)."""
        return self.number(Erasure.erased_at >= since)

    def known(self, marks: Iterable[str]) -> dict[str, int]:
        """Return ids of erased calls, by the keyed hash of their former name, to recognise one that is shown again."""
        pairs = select(Erasure.native_hash, Erasure.recording_id).where(Erasure.erased_at.is_not(None))
        return dict(self.tuples(pairs, Erasure.native_hash, marks))

    def sizes(self, marks: Iterable[str]) -> set[str]:
        """Return those of these keyed hashes that are the size of something erased, and so worth comparing by audio."""
        return set(self.values(select(Erasure.size_hash).distinct(), Erasure.size_hash, marks))

    def of_audio(self, mark: str) -> bool:
        """Return True if something was erased whose audio has this keyed hash, whatever it is called now."""
        return self.has(Erasure.audio_hash == mark, Erasure.erased_at.is_not(None))

    def keeps_of(self, recording: int) -> list[Keep]:
        """Return all that keeps, or kept, a call."""
        return self.rows(Keep, Keep.recording_id == recording, by=(Keep.since,))

    def claims(self, recordings: Iterable[int], now: datetime, *, opened: bool = False) -> list[Claim]:
        """Return what matters have to do with these calls, oldest matter first.
        With `opened`, also the open requests of customers that name none, with 0 as the call.
        """
        return [
            Claim(*row) for row in self.session.execute(_claims_query(opened), {"ids": list(recordings), "now": now})
        ]

    def kept_by(self, matter: str) -> list[Keep]:
        """Return what a matter keeps, or kept: one row for each call."""
        return self.rows(Keep, Keep.matter_id == matter, by=(Keep.recording_id,))

    def kept(self, recordings: Iterable[int], now: datetime, *those: ColumnElement[bool]) -> set[int]:
        """Return those of these calls that something keeps now, by a keep that meets all of `those`."""
        return set(
            self.values(select(Keep.recording_id).where(*is_kept(now), *those), Keep.recording_id, {*recordings})
        )

    def over(self, now: datetime, most: int) -> list[tuple[int, str]]:
        """Return recording and matter of keeps that no longer apply and aren't ended yet."""
        query = select(Keep.recording_id, Keep.matter_id).where(Keep.ended_at.is_(None), ~and_(*is_kept(now)))
        return list(self.tuples(query.order_by(Keep.ends_at, Keep.recording_id).limit(most)))

    def end_keep(self, recording: int, matter: str, now: datetime) -> bool:
        """End a keep; return False if there is none or it had ended before."""
        keep = self.session.get(Keep, (recording, matter))
        if keep is None or keep.ended_at is not None:
            return False
        keep.ended_at = now
        return True

    def end_access(self, request: Request, now: datetime, why: str) -> str:
        """End access if none of its calls can be heard any more; return the grant's id, or empty."""
        mine = (Grant.matter_id == request.id, Grant.ended_at.is_(None), Grant.ends_at > now)
        grant = self.first_row(Grant, *mine)
        if grant is None or self.alive(request.id, now):
            return ""
        grant.ended_at, grant.ended_why = now, why
        return grant.id

    def requests_naming(self, recording: int) -> list[Request]:
        """Return the staff requests that name this call, oldest first."""
        named = select(Request).join(RequestedRecording, RequestedRecording.request_id == Request.id)
        mine = named.where(RequestedRecording.recording_id == recording)
        return list(self.session.scalars(mine.order_by(Request.asked_at, Request.id)))

    def alive(self, request: str, now: datetime) -> bool:
        """Return True if a request names a call that is neither closed nor erased."""
        named = select(Recording.id).join(RequestedRecording, RequestedRecording.recording_id == Recording.id)
        open_one = or_(Recording.erase_at.is_(None), Recording.erase_at > now)
        those = named.where(RequestedRecording.request_id == request, Recording.state == "present", open_one)
        return self.session.scalars(those.limit(1)).first() is not None

    def wipe(self, recording: Recording, state: str = "erased") -> None:
        """P12: wipe an erased call except its id, line, start and operator, so that nothing reveals the caller."""
        self._forget_reference(recording)
        recording.state = state
        recording.native_id, recording.folder = erased_name(recording), ""
        recording.caller = recording.crm = recording.found_by = recording.stamp = recording.audio = ""
        recording.peaks, recording.size = None, 0

    def _forget_reference(self, recording: Recording) -> None:
        """Wipe the CRM reference of requests that name this call, if it is the call's, or if none of their other calls
        is left.
        """
        for request in self.requests_naming(recording.id):
            if request.crm == recording.crm or not self._others_there(request.id, recording.id):
                request.crm = ""

    def _others_there(self, request: str, recording: int) -> bool:
        """Return True if a request names another call whose audio is still there."""
        named = select(Recording.id).join(RequestedRecording, RequestedRecording.recording_id == Recording.id)
        others = (RequestedRecording.request_id == request, Recording.id != recording, Recording.state.in_(THERE))
        return self.session.scalars(named.where(*others).limit(1)).first() is not None


def is_wiped(recording: Recording) -> bool:
    """Return True if nothing is left of a call that reveals the caller: it was erased, or had vanished and was wiped."""
    return recording.state == "erased" or (recording.state == "gone" and recording.native_id == erased_name(recording))


def is_late(since: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Select erasures that could have gone before `since`, that nothing keeps or pauses, and that aren't done.

    A call that vanished before its moment isn't late.
    """
    able = or_(Erasure.recording_id.is_(None), exists().where(Recording.id == Erasure.recording_id, is_going(now)))
    kept = exists().where(Keep.recording_id == Erasure.recording_id, *is_kept(now))
    just_continued = exists().where(Matter.id == Erasure.pause, Matter.closed_at >= since)
    lately = func.coalesce(Keep.ended_at, Keep.ends_at) >= since
    just_let_go = exists().where(Keep.recording_id == Erasure.recording_id, lately)
    return (UNDONE, Erasure.closed_at < since, able, ~kept, ~is_paused(), ~just_continued, ~just_let_go)


def is_going(now: datetime) -> ColumnElement[bool]:
    """Select erasures whose audio may go now. A call that vanished before we asked waits until its moment."""
    # The audio's hash is noted when we ask the recorder to erase it.
    by_us = and_(Recording.state == "gone", Erasure.audio_hash != "")
    return or_(Recording.erase_at <= now, Recording.state.in_(("closed", "erased")), by_us)


def is_paused() -> ColumnElement[bool]:
    """Select erasures that are waiting for Continue; never one of a call that was erased before."""
    return exists().where(Matter.id == Erasure.pause, Matter.state != CONTINUED, Erasure.why.not_in(AGAIN))


def is_kept(now: datetime | ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    """Select keeps that apply: a hold until it ends, a request while it is open or what it led to may be heard or
    fetched.
    """
    waits = exists().where(Matter.id == Keep.matter_id, Matter.state.in_(OPEN))
    heard = exists().where(Grant.matter_id == Keep.matter_id, Grant.ended_at.is_(None), Grant.ends_at > now)
    return (Keep.ended_at.is_(None), Keep.ends_at > now, or_(by_hold(), waits, heard, is_fetching(Keep.matter_id, now)))


_A_HOLD = aliased(Hold)


def by_hold() -> ColumnElement[bool]:
    """Select keeps that belong to a hold; `why` alone doesn't prove that."""
    return and_(Keep.why == HOLD, exists().where(_A_HOLD.id == Keep.matter_id))


def is_fetching(
    matter: ColumnElement[str] | InstrumentedAttribute[str], now: datetime | ColumnElement[datetime]
) -> ColumnElement[bool]:
    """Select matters with a link by which a customer hasn't had all of the calls yet (P8)."""
    return exists().where(CustomerLetter.matter_id == matter, still_fetching(now))


_ABOUT = aliased(Matter)


@cache
def _claims_query(opened: bool) -> Select[int, Matter, bool, Keep | None, bool, bool]:  # noqa: FBT001
    """Return the query of `Erasures.claims`, whose columns are the fields of `Claim`; built once, since that takes long."""
    ids: BindParameter[int] = bindparam("ids", expanding=True)
    now: BindParameter[datetime] = bindparam("now", type_=Keep.ends_at.type)
    named = select(RequestedRecording.recording_id.label("call"), RequestedRecording.request_id.label("matter"))
    each = [
        named.where(RequestedRecording.recording_id.in_(ids)),
        select(Keep.recording_id, Keep.matter_id).where(Keep.recording_id.in_(ids)),
    ]
    if opened:
        each.append(select(literal(0), CustomerRequest.id).where(CustomerRequest.state.in_(OPEN)))
    pair = union(*each).subquery()
    names = and_(RequestedRecording.recording_id == pair.c.call, RequestedRecording.request_id == pair.c.matter)
    keeps = and_(Keep.recording_id == pair.c.call, Keep.matter_id == pair.c.matter)
    heard = exists().where(Grant.matter_id == _ABOUT.id, Grant.ended_at.is_(None), Grant.ends_at > now)
    applies = and_(*is_kept(now)).is_(True)
    columns = (pair.c.call, _ABOUT, RequestedRecording.request_id.is_not(None), Keep, applies, heard)
    both = select(*columns).join(_ABOUT, _ABOUT.id == pair.c.matter).outerjoin(RequestedRecording, names)
    return both.outerjoin(Keep, keeps).order_by(_ABOUT.asked_at, _ABOUT.id, pair.c.call)
