"""A declined call and all that belongs to it: which call it was, who decides, and what is locked meanwhile (P5)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from handlers.acting import Context, Effect, Result, handler
from handlers.cards import Option, Row
from handlers.customers.state import number_asked_for
from handlers.door import Repeated
from handlers.forms import Form, OneOf
from handlers.keeping import keep_for_matters, matters_needing
from handlers.matters import asking
from handlers.matters.case import Case, Kind, More
from handlers.matters.reminding import line_of, remind_asked, schedule_reminder
from handlers.policy.values import Text
from handlers.rules import Refused, deadlines
from handlers.rules import declined as rule
from handlers.rules.routing import Authority
from handlers.sealing import new_id
from handlers.telling import reminder_line, tell_of
from storage.database.store import Store
from storage.erasures import DECLINED, Claim, is_wiped
from storage.matters import Reminder
from storage.records import Person, Recording
from storage.tables.calls import CHOOSING, Declined


@dataclass(frozen=True, slots=True)
class Live:
    """A live call as the phone system reports it: `began` is aware, `caller` E.164 or empty, `recordings` native ids."""

    system: str
    call_id: str
    line: str
    caller: str
    operator: int | None
    began: datetime
    recordings: tuple[str, ...]


Trouble = Literal["", "unreachable", "unread", "cannot", "known", "known_still"]
"""Why the live call couldn't be found: the phone system doesn't answer, says too little of some call, or knows no live
calls; or the call is known already.
"""


SOMEBODY_ELSE = "Someone else decides about this call now."


@dataclass(frozen=True, kw_only=True)
class DeclinedCase(Case[Declined]):
    """A declined call; `calls` are its recordings in the register, and `claims` what matters have to do with them.

    `erased` says when calls were erased, by id. `kept` are those that something keeps, or would keep if they were
    erased now. `offered` are calls that may be the one meant, by id. `unmet` counts its recordings that aren't
    registered yet.
    """

    kind = Kind(
        "D-", name="declined", clause="P5", row=Declined, decided_by=rule.DeclinedCircumstances,
        what="the declined recording", gone="I can’t find this call.",
    )  # fmt: skip
    calls: Sequence[Recording]
    claims: Sequence[Claim]
    unmet: int
    erased: dict[int, datetime]
    kept: frozenset[int]
    offered: dict[int, Recording]

    @classmethod
    def load_more(cls, ctx: Context, matter: Declined) -> More:
        """Load its calls, and what matters have to do with them.

        The person who reported it and people on the calls have a conflict, and so have people whom an investigation or
        a hold of these calls is about.
        """
        store, named = ctx.store, ctx.store.declines.named(matter.id)
        calls = [call for _, call in named if call is not None]
        claims = claims_on(ctx, calls, by_number=matter.is_open)
        offered = store.recordings.all_of(one["recording"] for one in matter.choices if "recording" in one)
        return More(
            operators=(matter.said_by, matter.operator_id, *(one.operator_id for one in calls)),
            concerned=(who for one in claims if one.investigates or (one.is_hold and one.applies) for who in one.matter.concerned),
            fields={
                "calls": calls, "unmet": sum(one.recording_id is None and bool(one.native_id) for one, _ in named), "claims": claims,
                "erased": store.erasures.erased(calls), "kept": _kept_calls(ctx, matter, calls, claims), "offered": {one.id: one for one in offered},
            },
        )  # fmt: skip

    @property
    def said_by(self) -> Person:
        return self.people[self.matter.said_by]

    @property
    def goes_by_itself(self) -> bool:
        """True if it is erased unless the Head keeps it."""
        return self.matter.erase_at is not None

    def authority(self, person: int) -> Authority:
        """Return the role by which this person decides; raises `Refused` with the reason, unless that must stay hidden."""
        if self.circumstances.own_case(person) == "concerned":
            raise Refused(SOMEBODY_ELSE, clause=self.clause, code="not_approver")
        return super().authority(person)


def claims_on(ctx: Context, calls: Collection[Recording], *, by_number: bool = True) -> Sequence[Claim]:
    """Return what matters have to do with these calls. `by_number`, an open request of a customer counts as naming all
    calls with its number: they may be locked, so no one could name them (P8).
    """
    opened = by_number and any(one.caller for one in calls)
    found = ctx.store.erasures.claims([one.id for one in calls], ctx.now, opened=opened) if calls else []
    asked_for = [(one, number_asked_for(ctx, one.matter)) for one in found if not one.call]
    meant = (one._replace(call=call.id, named=True) for one, its in asked_for for call in calls if call.caller == its)
    return [*(one for one in found if one.call), *meant]


def _kept_calls(
    ctx: Context, declined: Declined, calls: Sequence[Recording], claims: Iterable[Claim]
) -> frozenset[int]:
    """Return the ids of calls that something keeps, or would keep if they were erased now."""
    undecided = calls if declined.is_open else ()
    would_be = {one.id for one in undecided if any(matters_needing(ctx, one.id, claims, granted=True))}
    return frozenset({one.call for one in claims if one.applies} | would_be)


class KeepForm(Form):
    """Why what was recorded is not erased."""

    name: ClassVar[str] = "declined_keep"
    title: ClassVar[str] = "Keep this recording"
    send: ClassVar[str] = "Keep"
    reason: Annotated[
        Text, OneOf("Why is it kept?", lambda _: tuple(Option(name, words) for name, words in rule.KEPT.items()),
        help="It appears on the card. Staff can ask for the call again, like any other."),
    ]  # fmt: skip


@handler("declined.go", clause="P5", about="matter")
def erase_if_not_kept(ctx: Context, matter: str) -> Result[None]:
    """Erase the recording when its time comes, unless it was kept; a call that something else needs waits. Run by the
    clock.
    """
    case = DeclinedCase.load(ctx, matter)
    if not case.matter.is_open or case.matter.erase_at is None or ctx.now < case.matter.erase_at:
        return Result(None, quiet=True)
    return _erase_calls(ctx, case, {})


@handler("declined.erase", clause="P5", about="matter")
def decide_to_erase(ctx: Context, matter: str) -> Result[None]:
    """Erase the recording by a decision; it goes through the usual erasure."""
    case, authority = _load_to_decide(ctx, matter, "going")
    case.matter.decided_by = ctx.me.id
    return _erase_calls(ctx, case, asking.take_part(ctx, case, authority))


@handler("declined.keep", clause="P5", about="matter")
def decide_to_keep(ctx: Context, matter: str, form: KeepForm) -> Result[None]:
    """Keep the recording for a reason of a closed list, and unlock it."""
    case, authority = _load_to_decide(ctx, matter, "kept")
    row = case.matter
    row.decided_by, row.reason = ctx.me.id, form.reason
    stepped_in = asking.take_part(ctx, case, authority)
    asking.close_matter(ctx, row, "kept")
    back, shown = bring_back(ctx, case.calls, case.claims), asking.bump_and_redraw(case)
    told = tell_who_said_it(ctx, row, "kept the recording of the caller who declined", "decided")
    return Result(None, (*back, *shown, *told), detail={"reason": row.reason, **stepped_in})


@handler("declined.meet", clause="P5", about="matter")
def take_registered_calls(ctx: Context, matter: str) -> Result[None]:
    """Take over recordings of the call that are registered by now: they are locked, and erased along with the rest."""
    case, registered = DeclinedCase.load(ctx, matter), list[Recording]()
    for one in ctx.store.declines.recordings(matter):
        named = ctx.store.recordings.known(one.system, [one.native_id])
        call = named.get(one.native_id) if one.recording_id is None else None
        if call is not None and rule.fits_call(call.started, case.matter.began):
            one.recording_id = call.id
            registered.append(call)
        elif call is not None:
            one.native_id = ""
    if not registered:
        return Result(None, quiet=True)
    claims, was_kept = claims_on(ctx, registered), case.matter.state == "kept"
    effects = bring_back(ctx, registered, claims) if was_kept else put_out_of_reach(ctx, registered, claims)
    begin_erasure(ctx, registered if case.matter.state == "going" else (), claims)
    shown = asking.bump_and_redraw(DeclinedCase.of(ctx, case.matter))
    return Result(None, (*effects, *shown), detail={"recordings": [one.id for one in registered]})


def keep_form_introduction(ctx: Context, matter: str) -> str:
    """Return the text above the form that keeps it; raises `Refused` if this person has nothing left to keep."""
    _load_to_decide(ctx, matter, "kept")
    return "The caller declined to be recorded. If you keep the recording, it can be heard and is erased in time like any other call."


def _load_to_decide(ctx: Context, matter: str, wanted: str) -> tuple[DeclinedCase, Authority]:
    """Load a declined call that this person may decide about; raises `Refused` or `Repeated` if it was decided."""
    case, authority = DeclinedCase.load_for_decider(ctx, matter)
    row = case.matter
    if row.is_unchosen:
        raise Refused("Please say first which call it is.", clause="P5", code="unchosen")
    if row.state == wanted and row.decided_by == ctx.me.id:
        raise Repeated(matter)
    if not row.is_open:
        told = (
            "This recording has already been kept."
            if row.state == "kept"
            else "Someone has already decided to erase this recording."
        )
        raise Refused(told, clause="P5", code="already")
    return case, authority


def _erase_calls(ctx: Context, case: DeclinedCase, stepped_in: dict[str, object]) -> Result[None]:
    """Begin to erase the calls, and tell the reporter if a person decided it."""
    begin_erasure(ctx, case.calls, case.claims)
    asking.close_matter(ctx, case.matter, "going")
    what = "decided to erase the recording of the caller who declined"
    tells = tell_who_said_it(ctx, case.matter, what, "decided") if case.matter.decided_by else ()
    shown = (show for one in case.calls for show in _redraw_cards_naming(ctx, one, case.claims))
    return Result(None, (*asking.bump_and_redraw(case), *tells, *shown), detail=stepped_in)


def tell_who_said_it(ctx: Context, row: Declined, what: str, key: str) -> tuple[Effect, ...]:
    """Tell the person who reported it what another person did about it."""
    words = f"{ctx.me.name} {what}."
    return tell_of(row.id, [row.said_by], words, f"declined:{row.id}:{key}") if ctx.me.id != row.said_by else ()


UNCHOSEN, HAND_OVER = "declined.unchosen", "declined.hand_over"
LAST_CALLS, OF_DAYS = 5, timedelta(days=14)
MOST_OF_A_PERSON = 50


def last_calls(store: Store, row: Declined, now: datetime) -> list[Recording]:
    """Return the reporter's last calls that may be the one meant: those that began before the report."""
    until = row.asked_at + rule.EARLIER
    calls = store.whose_data.last_calls(row.said_by, row.asked_at - OF_DAYS, until, MOST_OF_A_PERSON)
    return [one for one in calls if not one.closed(now)][:LAST_CALLS]


