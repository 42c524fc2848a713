"""How a draw begins: last month's lists are frozen and hashed, and with them a number that nobody has seen (P10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from handlers.acting import Act, Done
from handlers.effects import Effect
from handlers.ids import new_id, new_number
from handlers.matters.asking import on_record, shows
from handlers.random_review import intents
from handlers.random_review.reminding import COUNT, OPEN, schedule_reminder
from handlers.random_review.view import View, load
from handlers.random_review.words import EARLY, LOST, month_words
from handlers.rules import random_review as rule
from handlers.rules.access import company_day
from handlers.rules.drawing import how_many, list_hash, number_hash, share_text
from handlers.rules.refusal import Refused
from handlers.sealing import Seal
from handlers.telling_head import hearers, tell_head
from handlers.words import counted, day_words
from storage.commitments import commitment
from storage.draws import Candidate
from storage.records import Party
from storage.tables.draws import Draw, DrawList

WHOSE, NUMBER = "random_review", "number"
NOBODY = "Nobody who reviews calls can be reached, so nobody can type a line for the random review of {month} ({draw}). Please see who can."


def schedule(act: Act, intent: intents.Schedule) -> Done[None]:
    """Ask the clock for the next month's draw; anew, where the policy has another day: at once where that is over, so that no month is left out."""
    coming = act.store.deadlines.coming(OPEN, WHOSE)
    if coming != (at := rule.opening_anew(act.policy, coming, act.now)):
        act.store.deadlines.set(OPEN, WHOSE, at)
    return Done(None, quiet=True)


def open_(act: Act, intent: intents.Open) -> Done[None]:
    """The clock: of a month there is one first draw, whatever the clock does; after an outage each missed month has its own."""
    fell = min(act.now, act.store.deadlines.moment(OPEN, WHOSE) or act.now)
    act.store.deadlines.set(OPEN, WHOSE, rule.next_opening(act.policy, fell))
    month = rule.month_of(act.policy, fell)
    before = act.store.draws.of_month(month)
    early = [one.id for one in before if one.state == "early"]
    if any(one.id not in early and (one.state != "nothing" or one.asked_at <= act.now) for one in before):
        return Done(None, quiet=True)
    # Only a clock that was ahead can have found nothing in a month that is yet to be drawn from.
    draw = drawn_up(act, month, len(before) + 1, f"due:{month}:{len(before) + 1}")
    if early:
        return put(act, draw, in_place_of(draw, early[-1], EARLY))
    found = act.store.audit.restored()
    lost = found is not None and datetime.fromisoformat(found.at) >= fell
    return put(act, draw, in_place_of(draw, "", LOST) if lost else {})


def again(act: Act, intent: intents.Again) -> Done[None]:
    """A further draw of the same month, which takes a reason and stands beside the first."""
    _may_draw_again(act)
    if (before := act.store.draws.of_key(intent.key)) is not None:
        return Done(None, subject=before.id, quiet=True)
    view = _over(act, load(act, intent.matter))
    month = act.store.draws.of_month(view.draw.month)
    if any(one.state in ("waiting", "counted") for one in month):
        raise Refused("A draw of this month is under way. Please let it end first.", clause="P10", code="under_way")
    draw = drawn_up(act, view.draw.month, len(month) + 1, intent.key)
    draw.asked_by = act.me.id
    return put(act, draw, in_place_of(draw, month[-1].id, intent.form.why))


def introduction(act: Act, draw: str) -> str:
    """What stands above the form of a further draw; raises `Refused` as `again`."""
    _may_draw_again(act)
    view = _over(act, load(act, draw))
    left = sum(one.state == "waiting" for one in view.reviews)
    stay = (
        f" {counted(left, 'call')} of the draw before {'is' if left == 1 else 'are'} yet to be reviewed, and stay."
        if left
        else ""
    )
    return f"All lists of {month_words(view.draw.month)} are frozen anew, and two reviewers are asked for a line.{stay}"


def _may_draw_again(act: Act) -> None:
    rule.draw_again(act.today, act.me.email_key, company_day(act.policy, act.now))


def _over(act: Act, view: View) -> View:
    """Raises `Refused` before the month's lists are due: whoever drew them then would leave the calls of its last days out."""
    due = rule.due_again(act.policy, view.draw.month, view.draw.asked_at, act.now)
    if due is not None:
        day = day_words(company_day(act.policy, due), company_day(act.policy, act.now))
        told = f"The calls of {month_words(view.draw.month)} can’t be drawn again yet: they are due on {day}."
        raise Refused(told, clause="P10", code="not_due")
    return view


def in_place_of(draw: Draw, before: str, why: str) -> dict[str, object]:
    """A draw that comes after another one of its month (`before`, empty where none is known): what the log says of that."""
    draw.again_of, draw.why = before, why
    return {"again_of": before, "words": commitment(draw.salt, "again", why)}


