"""What is counted of a month: requests, declines, listening, reviews and notices, table by table (P3 to P11)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.acting import Context
from handlers.matters.showing import hidden_inquiries
from handlers.phrases import AT_RANDOM, line_words, moment_words, quantity_words
from handlers.policy import Policy
from handlers.rules import access, notices, working_days
from handlers.rules import figures as rule
from handlers.rules.declined import HOW, Group, Said, group_by_operator
from handlers.rules.figures import Cell, Column, Month, Table
from handlers.rules.whose_data import NEVER, shown_from
from storage.records import OPEN, Party, Request
from storage.tables.calls import Declined
from storage.tables.customers import CustomerLetter, CustomerRequest
from storage.tables.reviews import CallReview, Draw, NoticeCheck


@dataclass(frozen=True, slots=True)
class Missed:
    """A deadline that was missed: what and which (`id`), when it was due (aware), and why, as far as is known."""

    what: str
    id: str
    due: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """How one kind of deadline was kept in a month."""

    what: str
    met: int
    missed: tuple[Missed, ...]
    coming: int


@dataclass(frozen=True, slots=True)
class Gathering:
    """What a month's tables are counted from, the same for every reader. Matters in `hidden` are never counted; `named` shows people by name, not by id."""

    ctx: Context
    month: Month
    hidden: frozenset[str]
    named: bool = True

    @property
    def policy(self) -> Policy:
        return self.ctx.policy

    @property
    def zone(self) -> str:
        """The zone (IANA) in which the company tells its days."""
        return self.policy.lines[self.policy.company.home_line].time_zone

    def counts(self, matter: str) -> bool:
        """Return True if a matter may be counted."""
        return matter not in self.hidden

    def took(self, line: str, since: datetime, until: datetime) -> timedelta:
        """Return the working time from one moment to another, by the line's own calendar, or the company's."""
        counting_line = line if line in self.policy.lines else self.policy.company.home_line
        return rule.working_time_between(working_days.calendar_of(self.policy, counting_line), since, until)

    def local(self, moment: datetime) -> str:
        """Return a moment by the company's clock, such as “Fri 12 Mar 2027, 17:00 Sydney”."""
        return moment_words(moment, self.zone, None)


def gather_month(ctx: Context, month: Month, *, named: bool = True) -> Gathering:
    """P11: find what a month's figures must leave out: investigations and holds that name people, until they may be shown, with declines on their calls."""
    policy, concerning = ctx.policy, ctx.store.figures.concerning()
    hidden = {*hidden_inquiries(ctx)} | {one for one, end in concerning if ctx.now < shown_from(policy, end or NEVER)}
    return Gathering(ctx, month, frozenset(hidden | ctx.store.figures.declines_on(hidden)), named)


def waiting_cells(spans: list[timedelta]) -> tuple[Cell, Cell]:
    """Return the median and the longest, in hours, as two cells; both are empty if nothing was timed."""
    hours = rule.median_and_longest(spans)
    return hours if hours is not None else (None, None)


STAFF, INVESTIGATIONS, CUSTOMERS = "Staff requests", "Investigations and legal claims", "Customers’ requests"
DECIDED = ("approved", "denied")
COLUMNS = (
    Column("What"), Column("Asked"), Column("Approved", drawn=True), Column("Denied", drawn=True),
    Column("Withdrawn", drawn=True), Column("Lapsed", drawn=True), Column("Open at its end", drawn=True),
    Column("Median hours"), Column("Longest hours"),
)  # fmt: skip
NOTE = "Hours are working hours from request to decision; for customers, until the mail server accepted the e-mail."


def requests_table(of: Gathering) -> Table:
    """Count requests that were asked, decided and left open in the month, with the hours it took to decide them."""
    staff, customers = _staff_requests(of), _customer_requests(of)
    rows = (
        _request_row(of, STAFF, [one for one in staff if not one.longer]),
        _request_row(of, INVESTIGATIONS, [one for one in staff if one.longer]),
        _customer_row(of, customers),
    )
    some = tuple(row for row in rows if any(row[1:7]))
    return Table("requests", "Requests", "P7 · P8 · P9", COLUMNS, some, "No one asked for anything.", NOTE)


