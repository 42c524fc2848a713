"""The forms of a request for access, and what is in one when it opens (P7, P9)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from handlers import finding, plain_words, sealing
from handlers.acting import Context
from handlers.cards import Filled, Option, Sheet
from handlers.finding import SearchResult
from handlers.forms import Answers, AnyOf, Form, OneOf, Text, Words
from handlers.policy import Policy
from handlers.rules import access, searching
from storage.records import Request

Reason = Annotated[str, plain_words.ASKED]
Calls = Annotated[
    list[Annotated[int, Field(ge=1, lt=2**31)]],
    AnyOf(
        "Which calls?",
        "recordings",
        lambda policy: policy.access.most_recordings,
        help="Type part of the number, the operator’s name, a date or the CRM reference.",
        placeholder="Find a call",
        redraws=True,
    ),
]
LONGEST_REFERENCE = 60
Crm = Annotated[
    Text,
    Words(
        "CRM request reference",
        LONGEST_REFERENCE,
        help="Leave it empty to use the call’s own (P7).",
        placeholder="CS-10442",
        filled=True,
    ),
]
Purpose = Annotated[Text, Words("What is it for?", 1500, lines=True, help="A sentence or two. The approver reads it.")]


class AccessForm(Form):
    """The form by which staff ask to hear calls; for most reasons the team leader decides (P7)."""

    name: ClassVar[str] = "access"
    title: ClassVar[str] = "Ask for a recording"
    send: ClassVar[str] = "Send"
    leads: ClassVar[bool] = True
    reason: Reason
    recordings: Calls
    crm: Crm
    purpose: Purpose

    def claim(self) -> tuple[str, str, str]:
        """Return the legal matter, its basis and who else will hear the calls; three empty texts if this form doesn't
        ask for them.
        """
        return ("", "", "")

    def named(self) -> Sequence[str]:
        """Return the people in roles whom the request is about, as the form's option values."""
        return ()


INVESTIGATION = "Is this an investigation or a legal claim?"


class SpecialForm(AccessForm):
    """P9: words about a lawyer or the police may belong to another route than their reason, so the form asks."""

    special: Annotated[
        Literal["no", "yes"],
        OneOf(
            INVESTIGATION,
            lambda _: (Option("no", "No"), Option("yes", "Yes")),
            help="It sounds like one. Someone else decides those (P9).",
        ),
    ]


class InvestigationForm(AccessForm):
    """P9: an investigation or a legal claim goes to the Head of Customer Success, on a completed form."""

    matter: Annotated[
        Text,
        Words(
            "Matter",
            200,
            help="The investigation or claim that this belongs to (P9).",
            placeholder="Customer claim, March invoice",
        ),
    ]
    basis: Annotated[
        Text,
        Words(
            "Legal basis or reference", 200, help="A claim number, a police or court reference, or the law you rely on."
        ),
    ]
    audience: Annotated[
        Text, Words("Who else will hear it?", 300, help="Names and why. Leave it empty if it is only you.")
    ] = "No one else"
    concerned: Annotated[
        list[str],
        AnyOf(
            "Is it about someone who decides requests?",
            finding.SOURCE,
            finding.number_of_people,
            help="They won’t decide it, be copied in or see it.",
            placeholder="Find a person",
        ),
    ] = Field(default_factory=list)

    def claim(self) -> tuple[str, str, str]:
        return (self.matter, self.basis, self.audience)

    def named(self) -> Sequence[str]:
        return self.concerned


class WordsForm(Form):
    """A form of one field, which the forms below name and label."""

    words: str


class DenyForm(WordsForm):
    """A denial tells the requester why."""

    name: ClassVar[str] = "deny"
    title: ClassVar[str] = "Deny this request"
    send: ClassVar[str] = "Deny"
    words: Annotated[Text, Words("Why not?", 1000, lines=True, help="The requester reads this.")]


class QuestionForm(WordsForm):
    """A question back to the requester."""

    name: ClassVar[str] = "question"
    title: ClassVar[str] = "Ask the requester"
    send: ClassVar[str] = "Send"
    words: Annotated[
        Text, Words("Your question", 1000, lines=True, help="Your question and the answer appear on the card.")
    ]


class PassOnForm(WordsForm):
    """An approver gives a request to the next authority, and says why."""

    name: ClassVar[str] = "pass_on"
    title: ClassVar[str] = "Pass this request on"
    send: ClassVar[str] = "Pass on"
    words: Annotated[
        Text,
        Words(
            "Why should someone else decide?",
            1000,
            lines=True,
            help="The requester and the approver see it on the card.",
        ),
    ]


class AnswerForm(WordsForm):
    """The requester's answer to an approver's question."""

    name: ClassVar[str] = "answer"
    title: ClassVar[str] = "Answer the question"
    send: ClassVar[str] = "Send"
    words: Annotated[Text, Words("Your answer", 1000, lines=True, help="It appears on the card.")]


