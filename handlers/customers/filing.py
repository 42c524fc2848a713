"""Filing a customer's request, the day that is promised with it, and what time brings until that is kept (P8).

The same customer asking again for the same calls adds a date to the open request; the earliest counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import finding, phrases, sealing, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.cards import Row, When
from handlers.customers import cards, forms, state
from handlers.customers.state import CustomerCase, Details, IdentityCheck, Receipt
from handlers.matters import asking, reminding
from handlers.rules import Refused, access, deadlines, identity
from handlers.rules import customers as rule
from handlers.rules.customer_names import asks_again, may_go_to, read_address
from handlers.rules.working_days import calendar_of, earliest_due
from storage.customers import LINK_ENDS, ON_ITS_WAY
from storage.matters import Reminder
from storage.records import OPEN, Party, Recording
from storage.tables.customers import CustomerRequest


@dataclass(frozen=True, slots=True)
class Filed:
    """The request that is open now, due at a moment (aware) in a zone (IANA).

    `joined`: the same was open already, and this receipt was added to it. `waits` for what the customer has yet to give, in words.
    """

    request: str
    due_at: datetime
    zone: str
    joined: bool = False
    waits: str = ""
    warnings: tuple[str, ...] = ()


FILER = "filer"
"""The part of a person who filed the same request again."""
NOT_OFFERED = "You can’t choose this any more. Please choose again."


@handler("customer.file", clause="P8", prefetch=finding.rows_of_form)
def file_customer_request(ctx: Context, form: forms.FilingForm, key: str) -> Result[Filed]:
    """File a new request, or add a date to one that is open already."""
    once, (calls, number, refusal) = sealing.hashed_name(key), forms.calls_and_number(ctx, form.recordings)
    same = _request_mark(ctx, form, calls)
    filed, shared = ctx.store.customers.filed_already(once, same, (one.caller for one in calls))
    if before := next((one for one in filed if one.key == once), None):
        return Result(_filed_reply(CustomerCase.of(ctx, before)), quiet=True)
    if refusal:
        raise refusal
    known = _details_from_form(ctx, form, calls, number, shared=shared)
    for one in filed:
        case = CustomerCase.of(ctx, one)
        names = (case.known.name, case.known.address) if case.known else ("", "")
        if case.known and asks_again(names, (known.name, known.address), ctx.policy.identity, call=bool(calls)):
            return _add_date(ctx, case, case.known, known)
    request = CustomerRequest(
        id=sealing.new_id("C"), key=once, same=same, filed_by=ctx.me.id, asker=form.asker, received_at=known.first().at, sealed=b"",
        asked_at=ctx.now,
    )  # fmt: skip
    _set_promise(ctx, request, calls)
    sealing.Seal(ctx).begin(request)
    state.save_details(ctx, request, known)
    case = CustomerCase.begin(ctx, request, state.more_about(ctx, request, known, calls, letters=[]))
    for place, call in enumerate(calls):
        ctx.store.matters.name_call(request.id, call.id, place)
    schedule_reminders(ctx, request)
    asked, effects = asking.begin_asking(ctx, case)
    # The card appears where the person files, unless they choose another place at home.
    ctx.store.people.prefers_first(ctx.me, ctx.who.platform)
    detail = {**_facts_for_log(request, known), "recordings": [one.id for one in calls], **asked}
    # The cards of calls whose callers declined say that something keeps them, as this request does now.
    declined = {matter.id: matter for one in case.locked for matter in ctx.store.declines.naming(one.id)}
    return Result(_filed_reply(case), (*effects, *asking.redraw_matters(ctx, declined.values())), request.id, detail)


def _details_from_form(
    ctx: Context, form: forms.FilingForm, calls: list[Recording], number: str, *, shared: bool
) -> Details:  # fmt: skip
    """Return the details of a new request from its form; raises `Refused` at the field that needs fixing."""
    line = calls[0].line if calls else ctx.policy.company.home_line
    # They can't have asked before a call that they chose; for all calls of a number, not before the first of these.
    began = (min if number else max)((one.started for one in calls), default=None)
    today = access.newest_day(ctx.policy, ctx.now, ctx.me.zone)
    at = rule.first_asked(form.received_on, ctx.now, today, ctx.policy.lines[line].time_zone, began)
    check = state.COLLEAGUE if not isinstance(form, forms.CustomerForm) else form.check
    return Details(
        name=form.person, number=number, address=check_address(ctx, form.address, form.asker, calls), shared=shared,
        receipts=[Receipt(at=at, told_at=ctx.now, by=ctx.me.id, day=form.received_on)],
        authority=form.authority if isinstance(form, forms.AuthorityForm) else "",
        identified=identified_by(ctx, check) if check != forms.UNCHECKED else None,
    )  # fmt: skip


def identified_by(ctx: Context, check: str) -> IdentityCheck:
    """Return the current person's identity check; raises `Refused` at the field if the policy doesn't list this way."""
    if check not in (state.COLLEAGUE, *ctx.policy.customers.identity_checks):
        raise Refused.at({"check": NOT_OFFERED}, "P8")
    return IdentityCheck(check=check, by=ctx.me.id, at=ctx.now)


def check_address(ctx: Context, typed: str, asker: str, recordings: Iterable[Recording]) -> str:
    """Return the address in its stored form, or empty if none was given.

    Raises `Refused` at the field: a customer's call goes to no address of the company or its staff, and a colleague's
    only to that colleague.
    """
    if not (address := read_address(typed)):
        return ""
    key, policy = identity.email_key(address, ctx.policy.identity), ctx.policy
    answered = {one.operator_key for one in recordings if one.operator_key}
    bearers = ctx.store.people.bearers({key, *answered})
    each = [bearers[one].people for one in answered] or [frozenset({ctx.me.id})]
    own = all(ctx.store.people.among(one, bearers[key].people) for one in each)
    members = (one for department in policy.departments.values() for one in department.staff)
    named = {*policy.named, *members}
    may_go_to(policy, address, asker, staff=key in named or bearers[key].works_here, own=own)
    return address


def _request_mark(ctx: Context, form: forms.FilingForm, calls: list[Recording]) -> str:
    """Return the mark by which a second filing of the same request is recognised.

    It is made of the asker and the calls; without calls, of the name and the address.
    """
    if calls:
        return ctx.keys.mark("customer.same", form.asker, "calls", *sorted(f"{one.id}" for one in calls))
    person = (" ".join(one.casefold().split()) for one in (form.person, read_address(form.address)))
    return ctx.keys.mark("customer.same", form.asker, "person", *person)


def _set_promise(ctx: Context, request: CustomerRequest, recordings: Iterable[Recording]) -> bool:
    """Set the due day by the calendars of its calls' lines; it may only come forward. Returns True if it did."""
    home = ctx.policy.company.home_line
    lines = dict.fromkeys(one.line for one in recordings if one.line in ctx.policy.lines) or {home: None}
    due = earliest_due(ctx.policy, lines, request.received_at, ctx.policy.customers.working_days)
    sooner = request.due_at is None or due.at < request.due_at
    if sooner:
        state.set_promise(request, due)
    return sooner