def matters_with_new_calls(store: Store, now: datetime) -> Sequence[str]:
    """Return the reports for which a call that may be meant was registered since the card was made."""
    return [one.id for one in store.declines.unchosen() if _other_possible_calls(store, one, now)]


@handler("declined.offer", clause="P5", about="matter")
def offer_more_calls(ctx: Context, matter: str) -> Result[None]:
    """Offer more calls to choose from, added at the end so that older cards still name the same calls."""
    case = DeclinedCase.load(ctx, matter)
    row = case.matter
    more = _other_possible_calls(ctx.store, row, ctx.now) if row.is_unchosen else ()
    if not more:
        return Result(None, quiet=True)
    row.choices = [*row.choices, *({"recording": one.id} for one in more)]
    return Result(None, asking.bump_and_redraw(DeclinedCase.of(ctx, row)))


def schedule_unchosen(ctx: Context, row: Declined) -> None:
    """Set two deadlines while the call isn't known: on the reporter's next working morning they are reminded to choose
    it, and on the one after that the deciders are asked instead.
    """
    person = ctx.store.people.get(row.said_by)
    zone, at = person.zone if person.checked_at else "", ctx.now
    for kind in (UNCHOSEN, HAND_OVER):
        at = rule.next_morning(ctx.policy, zone, line_of(ctx.policy, row), at)
        ctx.store.deadlines.set(kind, row.id, at)


