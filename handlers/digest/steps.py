"""The weekly digest: what one reader is told in it, without what they may not know, and how it is made, seen and passed on (P9, P12, P13)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from handlers import phrases, sealing
from handlers.acting import Context, Effect, Home, Result, Show, handler
from handlers.cards import Words
from handlers.door import Repeated
from handlers.matters import asking, reminding
from handlers.matters.asking import brought_in, bump_and_redraw, close_matter, take_part
from handlers.matters.case import Case, Kind
from handlers.matters.showing import may_know
from handlers.policy import Policy, RoleName
from handlers.room import ROOMS
from handlers.rules import Refused
from handlers.rules import deadlines as rule
from handlers.rules.availability import STRANGERS, Gap, Seat, deputies_there, roles_uncovered, seats_by_person
from handlers.rules.routing import Authority
from storage.database.store import Store
from storage.records import AMBIGUOUS, LIVING, Person, Recording
from storage.tables.calls import Keep, UnregisteredFile
from storage.tables.reviews import Digest

MOST = 40
"""How many things of a kind Details lists one by one."""
AHEAD = "To be erased"
KINDS = {"hold": "a hold", "request": "an open request", "copy": "a customer’s copy"}


@dataclass(frozen=True, slots=True)
class WaitingMatter:
    """A matter that is waiting: its name, whom it was asked of, whether it is due, and whether it is stuck."""

    matter: str
    what: Words
    since: datetime
    asked: tuple[str, ...]
    late: bool
    stuck: bool


@dataclass(frozen=True, slots=True)
class DigestNews:
    """What one reader is told. `ahead` counts calls that go this week by line (E.164), `late` erasures by what is in their way."""

    ahead: Mapping[str, int]
    calls: Sequence[Recording]
    late: Mapping[str, int]
    waiting: Sequence[WaitingMatter]
    kept: Sequence[tuple[Keep, Recording]]
    outside: Sequence[Recording]
    files: Sequence[UnregisteredFile]
    unreached: Sequence[str]


@dataclass(frozen=True)
class DigestCase(Case[Digest]):
    """A digest and who has it."""

    kind = Kind(
        "WK-", name="digest", clause="", row=Digest, decided_by=rule.DigestCircumstances,
        what="the weekly digest", gone="I can’t find this card.", names=lambda digest: (digest.seen_by,),
    )  # fmt: skip

    def authority(self, person: int) -> Authority:
        """Return the role by which this person reads it; raises `Refused` for anyone else."""
        return self.authority_or("This digest is for someone else.", person)


def gather_news(ctx: Context, reader: int) -> DigestNews:
    """Gather what the digest says now, as far as this reader may know it. A call that only a hidden matter keeps counts
    as if nothing kept it.
    """
    ends = rule.week_ends(ctx.policy, ctx.now)
    late_since = ctx.now - timedelta(minutes=ctx.policy.retention.most_minutes_late)
    held = ctx.store.pauses.held_ahead(ctx.now, ends)
    kept = [*ctx.store.pauses.keeps(ctx.now), *held]
    known = {one for one in {keep.matter_id for keep, _ in kept} if may_know(ctx, one, reader)}
    kept = [pair for pair in kept if pair[0].matter_id in known]
    kept_ids = {keep.recording_id for keep, _ in kept}
    return DigestNews(
        ahead=ctx.store.pauses.ahead(ctx.now, ends, kept_ids),
        calls=ctx.store.pauses.calls_ahead(ctx.now, ends, MOST, kept_ids),
        late=ctx.store.erasures.late(late_since, ctx.now),
        waiting=[*_waiting_matters(ctx, reader)],
        kept=kept,
        outside=ctx.store.recordings.out_of_scope(),
        files=ctx.store.recordings.unregistered(),
        unreached=unreached_people(ctx.store, ctx.today, ctx.policy.company_day(ctx.now)),
    )


def _waiting_matters(ctx: Context, reader: int) -> Iterator[WaitingMatter]:
    """Yield the open matters that may be named to this reader; `asked` is empty for a stuck one."""
    open_ids = [one.id for one in ctx.store.matters.open_but(Digest)]
    for kind in [one.matter for one in ROOMS if one.matter is not None]:
        for matter in [one for one in open_ids if one.startswith(kind.prefix)]:
            with suppress(Refused, sealing.Unopened):  # one that can't be read keeps no digest back
                case = kind.case(ctx, matter)
                if case.may_be_named_to(reader):
                    yield _waiting_matter(case, reader)


def _waiting_matter(case: Case[Any], reader: int) -> WaitingMatter:
    """Return an open matter as this reader's digest names it."""
    name, row = (phrases.capitalise(case.what), *case.about(reader)), case.matter
    stuck = row.state == "stuck"
    asked = () if stuck else [one.person_id for one in case.approvers] or sorted(case.everybody())
    names = tuple(case.people[one].name for one in asked)
    return WaitingMatter(row.id, name, row.asked_at, names, case.overdue, stuck)


