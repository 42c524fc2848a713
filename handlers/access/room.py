"""What requests for access add to the bot: their matter, their rows at home, buttons, forms and deadlines (P7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from handlers import finding, plain_words, telling
from handlers.access import asking, cards, deciding, forms, waiting
from handlers.access.state import Filed, RequestCase, read_already, with_history
from handlers.acting import Context, Intent, Result
from handlers.cards import Button, Card, Line, Page, Row, When
from handlers.forms import Form
from handlers.matters import asking as matters
from handlers.matters.showing import MatterOf
from handlers.phrases import BROWSER, SIGNS, capitalise, list_words, time_left_words
from handlers.room import Asks, Command, Does, Given, Lists, Opens, Room, Rows, Search, Wants
from storage.records import Grant, Person, Recording, Request
from storage.requests import Counts


class AccessRequests(MatterOf[RequestCase]):
    """P7, P9: requests for access, `R-…`."""

    def drawn(self, ctx: Context, case: RequestCase, reader: int, *, whole: bool) -> Card:
        """Draw the request's card; see `MatterOf.drawn`."""
        found = cards.request_card(with_history(ctx.store, case, reader), reader, whole=whole)
        return waiting.in_details(found, case, reader) if whole else found

    def _recheck(self, ctx: Context, matter: str) -> Result[None]:
        """Also give new approvers, and those of a request that was stuck, as much time as the first ones had; see
        `MatterOf`.
        """
        case = self.case(ctx, matter)
        held = case.matter.state == "stuck"
        done = matters.recheck_deciders(ctx, case)
        return waiting.count_silence_again(ctx, case, done, restart=held and case.matter.state == "waiting")

    def _reroute(
        self, ctx: Context, matter: str, person: int, code: str, outgoing: str, began: datetime | None = None
    ) -> Result[None]:
        """Also give new approvers as much time as the first ones had; see `MatterOf`."""
        case = self.case(ctx, matter)
        done = matters.reroute_around(ctx, case, person, code, outgoing, began)
        return waiting.count_silence_again(ctx, case, done)


SHOWN = timedelta(days=30)


def request_lists(ctx: Context) -> Lists:
    """Return this person's lists: what to do, their access, and behind Manage what they asked for and gave."""
    counts = ctx.store.requests.count(ctx.me.id, ctx.now, ctx.now - SHOWN)

    def own_rows(most: int, skip: int) -> list[Row]:
        mine = ctx.store.requests.newest_of(ctx.me.id, ctx.now - SHOWN, most, skip)
        calls = ctx.store.recordings.of_requests([one.id for one, _ in mine])
        return [_mine_row(ctx, one, calls[one.id], grant) for one, grant in mine]

    def given_rows(most: int, skip: int) -> list[Row]:
        given = ctx.store.grants.in_force(ctx.now, most, skip, given_by=ctx.me.id)
        calls = ctx.store.recordings.of_requests([one.id for _, one in given])
        people = ctx.store.people.named({grant.person_id for grant, _ in given})
        return [_given_row(ctx, one, calls[one.id], grant, people[grant.person_id].name) for grant, one in given]

    return {
        "waiting": lambda: _to_do_list(ctx, counts),
        "access": lambda: _access_list(ctx, counts),
        "mine": lambda: Rows("You asked for", counts.mine, own_rows),
        "given": lambda: Rows("Access you gave", counts.given, given_rows),
    }


def _to_do_list(ctx: Context, counts: Counts) -> Rows:
    """List the questions to this person, whose holders want more time, and what they are to decide."""
    questions = [one for one in _undecided(ctx, counts) if one.question is not None]
    asked = [*sorted(questions, key=_question_at), *_want_more(ctx, counts)]
    waits = len(asked) + counts.waiting
    return Rows("To do", waits, partial(_rows_to_do, ctx, asked), ((waits, "to do"),))


def _access_list(ctx: Context, counts: Counts) -> Rows:
    """List what this person may hear, then their requests that are still to be decided."""
    undecided = [one for one in _undecided(ctx, counts) if one.question is None]

    def rows(most: int, skip: int) -> list[Row]:
        held = ctx.store.grants.in_force(ctx.now, most, skip, held_by=ctx.me.id) if skip < counts.held else []
        rest = undecided[max(0, skip - counts.held) :][: most - len(held)]
        calls = ctx.store.recordings.of_requests([one.id for one in (*(one for _, one in held), *rest)])
        access = (_held_row(ctx, one, calls[one.id], grant) for grant, one in held)
        return [*access, *(_mine_row(ctx, one, calls[one.id], None) for one in rest)]

    told = ((counts.held, "to hear"), (len(undecided), "undecided"))
    return Rows("My access", counts.held + len(undecided), rows, told)