def customers_answered(of: Gathering) -> Deadline:
    """P8: count the promises to customers due in the month: met, missed and still open."""
    days = quantity_words(of.policy.customers.working_days, "working day")
    promised = [one for one in _customer_requests(of) if of.month.has(one.due_at)]
    status = {one.id: _promise_status(one) for one in promised}
    missed = tuple(
        Missed("Customer’s request", one.id, one.due_at, _why_unanswered(of, one))
        for one in promised if status[one.id] == "missed" and one.due_at is not None
    )  # fmt: skip
    met, coming = (list(status.values()).count(how) for how in ("met", "open"))
    return Deadline(f"Customers answered within {days} (P8)", met, missed, coming)


def staff_decided(of: Gathering) -> Deadline:
    """P7: count staff requests decided before they lapsed; investigations never lapse, so they aren't counted."""
    staff = [one for one in _staff_requests(of) if not one.longer]
    lapsed = [one for one in staff if one.state == "lapsed" and of.month.has(one.closed_at)]
    missed = tuple(
        Missed("Staff request", one.id, one.closed_at, "no one decided it before it lapsed")
        for one in lapsed if one.closed_at is not None
    )  # fmt: skip
    met = sum(one.state in DECIDED and of.month.has(one.closed_at) for one in staff)
    return Deadline(
        "Staff requests decided before they lapse (P7)", met, missed, sum(_was_open(of, one) for one in staff)
    )


def _staff_requests(of: Gathering) -> list[Request]:
    """Return the staff requests that were open in the month and may be counted."""
    found = of.ctx.store.figures.matters(Request, of.month.since, of.month.until)
    return [one for one in found if of.counts(one.id)]


def _customer_requests(of: Gathering) -> list[CustomerRequest]:
    """Return the customers' requests of the month that may be counted."""
    found = of.ctx.store.figures.asked_by_customers(of.month.since, of.month.until)
    return [one for one in found if of.counts(one.id)]


def _request_row(of: Gathering, what: str, requests: Sequence[Request]) -> tuple[Cell, ...]:
    """Return the row of one kind of staff request: what became of them in the month, and the working hours it took."""
    closed = [one for one in requests if of.month.has(one.closed_at)]
    states = [one.state for one in closed]
    spans = [of.took(one.line, one.asked_at, one.closed_at) for one in closed if one.state in DECIDED and one.closed_at]
    numbers = (states.count(one) for one in (*DECIDED, "withdrawn", "lapsed"))
    asked = sum(of.month.has(one.asked_at) for one in requests)
    return (what, asked, *numbers, sum(_was_open(of, one) for one in requests), *waiting_cells(spans))


def _customer_row(of: Gathering, requests: Sequence[CustomerRequest]) -> tuple[Cell, ...]:
    """Return the row of customers' requests; they never lapse, and an answer is a release or a refusal."""
    answered = [one for one in requests if of.month.has(one.answered_at)]
    refused = sum(one.outcome == "refused" for one in answered)
    withdrawn = sum(one.state == "withdrawn" and of.month.has(one.closed_at) for one in requests)
    spans = [of.took(one.line, one.received_at, one.answered_at) for one in answered if one.answered_at]
    open_at_end = sum((one.closed_at or of.month.until) >= of.month.until for one in requests)
    asked = sum(of.month.has(one.received_at) for one in requests)
    return (CUSTOMERS, asked, len(answered) - refused, refused, withdrawn, None, open_at_end, *waiting_cells(spans))


def _was_open(of: Gathering, one: Request) -> bool:
    """Return True if a request was still open at the month's end."""
    return one.closed_at is None or one.closed_at >= of.month.until


def _promise_status(one: CustomerRequest) -> str:
    """Return whether a promise is “met”, “missed” or “open”; “none” if it was withdrawn or has no due day."""
    withdrawn_at = one.closed_at if one.state == "withdrawn" else None
    return (
        rule.promise_state(one.due_at, one.answered_at, one.missed_at, withdrawn_at)
        if one.due_at is not None
        else "none"
    )


def _why_unanswered(of: Gathering, one: CustomerRequest) -> str:
    """Say why a customer wasn't answered in time."""
    answered, due = one.answered_at is not None, one.due_at or one.received_at
    back = of.ctx.store.has(CustomerLetter.matter_id == one.id, CustomerLetter.link.in_(("bounced", "wrong_address")))
    return rule.why_unanswered(due, one.state, one.decided_at, came_back=back, answered=answered)