def told_in(news: DigestNews) -> list[tuple[str, str]]:
    """Return the digest's facts: each number in words, with its label before it; one that is nothing is left out."""
    unread, unreached = _quantity(len(news.files), "file"), _quantity(len(news.unreached), "person", "people")
    each = {
        AHEAD: _quantity(sum(news.ahead.values()), "call"),
        "Late erasures": _quantity(sum(news.late.values()), "call"),
        "Waiting for an answer": _waiting_words(news.waiting),
        "Kept past its time": _kept_by_words(news.kept),
        "On unknown lines": _quantity(len(news.outside), "call"),
        "Can’t be read or reached": " · ".join(filter(None, (unread, unreached))),
    }
    return [(label, words) for label, words in each.items() if words]


def _quantity(number: int, one: str, many: str = "") -> str:
    """Return a number of things in words; empty for none."""
    return phrases.quantity_words(number, one, many) if number else ""


def _waiting_words(waiting: Sequence[WaitingMatter]) -> str:
    """Say how many matters are waiting, with whom, and how many are overdue or stuck; empty if none."""
    if not waiting:
        return ""
    names = list(dict.fromkeys(name for one in waiting for name in one.asked))
    late, stuck = sum(one.late for one in waiting), sum(one.stuck for one in waiting)
    shown = [*names[:3], "others"] if len(names) > 3 else names
    with_whom = f", with {phrases.list_words(shown, 'and')}" if shown else ""
    overdue = f"; {late:,} overdue" if late else ""
    nobody = f"; {stuck:,} that no one may decide" if stuck else ""
    return f"{phrases.quantity_words(len(waiting), 'matter')}{with_whom}{overdue}{nobody}"


def _kept_by_words(kept: Sequence[tuple[Keep, Recording]]) -> str:
    """Say how many calls are kept past their time, and by what."""
    number = {why: len({keep.recording_id for keep, _ in kept if keep.why == why}) for why in KINDS}
    return " · ".join(f"{phrases.quantity_words(some, 'call')} by {KINDS[why]}" for why, some in number.items() if some)


PARTS = {
    "holder": "the {title}", "deputy": "deputy of the {title}", "reviewer": "{title}", "handler": "who confirms customers’ requests",
}  # fmt: skip
WRONG = {
    "gone": (
        "has no account that I can find",
        "Please name someone else in the policy, or fix the address or account.",
    ),
    "removed": (
        "can’t get my messages: I was never added to their chats, or they blocked me",
        "Please ask them to add me, or to allow my messages.",
    ),
    "ambiguous": (
        "has an address that another account has or had, so I can’t tell who is who",
        "Please have one of the accounts closed, or settled with recording-steward people.",
    ),
    "stranger": (
        "has the account of a guest, another organisation or a program, and may not decide",
        "Please have the policy name someone from the company.",
    ),
}
"""What is wrong with a person's account, and what to do about it."""
COVER = "Please name a deputy for these days, or ask them to come back."


