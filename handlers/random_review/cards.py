"""What people see of a draw, and of a drawn call: cards, rows at home, the month's file; all their words are here (P3, P10)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from handlers import home
from handlers.acting import Context
from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Page, Part, Row, Sign, Small, Title, When, said
from handlers.phrases import BROWSER, call_line, call_words, day_words, quantity_words
from handlers.policy import Policy
from handlers.random_review.state import OUTGOING, TOLD, CallReviewCase, DrawCase, is_late
from handlers.room import Lists
from handlers.rules import draw_file, random_review
from handlers.rules.draw_file import FORMAT, WEAKER, Drawn, Sample, Skipped, file_text
from storage.records import Recording
from storage.tables.reviews import CallReview, Draw

PATH = "/draws"
SHOWN = 3
"""How many of the last draws are shown at home."""
MOST_ROWS, MOST_READ = 6, 15
WROTE, WRITTEN, WITHOUT_BEACON = "What reviewers wrote", "draw_written", "draw_with_number"
FOR_TRAINING = "For training and quality only. To use it against someone, you need a separate approval (P9)."
CAUSES: Mapping[str, str] = {
    "declined": "declined", "restricted": "held back", "erased": "erased", "gone": "gone", "unannounced": "unannounced",
    "own": "every reviewer was on it", "outside": "on no recorded line",
}  # fmt: skip
"""Why calls are left out of a list, or passed over later."""
TROUBLE: Mapping[str, str] = {
    "": "It hasn’t answered yet.",
    "silent": "None of its addresses answered.",
    "not_published": "It hasn’t published that round.",
    "unreadable": "I couldn’t read its answer.",
    "wrong_round": "It answered with a different round.",
    "forged": "Its answer had the wrong signature, so I didn’t use it.",
}
"""What the beacon did last, by a closed word."""
STATES = {
    "waiting": (Sign.WAITING, "waiting for your review"), "reviewed": (Sign.APPROVED, "reviewed"),
    "over": (Sign.ENDED, "not reviewed in time"), "passed": (Sign.ENDED, "no longer with you"),
    "lost": (Sign.ENDED, "taken out of the draw"),
}  # fmt: skip


def month_words(month: str) -> str:
    """Return a month such as “October 2026”."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def department_words(policy: Policy, key: str) -> str:
    """Return a department's label; one that the policy no longer names is told by its key."""
    return policy.departments[key].label if key in policy.departments else key


def count_words(counts: Mapping[str, int]) -> str:
    """Return how many calls were left out or lost, by cause, such as “2 declined, 1 erased”; empty if none was."""
    return ", ".join(f"{number} {CAUSES[cause]}" for cause, number in sorted(counts.items()) if number)


def _list_fact(case: DrawCase, department: str, *, whole: bool) -> tuple[str, str]:
    """Return how many calls of a department's frozen list are drawn: “5 of 212 calls”; `whole` adds what was left out."""
    listed, wanted = case.frozen.departments[department], case.frozen.wanted(department)
    drawn = f"{wanted} of {quantity_words(len(listed.calls), 'call')}" if listed.calls else "no calls"
    out = count_words({str(cause): number for cause, number in listed.left_out.items()}) if whole else ""
    return department_words(case.policy, department), f"{drawn} · left out: {out}" if out else drawn


def draw_card(case: DrawCase, reader: int, *, head: bool = False, whole: bool = False) -> Card:
    """Return the card of a draw; `head` shows what reviewers wrote, `whole` is as Details shows it."""
    state, mine = _draw_state(case, reader), _reader_rows(case, reader, MOST_ROWS if whole else 2)
    lists = tuple(_list_fact(case, one, whole=whole) for one in case.frozen.departments)
    what = f"Random review of {month_words(case.matter.month)}"
    sign = Sign.APPROVED if case.matter.state == "drawn" and not _calls_left(case) else Sign.WAITING
    return Card(
        (
            Title(sign, what, state),
            *(_drawn_parts(case, whole=whole) if case.matter.state == "drawn" else _late_parts(case, whole=whole)),
            *((*_frozen_late(case), Line(FOR_TRAINING)) if whole else ()),
            *((Facts(lists),) if whole or not mine else ()),
            *(_taken_out(case) if whole else ()),
            *mine,
            *(_reviewed_rows(case, reader) if whole and head else ()),
            Actions(tuple(_draw_buttons(case, reader, whole=whole))),
            Small(case.small),
        ),
        f"{what}: {state}.",
    )