def form_for(policy: Policy, reason: str, purpose: str = "", *, asked: bool = False) -> type[AccessForm]:
    """Return the form that a reason needs, given the purpose; the plain one while no reason is chosen.

    `asked`: the question about an investigation was shown before, so it stays.
    """
    chosen = policy.reasons.get(reason)
    if chosen and chosen.route == "investigation":
        return InvestigationForm
    return SpecialForm if chosen and (asked or access.suggests_investigation(policy, reason, purpose)) else AccessForm


LONGEST = 200  # characters that are looked for
LOOK = "Please search here by part of the number, a day, a name or a CRM reference."
ONE = "I found this call. Please check it before you send."
SEVERAL = "I found {number} calls. They come first in the list."
NEAR = "No call matches exactly. The nearest come first."
REST = "Calls that match your other words come first."
AGAIN = "This is filled in from {request}. Please check it before you send."
GONE = "This is filled in from {request}, but you can’t ask for its calls any more. Please choose again."
ANOTHER_REASON = " The policy no longer has its reason, so please choose another."


def form_for_search(ctx: Context, words: str) -> tuple[Sheet, Filled]:
    """Return the form for a search, short or in a sentence: one match is chosen, several are offered first."""
    words = " ".join(words.split())[:LONGEST]
    is_short = not searching.is_sentence(words)
    hits = finding.look_for_calls(ctx, words) if len(words) <= searching.LONGEST else SearchResult()
    if not hits.all:
        hits = finding.look_in_words(ctx, words)
        # What a short search found only without one of its words, such as a name, isn't what was meant.
        hits = replace(hits, exactly=(), otherwise=tuple(hits.all)) if is_short else hits
    sheet = AccessForm.sheet(ctx.policy, intro=_search_intro(hits))
    chosen = [one.value for one in hits.exactly] if len(hits.exactly) == 1 else []
    reference = access.find_reference(words, ctx.policy.company.crm_pattern) if ctx.policy.company.crm_pattern else None
    crm = reference or own_reference(ctx, {"recordings": chosen})
    values = {"recordings": chosen, "crm": crm}
    return replace(sheet, sought=hits.searched or (words if is_short else "")), Filled(
        values, {}, {"recordings": hits.all}
    )


def _search_intro(hits: SearchResult) -> str:
    """Return what was found, in words to read first."""
    if not hits.all:
        return f"{hits.nothing} {LOOK}"
    if hits.missing:
        return f"{hits.nothing} {REST}"
    number = len(hits.exactly)
    return (NEAR, ONE, SEVERAL)[min(number, 2)].format(number=number)


def refilled_form(ctx: Context, request_id: str) -> tuple[Sheet, Filled]:
    """Return the form as this person filled it in before, with the calls that can still be asked for."""
    before = ctx.store.matters.of_kind(Request, request_id)
    if before is None or before.requester_id != ctx.me.id:
        return AccessForm.sheet(ctx.policy), Filled()
    calls = [str(one.id) for one in ctx.store.recordings.of_request(request_id)]
    offered = finding.chosen_calls(ctx, calls)
    concerned = finding.named_people(ctx, map(str, before.concerned))
    known, said = before.reason in ctx.policy.reasons, sealing.read_request_words(ctx, before)
    values: dict[str, str | list[str]] = {
        "reason": before.reason if known else "", "recordings": [one.value for one in offered], "crm": before.crm,
        "purpose": said.purpose, "matter": said.legal_matter, "basis": said.basis, "audience": said.audience,
        "concerned": [one.value for one in concerned],
    }  # fmt: skip
    intro = (AGAIN if offered else GONE).format(request=request_id) + ("" if known else ANOTHER_REASON)
    sheet = form_for(ctx.policy, before.reason, said.purpose).sheet(ctx.policy, intro=intro)
    return sheet, Filled(values, {}, {"recordings": offered, "concerned": concerned})


def own_reference(ctx: Context, answers: Answers) -> str:
    """Return the CRM reference of the first of the chosen calls that has one, and that this person may know of; empty
    if there is none.
    """
    chosen = [int(one) for one in answers.get("recordings", ()) if one.isascii() and one.isdigit() and len(one) < 10]
    calls = ctx.store.recordings.present(chosen, ctx.now)
    usable = (one for one in calls if finding.may_know(ctx, one) and 0 < len(one.crm) <= LONGEST_REFERENCE)
    return next((one.crm for one in usable), "")


def supplied_reference(ctx: Context, answers: Answers) -> dict[str, str]:
    """Return what fills in a CRM reference that was left empty: the chosen calls' own."""
    own = own_reference(ctx, answers)
    return {"crm": own} if own else {}