DECLINES = (
    Column("Line"), Column("Operator"), Column("During the call", drawn=True), Column("After the call", drawn=True),
    Column("Not known yet", drawn=True), Column("What became of them"), Column("Which"),
)  # fmt: skip
LISTENING = (Column("Why"), Column("People"), Column("Calls"), Column("Minutes heard", drawn=True))
NOT_KNOWN = "Operator not known yet"
BY_CUSTOMERS = "By customers: their own calls (P8)"
NO_REASON = "For another matter"
HEARD_NOTE = (
    "A call counts once any of its audio was sent, however much was heard. Minutes are as the player reported them."
)


def declines_table(of: Gathering) -> Table:
    """P5: return declines by line and operator."""
    # Leave out declines that turned out to have no call.
    in_month = (Declined.asked_at >= of.month.since, Declined.asked_at < of.month.until, Declined.state != "none")
    declined = of.ctx.store.rows(Declined, *in_month, by=(Declined.asked_at, Declined.id))
    said = [Said(one.line, one.operator_id or 0, one.how, one.state, one.id) for one in declined if of.counts(one.id)]
    groups = group_by_operator(sorted(said, key=lambda one: (one.line, one.operator)))
    names = _operator_names(of, {one.operator for one in groups})
    rows = tuple(_declines_row(of, one, names) for one in groups)
    return Table("declines", "Declined to be recorded", "P5", DECLINES, rows, "No one declined to be recorded.")


def listening_table(of: Gathering) -> Table:
    """P6, P11: return how many people heard calls, and for what reason."""
    store, since, until = of.ctx.store.figures, of.month.since, of.month.until
    listens: dict[str, list[tuple[int, int, float]]] = {}
    for one in store.heard_by_staff(since, until):
        if of.counts(one.matter):
            label = _reason_words(of, one.reason, one.kind, longer=one.longer)
            listens.setdefault(label, []).append((one.person, one.recording, one.seconds))
    rows = [_heard_row(label, len({one[0] for one in some}), some) for label, some in sorted(listens.items())]
    by_customers = [one for one in store.heard_by_customers(since, until) if of.counts(one.matter)]
    if by_customers:
        matters = len({one.matter for one in by_customers})
        played = [(0, one.recording, one.seconds if one.kind == "played" else 0.0) for one in by_customers]
        rows.append(_heard_row(BY_CUSTOMERS, matters, played))
    empty = "No one listened to a call."
    return Table("listening", "Listening, by reason", "P6 · P11", LISTENING, tuple(rows), empty, HEARD_NOTE)


def _declines_row(of: Gathering, one: Group, names: Mapping[int, str]) -> tuple[Cell, ...]:
    """Return the row of one line and operator: when in a call its callers declined, and what became of it."""
    line = line_words(one.line, of.policy)[0] if one.line else "Line not known yet"
    numbers = (one.how.get(HOW[how], 0) for how in ("midway", "afterwards", ""))
    became = " · ".join(f"{number} {words}" for words, number in one.became.items())
    return (line, names.get(one.operator, NOT_KNOWN), *numbers, became, ", ".join(one.ids))


def _operator_names(of: Gathering, operators: Iterable[int]) -> dict[int, str]:
    """Return how each operator is shown: by name, or by a number if names aren't allowed."""
    people = of.ctx.store.people.named(filter(None, operators))
    return {one: person.name if of.named else f"person:{one}" for one, person in people.items()}


def _reason_words(of: Gathering, reason: str, kind: str, *, longer: bool) -> str:
    """Name why calls were heard: the request's reason, the random review, or another matter."""
    if reason:
        return access.reason_of(of.policy, reason, longer=longer).label
    return AT_RANDOM if kind == "call_review" else NO_REASON


def _heard_row(label: str, people: int, listens: Sequence[tuple[int, int, float]]) -> tuple[Cell, ...]:
    """Return the row of one reason; each of `listens` is a person's id, a call's id and the seconds heard."""
    calls, seconds = len({call for _, call, _ in listens}), sum(seconds for _, _, seconds in listens)
    return label, people, calls, round(seconds / 60, 1)