def _calls_left(case: DrawCase) -> int:
    """Return how many drawn calls can still be reviewed and are not."""
    ended = case.matter.review_until is not None and case.matter.review_until <= case.now
    return sum(one.state == "waiting" for one in case.reviews) + (0 if ended else case.unassigned)


def _draw_state(case: DrawCase, reader: int) -> str:
    """Say in a few words what the draw waits for, or how many calls this reader or anyone has left."""
    if case.matter.state != "drawn":
        return _waits_for(case.matter)
    mine = [one for one in case.of_reviewer(reader) if one.state == "waiting"]
    if mine:
        return f"{quantity_words(len(mine), 'call')} for you to review"
    if left := _calls_left(case):
        return f"{quantity_words(left, 'call')} to review"
    over = sum(one.state == "over" for one in case.reviews) + case.unassigned
    return f"over, {quantity_words(over, 'call')} not reviewed" if over else "reviewed"


def _waits_for(draw: Draw) -> str:
    """Return a draw's state in words."""
    return {"waiting": "waiting for the beacon", "stuck": "no one may draw it", "drawn": "drawn"}[draw.state]


def _late_parts(case: DrawCase, *, whole: bool) -> tuple[Part, ...]:
    """Say when the beacon answers; once that is past, that it is late and why, and what can be done."""
    due = When(draw_file.published_at(case.frozen.beacon, case.frozen.round), now=case.now, brief=not whole)
    if case.now < due.at:
        return (Line(("The beacon answers ", due, ".")),)
    return (
        Line(("The beacon’s round was due ", due, f". {TROUBLE[case.matter.trouble]} I’ll keep asking."), Sign.ALARM),
        Line("You can wait, or draw with my own number, which was fixed with the lists but is weaker."),
    )


def _drawn_parts(case: DrawCase, *, whole: bool) -> tuple[Part, ...]:
    """Say what decided the draw, and until when its calls can be heard."""
    by = "my own number, without the beacon" if case.matter.number else "a public randomness beacon"
    until = When(case.matter.review_until, now=case.now, brief=not whole) if case.matter.review_until else ""
    drawn = f"Drawn with {by}. " if whole or case.matter.number else ""
    can = "could" if case.matter.review_until and case.matter.review_until <= case.now else "can"
    return (Line((f"{drawn}The calls {can} be heard until ", until, ".")),)


def _frozen_late(case: DrawCase) -> tuple[Part, ...]:
    """Say that the lists were frozen late, if they were."""
    if case.matter.due_at is None or not is_late(case.matter):
        return ()
    return (Line(("The lists were frozen late: they were due ", When(case.matter.due_at, now=case.now), ".")),)


def _taken_out(case: DrawCase) -> tuple[Part, ...]:
    """Say which calls were lost after the lists were frozen, by cause and by who entered it."""
    lost = Counter((one.cause, one.entered_by) for one in case.reviews if one.state == "lost")
    if not lost:
        return ()
    told = "; ".join(_taken_out_words(case, *one, number) for one, number in sorted(lost.items(), key=str))
    return (Line(f"Taken out since the lists were frozen: {told}"),)


def _taken_out_words(case: DrawCase, cause: str, person: int | None, number: int) -> str:
    """Say how many calls were lost for one cause, and who entered it."""
    by = f" (entered by {case.people[person].name})" if person is not None else ""
    return f"{number} {CAUSES[cause]}{by}"


def _reader_rows(case: DrawCase, reader: int, most: int) -> tuple[Part, ...]:
    """Return the first calls of this reader; a platform has no room for many."""
    mine = [one for one in case.of_reviewer(reader) if most > 2 or one.state == "waiting"]
    mine.sort(key=lambda one: one.state != "waiting")
    rows = [review_row(one, case.calls[one.recording_id], case.policy, case.now) for one in mine[:most]]
    short = rows if most > 2 else [replace(one, small=None) for one in rows]
    more = len(mine) - len(rows)
    return (*short, *((Row(f"And {more} more.", Button("more", "Show all", "call_reviews:0")),) if more else ()))


def _reviewed_rows(case: DrawCase, reader: int) -> tuple[Part, ...]:
    """Return what reviewers wrote, for the Head to read."""
    rows = written_rows(case, reader)
    more = len(rows) - MOST_READ
    show_all = [Row(f"And {more} more.", Button(WRITTEN, "Show all", f"{case.matter.id}:0"))] if more > 0 else []
    return (Heading(WROTE), *rows[:MOST_READ], *show_all) if rows else ()