def unreached_people(store: Store, policy: Policy, day: date) -> list[str]:
    """Return a sentence for each person in a role who can't be reached on this day, and for each role that no one fills.

    `policy` counts all absences.
    """
    seats = seats_by_person(policy)
    people, reachable = store.people.named(seats), store.people.there(seats)
    if not any(one.checked_at for one in people.values()):
        return []  # the bot is new here: it has looked no one up yet
    wrong = {who: why for who in seats if (why := _what_is_wrong(people[who], reachable))}
    names, out = {one.id: one.name if one.checked_at else one.email_key for one in people.values()}, frozenset(wrong)
    found = [_unreached_words(who, why, seats[who], policy, day, names, out) for who, why in wrong.items()]
    return [*found, *(_uncovered_words(one, policy, day, names) for one in roles_uncovered(policy, day, out))]


def _what_is_wrong(person: Person, reachable: Collection[int]) -> str:
    """Return what is wrong with a person's account, by a key of `WRONG`; empty if nothing is."""
    if person.checked_at is None:
        return "gone"
    if person.standing != LIVING:
        return "ambiguous" if person.standing == AMBIGUOUS else "stranger" if person.standing in STRANGERS else "gone"
    return "" if person.id in reachable else "removed"


def _unreached_words(
    who: int, why: str, seats: Collection[Seat], policy: Policy, today: date, names: Mapping[int, str], out: Collection[int]
) -> str:  # fmt: skip
    """Say who can't be reached, in which roles, who covers for them, and what to do."""
    parts = ", ".join(dict.fromkeys(PARTS[one.part].format(title=one.title) for one in seats))
    sentences = [f"{names[who]} ({parts}) {WRONG[why][0]}."]
    for one in seats:
        if one.part == "holder":
            stand_ins = [names[deputy] for deputy in deputies_there(policy, cast("RoleName", one.role), today, out)]
            sentences.append(f"{' or '.join(stand_ins) or 'No one'} covers for the {one.title}.")
    return " ".join((*sentences, WRONG[why][1]))


def _uncovered_words(gap: Gap, policy: Policy, today: date, names: Mapping[int, str]) -> str:
    """Say that no one fills a role, since when, and who is away."""
    since = "today" if gap.since == today else f"on {phrases.day_words(gap.since, today)}"
    held = policy.held(gap.role)
    away = [names[one] for one in gap.away]
    deputies = "no deputy is available" if held.deputies else "there is no deputy"
    are = "is" if len(away) == 1 else "are"
    return f"No one fills the role {held.title} {since}: {phrases.list_words(away, 'and')} {are} away, and {deputies}. {COVER}"


@dataclass(frozen=True, slots=True)
class LogVerification:
    """The last verification of the log: its entries, its faults, and when (aware).

    Not `compared`: the journal outside the database couldn't be read, or was lost.
    """

    entries: int
    faults: int
    at: datetime
    compared: bool = True


NOT_SEEN = "digest.not_seen"
Told = Mapping[str, list[tuple[str, str]]]
"""What a digest tells each reader (labels and words), by the person's id."""


def is_due(ctx: Context) -> bool:
    """Return True if this week's digest must be made now. The clock asks this first, since it only reads."""
    week = rule.week_of(ctx.policy, ctx.now).isoformat()
    made = ctx.store.matters.submitted(Digest, week) is not None
    before = ctx.store.first_row(Digest, Digest.week < week) is not None
    return rule.is_due(ctx.policy, ctx.now, made=made, before=before)


def tell_readers(ctx: Context) -> Told:
    """Return what a digest made now tells each person who is asked to read it.

    The clock reads this before it makes the digest, so that no writer waits: with many open matters it takes long.
    """
    digest = Digest(id="", week="", asked_at=ctx.now, line=ctx.policy.company.home_line)
    route = asking.find_route(ctx, DigestCase.of(ctx, digest, new=True).circumstances)
    return {f"{one.person}": told_in(gather_news(ctx, one.person)) for one in route.approvers}