def drawn_up(act: Act, month: str, ordinal: int, key: str) -> Draw:
    """A new draw of a month (`2026-10`) by the policy in force, without lists and number; `key` is its alone."""
    policy = act.policy
    reviewers = act.store.people.ids_for(policy.roles.reviewers.holders)
    return Draw(
        id=new_id("RD"), key=key, month=month, ordinal=ordinal, number_hash="", sealed=b"",
        share_percent=share_text(policy.random_review.share_percent), minimum=policy.random_review.minimum,
        reviewers=[reviewers[one] for one in policy.roles.reviewers.holders], asked_at=act.now,
        line=policy.company.home_line,
    )  # fmt: skip


def put(act: Act, draw: Draw, more: dict[str, object]) -> Done[None]:
    """Store it, and announce the hashes to whoever reviews; what the audit log says of it holds them too."""
    lists, number = _frozen(act, draw), new_number()
    draw.number_hash = number_hash(number)
    if any(one.calls for one in lists):
        Seal(act).begin(draw.id)
        draw.sealed = Seal(act).sealed(draw.id, number.encode(), NUMBER)
    else:
        draw.state, draw.closed_at = "nothing", act.now
    act.store.draws.add(draw, lists)
    asked = _parties(act, draw)
    for one in asked:
        act.store.matters.ask(one)
    if draw.is_open:
        draw.due_at = rule.counts_at(act.policy, act.now)
        act.store.deadlines.set(COUNT, draw.id, draw.due_at)
        schedule_reminder(act, draw)
    detail = {
        "month": draw.month, "ordinal": draw.ordinal, "number_hash": draw.number_hash, "reviewers": draw.reviewers,
        "share": draw.share_percent, "minimum": draw.minimum, "state": draw.state,
        "lists": {one.department: {"hash": one.list_hash, "calls": len(one.calls), "wanted": one.wanted, "left_out": one.left_out} for one in lists},
        **on_record(asked), **more,
    }  # fmt: skip
    # Where there is nothing to draw from, home says so, and nobody gets a card.
    cards = shows(draw, (one.person_id for one in asked)) if draw.is_open else ()
    return Done(None, (*nobody(act, draw, asked), *cards), draw.id, detail)


def nobody(act: Act, draw: Draw, asked: Iterable[Party]) -> tuple[Effect, ...]:
    """A word to the Head, where nobody is left who could type a line."""
    if not draw.is_open or any(one.part == "approver" for one in asked):
        return ()
    words = NOBODY.format(month=month_words(draw.month), draw=draw.id)
    return tell_head(act, words, f"random_review:{draw.id}:nobody")


def _parties(act: Act, draw: Draw) -> list[Party]:
    """The reviewers who are there are asked, all of them where all are away; the Head has a copy."""
    day, people = company_day(act.policy, act.now), act.store.people
    there = [one for one in act.policy.roles.reviewers.holders if people.may_act(one)]
    asked = [one for one in there if not act.today.is_away(one, day)] or there
    ids = people.ids_for(asked)
    reviewing = list(dict.fromkeys(ids[one] for one in asked))
    told = [one for one in hearers(act) if one not in reviewing]
    return [
        *(
            Party(matter_id=draw.id, person_id=one, part="approver", role="reviewers", since=act.now)
            for one in reviewing
        ),
        *(Party(matter_id=draw.id, person_id=one, part="copy", role="", since=act.now) for one in told),
    ]


def _frozen(act: Act, draw: Draw) -> list[DrawList]:
    """A list for each department, also an empty one; what is left out is counted by its cause and stands nowhere by its id."""
    calls = act.store.draws.calls_of(*rule.within(act.policy, draw.month))
    declined = act.store.draws.declined(one.id for one in calls)
    held: dict[str, list[int]] = {name: [] for name in act.policy.departments}
    out: dict[str, dict[str, int]] = {name: {} for name in held}
    for one in calls:
        mine, left = held.setdefault(one.department, []), out.setdefault(one.department, {})
        if why := cause(act, one, declined):
            left[why] = left.get(why, 0) + 1
        else:
            mine.append(one.id)
    return [_listed(draw, name, sorted(mine, key=str), out[name]) for name, mine in held.items()]


def cause(act: Act, call: Candidate, declined: dict[int, bool]) -> rule.Cause:
    """Why this call is left out, as things are now; empty where it is not. `declined` as of `Draws.declined`."""
    known = call.line in act.policy.lines
    return rule.cause_of(
        state=call.state, closed=call.erase_at is not None and call.erase_at <= act.now, declined=call.id in declined,
        undecided=declined.get(call.id, False),
        announced=not (known and act.today.announcement_down(call.line, call.started)),
    )  # fmt: skip


def _listed(draw: Draw, department: str, calls: list[int], left_out: dict[str, int]) -> DrawList:
    wanted = how_many(len(calls), Decimal(draw.share_percent), draw.minimum)
    return DrawList(
        draw_id=draw.id, department=department, calls=list(calls), left_out=dict(left_out), list_hash=list_hash(map(str, calls)), wanted=wanted,
    )  # fmt: skip