REVIEWS = (
    Column("Department"), Column("Draw"), Column("In its list"), Column("Drawn"), Column("Heard"),
    Column("Reviewed", drawn=True), Column("Not in time", drawn=True), Column("Waiting", drawn=True),
)  # fmt: skip
NOTICED = (Column("Notice"), Column("Status"), Column("When"), Column("By"), Column("Which"))
NOTICE_ANSWERS: Mapping[str, str] = {"confirmed": "Confirmed", "no": "Answered no"}
WAITING = "Not confirmed yet"


class Reviews:
    """P10: the draws that the month began, and what became of their calls."""

    def __init__(self, of: Gathering) -> None:
        self.of, store = of, of.ctx.store.figures
        begun = store.matters(Draw, of.month.since, of.month.until)
        self.draws = {one.id: one for one in begun if of.month.has(one.asked_at)}
        given = (one for draw in self.draws for one in of.ctx.store.draws.reviews(draw))
        self.calls = [one for one in given if one.state in (*OPEN, "reviewed", "over")]
        self.heard = of.ctx.store.grants.heard(one.id for one in self.calls)

    def table(self) -> Table:
        """Return, by draw and department, what was drawn, heard, reviewed and late."""
        rows = tuple(
            self._department_row(draw, department)
            for draw in self.draws.values()
            for department in draw.frozen["departments"]
        )
        return Table(
            "reviews", "Random review", "P10", REVIEWS, rows, "No calls were drawn for review.", each_row_whole=True
        )

    def deadline(self) -> Deadline:
        """Count drawn calls that were reviewed by the day set for it, those that weren't, and those still waiting."""
        met, coming = (self._count_in_state(self.calls, *states) for states in (("reviewed",), ("waiting", "stuck")))
        return Deadline("Drawn calls reviewed in time (P10)", met, tuple(self._missed_reviews()), coming)

    def _missed_reviews(self) -> Iterator[Missed]:
        """Yield each drawn call that wasn't reviewed in time, and whether it was heard."""
        for one in self.calls:
            if one.state == "over":
                until = self.draws[one.draw_id].review_until or self.of.month.until
                how = "heard, but not reviewed" if one.id in self.heard else "no one heard it"
                yield Missed("Review of a drawn call", one.id, until, how)

    def _department_row(self, draw: Draw, department: str) -> tuple[Cell, ...]:
        """Return the row of one department in a draw: how many calls it listed, drew, heard and reviewed."""
        calls = [one for one in self.calls if (one.draw_id, one.department) == (draw.id, department)]
        known = self.of.policy.departments.get(department)
        numbers = (self._count_in_state(calls, *states) for states in (("reviewed",), ("over",), ("waiting", "stuck")))
        heard, listed = sum(one.id in self.heard for one in calls), len(draw.frozen["departments"][department]["calls"])
        return (known.label if known else department, draw.id, listed, len(calls), heard, *numbers)

    def _count_in_state(self, some: Sequence[CallReview], *states: str) -> int:
        """Count those of these reviews that are in one of the states."""
        return sum(one.state in states for one in some)


def notices_table(of: Gathering) -> Table:
    """P3: return each notice due in the month, when it was confirmed, and by whom in which role."""
    store = of.ctx.store.figures
    found = [one for one in store.matters(NoticeCheck, of.month.since, of.month.until) if one.state != "over"]
    asked = of.ctx.store.rows(Party, Party.matter_id.in_([one.id for one in found]))
    answered_as = {(one.matter_id, one.person_id): one.role for one in asked}
    rows = tuple(_notice_check_row(of, one, answered_as.get((one.id, one.decided_by or 0), "")) for one in found)
    return Table("notices", "Notices to callers", "P3", NOTICED, rows, "No notice needed confirming.")


def _notice_check_row(of: Gathering, one: NoticeCheck, role: str) -> tuple[Cell, ...]:
    """Return a notice's row: its answer if it came in the month, else “Not confirmed yet”."""
    what = notices.NAMES.get(one.notice, one.notice)
    if one.closed_at is None or not of.month.has(one.closed_at):
        return what, WAITING, None, None, one.id
    titles = {str(name): role.title for name, role in of.policy.roles.held().items()}
    return what, NOTICE_ANSWERS.get(one.state, one.state), of.local(one.closed_at), titles.get(role, role), one.id