def _at_hand(ctx: Context, counts: Counts) -> list[tuple[Request, Grant | None]]:
    """Return what `Requests.at_hand` finds, read once."""
    read = partial(ctx.store.requests.at_hand, ctx.me.id, ctx.now)
    return ctx.store.once("at hand", read) if counts.undecided or counts.longer else []


def _undecided(ctx: Context, counts: Counts) -> list[Request]:
    return [one for one, _ in _at_hand(ctx, counts) if one.requester_id == ctx.me.id]


def _question_at(request: Request) -> tuple[datetime, str]:
    """Return the key by which requests are sorted: when their question was asked."""
    question = request.question
    return (question.at, question.id) if question is not None else (request.asked_at, request.id)


def _want_more(ctx: Context, counts: Counts) -> list[Request]:
    """P7: return the requests whose holders ask this person for more time: the approver, or who stands in."""
    found = [(one, grant) for one, grant in _at_hand(ctx, counts) if grant and one.more_asked_at is not None]
    calls = ctx.store.recordings.of_requests([one.id for one, _ in found])
    given = {one.id: read_already(one, calls[one.id], grant) for one, grant in found}
    cases = RequestCase.of_all(ctx, [one for one, _ in found], given)
    return [one.matter for one in cases if one.extends(ctx.me.id)]


def _rows_to_do(ctx: Context, questions: Sequence[Request], most: int, skip: int) -> list[Row]:
    """List open questions first, since a person is waiting for the answer, then requests to decide."""
    asked = questions[skip : skip + most]
    rest, before = most - len(asked), max(0, skip - len(questions))
    waiting = ctx.store.requests.waiting_for(ctx.me.id, rest, before) if rest else []
    calls = ctx.store.recordings.of_requests([one.id for one in (*asked, *waiting)])
    people = ctx.store.people.named({_who_asks(ctx, one) for one in (*asked, *waiting)})
    return [_to_do_row(ctx, one, calls[one.id], people) for one in (*asked, *waiting)]


def _row(
    ctx: Context, request: Request, calls: Sequence[Recording], words: str, when: str, moment: When, button: Button
) -> Row:
    """Return the row of a request: who wants what with which call and why, since or until when, and its id."""
    told = f"{words}{cards.calls_and_reason(request, calls, ctx.policy, ctx.now)}"
    # Two requests may want the same call for the same reason: their buttons need different names.
    button = replace(button, hint=button.hint or request.id)
    return Row(capitalise(told), button, (f"{when} ", moment, f" · {request.id}"))


def _who_asks(ctx: Context, request: Request) -> int:
    """Return who wants something of this person: who has a question to them, or the requester."""
    question = request.question if request.requester_id == ctx.me.id else None
    return question.person_id if question is not None else request.requester_id


def _to_do_row(ctx: Context, request: Request, calls: Sequence[Recording], people: Mapping[int, Person]) -> Row:
    """Return the row of a question to this person, of a wish for more time, or of a request to decide."""
    what, at = "wants to hear", request.asked_at
    if request.question is not None and request.requester_id == ctx.me.id:
        what, at = "has a question about", request.question.at
    elif request.more_asked_at is not None:
        what, at = "wants more time for", request.more_asked_at
    words = f"{people[_who_asks(ctx, request)].name} {what} "
    button = Button("details", "Details", request.id, "primary")
    return _row(ctx, request, calls, words, "asked", When(at, now=ctx.now), button)


def _held_row(ctx: Context, request: Request, calls: Sequence[Recording], grant: Grant) -> Row:
    """Return the row of access that this person has, with Listen."""
    button = Button("listen", "Listen", request.id, "primary", hint=BROWSER)
    return _row(ctx, request, calls, "", "until", _time_left(ctx, grant), button)


def _mine_row(ctx: Context, request: Request, calls: Sequence[Recording], grant: Grant | None) -> Row:
    """Return the row of an own request; an approval counts as past once its access has ended or was withdrawn."""
    state, told = request.state, request.state.capitalize()
    if state == "approved" and grant is not None and not (grant.ended_at is None and ctx.now < grant.ends_at):
        state, told = ("ended", "Access ended") if grant.ended_by is None else ("withdrawn", "Access withdrawn")
    asked, button = When(request.asked_at, now=ctx.now), Button("details", "Details", request.id)
    return _row(ctx, request, calls, f"{SIGNS[state]} {told} · ", "asked", asked, button)