def written_rows(case: DrawCase, reader: int) -> list[Row]:
    """Return the rows of calls reviewed by other people."""
    done = [one for one in case.reviews if one.state == "reviewed" and one.reviewer != reader]
    return [review_row(one, case.calls[one.recording_id], case.policy, case.now) for one in done]


def _draw_buttons(case: DrawCase, reader: int, *, whole: bool) -> Iterator[Button]:
    """Yield the buttons of a draw: to draw without the beacon for the person who may, Details, and the file once drawn."""
    if case.matter.is_open and case.as_what(reader):
        asks = "Draw with my own number? The month’s file will say that this is weaker."
        yield Button(WITHOUT_BEACON, "Draw without the beacon", case.matter.id, confirm=asks)
    if not whole:
        yield Button("details", "Details", case.matter.id)
    if case.matter.state == "drawn":
        yield Button("draw_file", "The file", case.matter.id)


def review_card(case: CallReviewCase, *, mine: bool = True) -> Card:
    """Return the card of a drawn call: for its reviewer (`mine`), or for the Head, who reads what was written."""
    sign, state = STATES[case.matter.state]
    department = department_words(case.policy, case.matter.department)
    return Card(
        (
            Title(sign, *_review_title(case, state, mine=mine)),
            Line((f"{department}, {month_words(case.draw.month)}",)),
            Line(call_line(case.call, case.policy, case.now)),
            *_turn_parts(case),
            *(() if mine else (Line(f"Reviewed by {case.people[one].name}.") for one in case.everybody())),
            *_written_parts(case),
            *(_review_buttons(case) if mine else ()),
            Small(f"{case.matter.id} · drawn by {case.draw.id} · P10"),
        ),
        f"A call drawn at random: {state}.",
    )


def _review_title(case: CallReviewCase, state: str, *, mine: bool) -> tuple[str, str]:
    """Return the title of a drawn call's card, and its state unless the title says it."""
    if case.matter.state != "reviewed" or not mine:
        return "Call to review" if case.matter.state == "waiting" else "Call drawn for review", state
    day = day_words(date.fromisoformat(case.call.local_day), case.policy.company_day(case.now))
    return f"You reviewed {case.call.operator_name}’s call of {day}", ""


def review_row(review: CallReview, call: Recording, policy: Policy, now: datetime) -> Row:
    """Return the row of a review: which call, its state, and the way to it."""
    sign, state = STATES[review.state]
    small = (
        f"{department_words(policy, review.department)} · {call.direction} · with {call.operator_name} · {review.id}",
    )
    return Row(
        (f"{sign} To review · ", *call_words([call], policy, now), "" if review.state == "waiting" else f" · {state}"),
        Button("details", "Details", review.id),
        small,
    )


def _turn_parts(case: CallReviewCase) -> tuple[Part, ...]:
    """Say until when the reviewer can hear the call, or that it can't be heard."""
    if case.matter.state != "waiting":
        return ()
    if case.grant is None:
        return (Line("You can hear it in a moment. Please press Details again."),)
    if not case.hearable:
        return (Line("It can’t be heard any more."),)
    until = When(case.grant.ends_at, now=case.now)
    then = "" if case.heard else " To review it, press Details again once you’ve listened."
    return (Line(("You can hear it until ", until, f". Listen opens your browser.{then}")), Line(FOR_TRAINING))


def _written_parts(case: CallReviewCase) -> tuple[Part, ...]:
    """Return what the reviewer said and wrote; nothing before that, or once it is erased."""
    if case.written is None:
        return ()
    told = next((one.label for one in TOLD if one.value == case.matter.told), "")
    return (
        *((Line(f"Told at the start that the call is recorded: {told}"),) if told else ()),
        *(
            said(("What was good", case.written.good), ("Training", case.written.training))
            or (Line("Nothing to note."),)
        ),
    )


def _review_buttons(case: CallReviewCase) -> tuple[Part, ...]:
    """Return Listen while the call can be heard, and the form of the review once it was."""
    if not case.hearable:
        return ()
    listen = Button("listen", "Listen", case.matter.id, "primary", hint=BROWSER)
    about = f"{case.matter.id}:{OUTGOING}" if case.outgoing else case.matter.id
    label = "Change your review" if case.matter.state == "reviewed" else "Review this call"
    return (Actions((listen, *((Button("call_review", label, about),) if case.heard else ()))),)