def drop_deadlines(ctx: Context, row: Declined) -> None:
    """Drop the reminders about a report whose call is known by now."""
    ctx.store.deadlines.drop(row.id, UNCHOSEN, HAND_OVER, REMIND)


@handler("declined.unchosen", clause="P5", about="matter")
def remind_or_hand_over(ctx: Context, matter: str) -> Result[None]:
    """Remind the reporter to choose the call, or hand over at once if they left or can't be reached. Run by the clock."""
    case = DeclinedCase.load(ctx, matter)
    row = case.matter
    if row.state != CHOOSING:
        return Result(None, quiet=True)
    if not ctx.store.people.there([case.said_by.id]):
        return hand_over.do(ctx, matter)
    schedule_reminder(ctx, row, UNCHOSEN, [row.said_by], ctx.store.deadlines.moment(UNCHOSEN, row.id) or ctx.now)
    return Result(None, detail={"reminded": [row.said_by]})


@handler("declined.hand_over", clause="P5", about="matter")
def hand_over(ctx: Context, matter: str) -> Result[None]:
    """Ask the deciders which call it was, since the reporter was silent; they are told in working hours. Run by the
    clock.
    """
    case = DeclinedCase.load(ctx, matter)
    row = case.matter
    if row.state != CHOOSING:
        return Result(None, quiet=True)
    new, where = asking.ask_again(ctx, case)
    drop_deadlines(ctx, row)
    schedule_next_morning(ctx, row)
    schedule_reminder(ctx, row, REMIND, new["asked"], ctx.now)
    told = asking.alarm_if_stuck(ctx, row, case.what, where)
    return Result(None, (*told, *asking.bump_and_redraw(case)), detail={**new, **asking.warned_by(told)})