def ask_other_releasers(ctx: Context, request: CustomerRequest) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Ask other releasers once a person has written part of the request and so can't release it."""
    case = CustomerCase.of(ctx, request)
    over = asking.no_longer_decide(case)
    asked, effects = asking.ask_and_redraw(ctx, case)
    return {**asked, "over": over}, effects


def _add_date(ctx: Context, case: CustomerCase, known: Details, again: Details) -> Result[Filed]:
    """Add the date of a second filing (`again`) to an open request, which can only bring its due day forward.

    The person who filed it again gets a copy and can't release it.
    """
    request = case.matter
    known.receipts.extend(again.receipts)
    request.received_at = known.first().at
    sooner = _set_promise(ctx, request, case.recordings)
    state.save_details(ctx, request, known)
    filer = ctx.me.id != request.filed_by and case.party_of(ctx.me.id) is None
    if filer:
        ctx.store.insert(Party(matter_id=request.id, person_id=ctx.me.id, part=FILER, role="", since=ctx.now))
    detail, effects = ask_other_releasers(ctx, request)
    schedule_reminders(ctx, request)
    case, due = CustomerCase.of(ctx, request), state.promised_due(request)
    when = phrases.moment_words(due.at, phrases.line_words(due.line, case.policy)[1], ctx.now)
    words = f"A customer asked earlier than we knew, so the answer is due {when}."
    whom = (one.person_id for one in case.approvers) if sooner else ()
    once = f"sooner:{request.id}:{request.revision}"
    told = telling.tell_of(request.id, whom, words, once)
    calls = [one.id for one in case.recordings]
    entry = {**_facts_for_log(request, known), "addressed": False, "joined": True, "filer": filer, "recordings": calls}
    return Result(_filed_reply(case, joined=True), (*effects, *told), request.id, {**entry, **detail})