def home_lists(ctx: Context) -> Lists:
    """Return the lists at home of reviewers and people with a role; no one else has any."""
    me = ctx.me
    reviews = me.id in ctx.policy.seats.reviewers
    if not reviews and me.id not in ctx.policy.seats.in_roles:
        return {}
    return {
        "waiting": lambda: home.to_do_list([*_review_rows(ctx), *_draw_rows(ctx, to_do=True)]),
        "random_review": lambda: home.short_list("Random review", _draw_rows(ctx, to_do=False)),
    }


def _review_rows(ctx: Context) -> list[Row]:
    mine = [(one, call) for one, call in ctx.store.draws.to_review() if one.reviewer == ctx.me.id]
    mine.sort(key=lambda pair: (pair[0].asked_at, pair[0].draw_id, pair[0].department, pair[0].place, pair[0].id))
    return [review_row(one, call, ctx.policy, ctx.now) for one, call in mine]


def is_head(ctx: Context, reader: int) -> bool:
    """Return True if this reader is the Head of Customer Success today."""
    return reader in ctx.today.holders_on("head_of_customer_success", ctx.policy.company_day(ctx.now))


def _draw_rows(ctx: Context, *, to_do: bool) -> list[Row]:
    """P10: list the newest draws for their reviewers, people asked to draw, and the Head, who reads the reviews; or only
    those that this person is asked to draw without the beacon (`to_do`), or only the others.
    """
    found, head = ctx.store.draws.newest(SHOWN, ctx.me.id), is_head(ctx, ctx.me.id)
    shown = ((one, one.is_open and part is not None and part.part == "approver") for one, part in found if head or part)
    return [_draw_row(ctx, one) for one, asked in shown if asked is to_do]


def _draw_row(ctx: Context, draw: Draw) -> Row:
    """Return a draw's row at home."""
    sign = Sign.APPROVED if draw.state == "drawn" else Sign.WAITING
    small = ("calls listed ", When(draw.asked_at, now=ctx.now), f"{', late' if is_late(draw) else ''} · {draw.id}")
    return Row(f"{sign} {month_words(draw.month)}: {_waits_for(draw)}", Button("details", "Details", draw.id), small)


def file_page(path: str, public_url: str) -> Page:
    """Return the page that says where the month's file is, and how to check it."""
    words = "Anyone may read and share this file. It names calls only by their number in the register."
    check = "To check it, save it and run: recording-steward sample verify FILE"
    return Page(
        "The file",
        (Line(words), Actions((Button("open", "Open the file", "", url=f"{public_url}{path}"),)), Line(check)),
    )


def published_file(ctx: Context, draw_id: str) -> str | None:
    """Return the text of a month's file as the draw is now; None before it is drawn."""
    draw = ctx.store.matters.of_kind(Draw, draw_id)
    return (
        file_text(_sample_of_draw(DrawCase.load(ctx, draw_id))) if draw is not None and draw.state == "drawn" else None
    )


def _sample_of_draw(case: DrawCase) -> Sample:
    """Return the draw in the form of the published file."""
    draw, frozen, seed = case.matter, case.frozen, case.seed
    published = draw_file.published_at(frozen.beacon, frozen.round)
    return Sample(
        format=FORMAT, draw=draw.id, frozen=frozen, list_hash=draw.list_hash,
        # A clock that was set right since the draw never makes an honest file contradict itself.
        drawn_at=max(draw.closed_at or published, published).astimezone(UTC).isoformat(),
        signature=draw.signature, number=draw.number, note=WEAKER if draw.number else "", seed=seed,
        departments={one: _drawn_of_list(case, one, seed) for one in frozen.departments},
    )  # fmt: skip


def _drawn_of_list(case: DrawCase, department: str, seed: str) -> Drawn:
    """Return a department's drawn calls, and those passed over on the way to the last of them."""
    order, wanted = case.frozen.order(department, seed), case.frozen.wanted(department)
    lost = {str(one.recording_id): one for one in case.of_department(department) if one.state == "lost"}
    drawn = random_review.first_drawn(order, wanted, lost)
    last = order.index(drawn[-1]) if drawn and len(drawn) == wanted else len(order) if wanted else 0
    return Drawn(drawn=tuple(drawn), skipped=tuple(_skipped_entry(lost[one]) for one in order[:last] if one in lost))


def _skipped_entry(review: CallReview) -> Skipped:
    """Return a lost call as the month's file lists it."""
    by = f"person:{review.entered_by}" if review.entered_by is not None else ""
    return Skipped.model_validate({"id": str(review.recording_id), "cause": review.cause, "entered_by": by})