def _given_row(ctx: Context, request: Request, calls: Sequence[Recording], grant: Grant, who: str) -> Row:
    """Return the row of access that this person gave to `who`, with Withdraw."""
    button = Button("withdraw", "Withdraw", request.id, "danger", f"This ends {who}’s access.")
    return _row(ctx, request, calls, f"{who} can hear ", "until", _time_left(ctx, grant), button)


def _time_left(ctx: Context, grant: Grant) -> When:
    """Return when access ends, with how far off that is."""
    return When(grant.ends_at, now=ctx.now, left=time_left_words(grant.ends_at, ctx.now))


HELP = (
    "{word} asks to hear a recorded call (P7, P9). You say why, and I ask the right approver.\n"
    "For a customer’s own call, choose the first reason in the form (P8).\n"
    "{word} 03 5550 0120 finds a call first: type part of its number, a day, an operator’s name or a CRM reference.\n"
    "You can also ask in your own words.\n"
    "Home shows what needs you and what you can hear. Press Manage there for the rest."
)


def _form_variant(given: Given) -> type[Form]:
    """Return the form that the answers so far need, for `Asks.variant`."""
    reason, purpose = (str(given.answers.get(name, "")) for name in ("reason", "purpose"))
    return forms.form_for(given.policy, reason, purpose, asked="special" in given.answers)


def _sent_words(filed: Filed) -> Page | str:
    """Say whom the request went to, or that the same one is open already."""
    if not filed.again:
        return f"Sent to {list_words(filed.asked, 'and')} ✓" if filed.asked else "Sent ✓"
    words = f"You’ve already asked for these calls, and {filed.request} is still open. Its card in your messages shows its status."
    return Page("Already asked", (Line(words), telling.details_button(filed.request)))


def _for_days(intent: Callable[[str, str], Intent[None]]) -> Wants:
    """Make a button's intent from a value such as “R-1:14”: the request and the number of days."""
    return lambda value: intent(value.partition(":")[0], value.partition(":")[2])


MATTER = AccessRequests(RequestCase, cards.request_card, waiting.reminder_row)

ROOM = Room(
    "access",
    commands={"recording-request": Command("Ask to hear a recording", HELP, forms.AccessForm.name)},
    buttons={
        "approve": Does(_for_days(deciding.approve_request), "Approve"),
        "extend": Does(_for_days(deciding.extend_access), "Approve"),
        "keep_end": Does(deciding.deny_more_time, "Deny"),
        "more_time": Does(deciding.ask_for_more_time, "More time"),
        "nudge": Does(deciding.nudge_approvers, "Nudge"),
        "withdraw": Does(deciding.withdraw_request, "Withdraw"),
        "request": Opens(forms.AccessForm.name, "Ask for a recording"),
        "again": Opens(forms.AccessForm.name, "Ask again", prefilled=True),
        "deny": Opens(forms.DenyForm.name, "Deny"),
        "question": Opens(forms.QuestionForm.name, "Ask a question"),
        "answer": Opens(forms.AnswerForm.name, "Answer"),
        "pass_on": Opens(forms.PassOnForm.name, "Pass on"),
    },
    begins=(Button("request", "Ask for a recording", "", "primary"),),
    forms=(
        Asks(
            forms.AccessForm, lambda _, form, key: asking.file_request(form, key),
            new=True, variant=_form_variant, leads=plain_words.form_for_choice, supplied=forms.supplied_reference, after=_sent_words, sought=forms.form_for_search, again=forms.refilled_form,
        ),
        Asks(forms.DenyForm, send=lambda about, form, _: deciding.deny_request(about, form.words), intro=deciding.open_decision),
        Asks(forms.QuestionForm, send=lambda about, form, _: deciding.ask_requester(about, form.words), intro=deciding.open_decision),
        Asks(forms.AnswerForm, send=lambda about, form, _: deciding.answer_question(about, form.words), intro=deciding.open_answer),
        Asks(forms.PassOnForm, send=lambda about, form, _: deciding.pass_on(about, form.words), intro=deciding.open_pass_on),
    ),
    searches={finding.SOURCE: Search(finding.find_people, finding.named_people)},
    due={
        "access.end": deciding.expire_access,
        deciding.offer_nudge.action: deciding.offer_nudge,
        **{one.action: one for one in (
            waiting.remind_approvers, waiting.ask_deputy, waiting.ask_next, waiting.lapse_request, waiting.still_undecided, waiting.warn_of_end
        )},
    },
    matter=MATTER,
    lists=request_lists,
)  # fmt: skip