def _facts_for_log(request: CustomerRequest, known: Details) -> dict[str, Any]:
    """Return what the log says of a request: who asks, since when, until when; only kinds and moments."""
    return {
        "asker": request.asker, "received": request.received_at.isoformat(), "due": state.promised_due(request).at.isoformat(),
        "identified": known.identified is not None, "addressed": bool(known.address),
    }  # fmt: skip


def _filed_reply(case: CustomerCase, *, joined: bool = False) -> Filed:
    """Return what the person who filed it reads: the due day, what is missing, and warnings."""
    due = state.promised_due(case.matter)
    return Filed(case.matter.id, due.at, due.zone, joined, case.still_needs, cards.release_cautions(case))


REMIND = "customer.remind"
WATCHED = (REMIND, "customer.due_today", "customer.overdue")
"""Kinds of deadlines that `schedule_reminders` sets."""


def note_missed(ctx: Context, request: CustomerRequest) -> dict[str, str]:
    """P8: record a missed due day for good, at the first step that notices it. Returns the details for the audit log."""
    in_time = request.due_at is None or ctx.now <= request.due_at
    if in_time or request.missed_at or request.answered_at:
        return {}
    request.missed_at = request.due_at
    return {"missed": state.promised_due(request).at.isoformat()}


def schedule_reminders(ctx: Context, request: CustomerRequest) -> None:
    """Set the next reminders: before the due day, on it, and once it is late."""
    due, calendar = state.promised_due(request), calendar_of(ctx.policy, reminding.line_of(ctx.policy, request))
    # One day before, the Head is asked as well, however the policy sets reminders.
    before = {*ctx.policy.customers.remind_before, 1}
    moments = {
        remind_releasers.action: rule.next_reminder(calendar, due, before, ctx.now),
        remind_on_the_day.action: rule.next_on_the_day(calendar, due, ctx.now),
        remind_once_late.action: rule.next_late(calendar, due, ctx.now, missed=bool(request.missed_at or request.answered_at)),
    }  # fmt: skip
    for kind, at in moments.items():
        ctx.store.deadlines.set(kind, request.id, at)


@handler(REMIND, clause="P8", about="request")
def remind_releasers(ctx: Context, request: str) -> Result[None]:
    """P8: remind the releasers some working days before the due day; on the last of them the Head is asked as well."""
    return _remind_due(ctx, request, remind_releasers.action)


@handler("customer.due_today", clause="P8", about="request")
def remind_on_the_day(ctx: Context, request: str) -> Result[None]:
    """P8: remind on the morning of the due day, and an hour before its cut-off."""
    return _remind_due(ctx, request, remind_on_the_day.action)


@handler("customer.overdue", clause="P8", about="request")
def remind_once_late(ctx: Context, request: str) -> Result[None]:
    """P8: record that the due day passed unanswered, and remind each working day."""
    return _remind_due(ctx, request, remind_once_late.action, overdue=True)