@handler("digest.make")
def make_digest(ctx: Context, told: Told, verified: LogVerification | None = None) -> Result[None]:
    """Make this week's digest, unless another process has made it. `told` is from `tell_readers`; anyone else's card is
    drawn from what is stored then. `verified` is None if the log wasn't verified in time.
    """
    if not is_due(ctx):
        return Result(None, quiet=True)
    week, checked = rule.week_of(ctx.policy, ctx.now).isoformat(), verified
    digest = Digest(id=sealing.new_id("WK"), week=week, asked_at=ctx.now, line=ctx.policy.company.home_line)
    if checked is not None:
        digest.verified_to, digest.faults = checked.entries, checked.faults
        digest.compared, digest.verified_at = checked.compared, checked.at
    detail, effects = asking.begin_asking(ctx, DigestCase.begin(ctx, digest))
    readers = {f"{one.person}" for one in effects if isinstance(one, Show)}
    digest.told = {who: words for who, words in told.items() if who in readers}
    ctx.store.deadlines.set(NOT_SEEN, digest.id, rule.seen_by(ctx.policy, ctx.now))
    detail |= {"week": week, "verified_to": digest.verified_to, "faults": digest.faults}
    return Result(None, reminding.keep_for_morning(ctx, digest, effects), digest.id, detail)


@handler("digest.see", about="digest")
def mark_seen(ctx: Context, digest: str) -> Result[None]:
    """Mark the digest as seen by a person who was asked."""
    case, authority = DigestCase.load_for_decider(ctx, digest)
    if not case.matter.is_open:
        raise Repeated(case.matter.id)
    detail = take_part(ctx, case, authority)
    close_matter(ctx, case.matter, "seen")
    case.matter.seen_by = ctx.me.id
    cards, found = _redraw_told(ctx, case), ctx.store.people.homes(*case.everybody())
    homes = (Home(one.person_id, one.platform) for one in found if one.person_id is not None)
    return Result(None, (*cards, *homes), detail=detail | {"role": authority.role})


@handler("digest.pass_on", about="matter")
def pass_on(ctx: Context, matter: str) -> Result[None]:
    """Ask the next reader of a digest that no one has seen; if there is none, alert a person who can fix that, in working hours."""
    case, fell = DigestCase.load(ctx, matter), ctx.store.deadlines.moment(NOT_SEEN, matter)
    if not case.matter.is_open or case.matter.passed_on_at is not None:
        return Result(None, quiet=True)
    new = asking.ask_next(ctx, case)
    hearer = None if new else asking.next_to_tell(ctx, matter, asking.UNDECIDED)[1]
    if hearer is not None and (later := reminding.moment_to_tell(ctx, hearer, case.matter, ctx.now)) > ctx.now:
        ctx.store.deadlines.set(NOT_SEEN, matter, later)
        return Result(None, quiet=True)
    case.matter.passed_on_at = ctx.now
    reminding.schedule_reminder(ctx, case.matter, NOT_SEEN, new, fell or ctx.now)
    words = f"No one has seen {case.what}, and there is no one else to ask. Please find someone to read it."
    told = () if new else asking.sound_alarm(ctx, matter, asking.UNDECIDED, words)
    return Result(None, (*told, *_redraw_told(ctx, case)), detail={**brought_in(case, new), **asking.warned_by(told)})


def _redraw_told(ctx: Context, case: DigestCase) -> tuple[Effect, ...]:
    """Redraw the digest for everyone except new readers, who hear of it by a reminder first."""
    redrawn = bump_and_redraw(case)
    coming = (one.person_id for one in ctx.store.reminders.coming(case.matter.id, NOT_SEEN))
    new = {one for one in coming if ctx.store.outbox.copy(case.matter.id, one) is None}
    return tuple(one for one in redrawn if one.person not in new)