def _other_possible_calls(store: Store, row: Declined, now: datetime) -> list[Recording]:
    """Return finished calls that may be meant and aren't offered yet.

    None while a live call may be the one, since that is registered by its own name.
    """
    if any("call_id" in one and datetime.fromisoformat(one["began"]) <= row.asked_at for one in row.choices):
        return []
    known = {one["recording"] for one in row.choices if "recording" in one}
    return [one for one in last_calls(store, row, now) if one.id not in known]


GO, REMIND = "declined.go", "declined.remind"
UNCHOSEN_CALL = "{who} said that a caller declined. Until the call is chosen, it can be heard."
DECIDE = "{who}’s caller declined to be recorded. You were asked to decide whether the recording is erased or kept."


def schedule_next_morning(ctx: Context, row: Declined) -> None:
    """Set a reminder for the next working morning if a decision is needed."""
    if row.is_open and row.erase_at is None:
        ctx.store.deadlines.set(REMIND, row.id, deadlines.next_morning(ctx.policy, ctx.now))


@handler("declined.remind", clause="P5", about="matter")
def remind_of_decline(ctx: Context, matter: str) -> Result[None]:
    """Remind the deciders each morning until the recording is kept or erased. Run by the clock."""
    case = DeclinedCase.load(ctx, matter)
    return remind_asked(ctx, case, REMIND, lambda: schedule_next_morning(ctx, case.matter))


def declined_reminder_row(case: DeclinedCase, reminder: Reminder) -> Row | None:
    """Return the line that reminds a person; None if they no longer have anything to decide."""
    if case.matter.is_unchosen and reminder.person_id == case.matter.said_by:
        return reminder_line(UNCHOSEN_CALL.format(who="You"), case.matter.id)
    if case.goes_by_itself or not case.waits_for(reminder.person_id):
        return None
    words = UNCHOSEN_CALL if case.matter.is_unchosen else DECIDE
    return reminder_line(words.format(who=case.said_by.name), case.matter.id)


def put_out_of_reach(ctx: Context, calls: Iterable[Recording], claims: Sequence[Claim]) -> tuple[Effect, ...]:
    """Lock these calls, so that no one finds or hears them, and redraw the cards that name them."""
    effects: list[Effect] = []
    for one in calls:
        if one.state in ("present", "out_of_scope"):
            one.state = "declined"
            effects += _redraw_cards_naming(ctx, one, claims)
    return tuple(effects)


def bring_back(ctx: Context, calls: Iterable[Recording], claims: Sequence[Claim]) -> tuple[Effect, ...]:
    """Unlock these calls, so that they can be asked for again; those past their moment stay closed."""
    effects: list[Effect] = []
    for one in calls:
        if one.state == "declined":
            one.state = "present" if ctx.policy.line(one.line) else "out_of_scope"
            effects += _redraw_cards_naming(ctx, one, claims)
    return tuple(effects)


def begin_erasure(ctx: Context, calls: Iterable[Recording], claims: Sequence[Claim]) -> None:
    """Begin to erase these calls in the usual way; a missing one goes once it is back, and open requests keep theirs."""
    for one in calls:
        is_missing = one.state == "gone" and not is_wiped(one) and ctx.store.erasures.open(one.id) is None
        if one.state == "declined" or is_missing:
            one.state = "gone" if is_missing else "closed"
            ctx.store.erasures.begin_now(new_id("E"), one, DECLINED, ctx.now)
            keep_for_matters(ctx, one, ctx.now, claims, granted=True)


def _redraw_cards_naming(ctx: Context, one: Recording, claims: Iterable[Claim]) -> tuple[Effect, ...]:
    """Redraw the cards of every matter that names this call or holds it."""
    matters = (claim.matter for claim in claims if claim.call == one.id and (claim.is_request or claim.is_hold))
    return asking.redraw_matters(ctx, {matter.id: matter for matter in matters}.values())