def reminder_row(case: CustomerCase, reminder: Reminder) -> Row | None:
    """Return the line, with a button, that reminds a person; None if it no longer concerns them."""
    to = _reminded_as(case, reminder)
    found = next((one for one in deadlines.reminders_of_step(reminder.step) if one.to == to), None)
    if found is None:
        return None
    words = found.words.format(missing=case.missing)
    small: tuple[str | When, ...] = (
        phrases.call_words(case.recordings, case.policy, case.now) if case.recordings else ("no call is named",)
    )
    if reminder.step != LINK_ENDS:
        due = state.promised_due(case.matter)
        small = (*small, " · due ", When(due.at, due.zone, case.now))
    return telling.reminder_line(words, case.matter.id, (*small, f" · {case.matter.id}"))


def _remind_due(ctx: Context, request_id: str, step: str, *, overdue: bool = False) -> Result[None]:
    """P8: remind those who can act, in their working hours: before the due day, on it, and each working day once late.

    The Head is asked as well from the last day before. A missed day is recorded for good.
    """
    case, fell = CustomerCase.load(ctx, request_id), ctx.store.deadlines.moment(step, request_id)
    request = case.matter
    if fell is None or request.state not in (*OPEN, *ON_ITS_WAY):
        return Result(None, quiet=True)
    missed = note_missed(ctx, request) if overdue else {}
    schedule_reminders(ctx, request)
    asked = _ask_the_head(ctx, case)
    told = _whom_to_remind(ctx, case, step, asked)
    until = request.due_at if request.due_at is not None and request.due_at > ctx.now else None
    reminding.schedule_reminder(ctx, request, step, told, fell, until)
    shown: tuple[Effect, ...] = ()
    if told or missed:
        shown = tuple(one for one in asking.bump_and_redraw(case) if one.person not in asked)
    detail: dict[str, Any] = {
        **missed,
        **(asking.brought_in(case, asked) if asked else {}),
        "reminded": told,
        **reminding.lateness_detail(ctx, fell),
    }
    return Result(None, shown, detail=detail, quiet=not (told or missed))


def _whom_to_remind(ctx: Context, case: CustomerCase, step: str, asked: list[int]) -> list[int]:
    """Return whom to remind: the releasers if the request can be released. If something is missing, the filers, who
    have to get it; also the Head from the last working day before the due day, and the releasers from the due day on or
    if no filer works here any more.

    `asked` are those who are asked only now.
    """
    releasers = [] if case.matter.state == "stuck" else [one.person_id for one in case.approvers]
    if not case.missing:
        return releasers
    if step != REMIND or not case.clerks:
        return [*case.clerks, *releasers]
    is_due_soon = _is_due_soon(ctx, case)
    heads = [one.person_id for one in case.approvers if is_due_soon and one.role == "head_of_customer_success"]
    return [*case.clerks, *asked, *heads]


def _is_due_soon(ctx: Context, case: CustomerCase) -> bool:
    """Return True from the last working day before the due day on."""
    calendar = calendar_of(ctx.policy, reminding.line_of(ctx.policy, case.matter))
    return ctx.now >= rule.last_day_before(calendar, state.promised_due(case.matter))


def _ask_the_head(ctx: Context, case: CustomerCase) -> list[int]:
    """Ask the next authority as well, once the due day is near, also about a mail in doubt; return who is new."""
    if case.matter.state == "stuck" or not _is_due_soon(ctx, case):
        return []
    return asking.ask_next(ctx, case)


def _reminded_as(case: CustomerCase, reminder: Reminder) -> deadlines.Who | None:
    """Return the part in which a reminder concerns this person now; None if it no longer does."""
    person, request = reminder.person_id, case.matter
    releases = case.asks(person) and case.entitles(person)
    if reminder.step == LINK_ENDS:
        unopened = case.link is None and next(one for one in case.letters if one.link).opened_at is None
        concerned = request.state == "answered" and unopened and person in case.everybody()
        return ("approver" if releases else "filer") if concerned else None
    if case.missing and person in case.clerks:
        return "filer"
    if request.state not in ("waiting", *ON_ITS_WAY) or not releases:
        return None
    return "head" if case.missing and reminder.step == REMIND else "approver"


DUE = {one.action: one for one in (remind_releasers, remind_on_the_day, remind_once_late)}
