"""In plain words: what people write is answered from the policy or opens the right form."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from handlers.cards import Actions, Button, Line, Option, Page, Row, Small
from handlers.forms import Answers, OneOf
from handlers.policy import Policy
from handlers.room import PolicyPage
from handlers.rules import availability
from handlers.rules.wishes import Leaning, understand_words

OWN_CALL = "customer"
"""The choice for a customer's own call, which needs no reason (P8)."""
OF_STAFF, OF_CUSTOMERS = "access", "customer"
"""Which form each needs, by name."""


def reason_choices(policy: Policy) -> tuple[Option, ...]:
    """Return what a call can be needed for: a customer's own wish first, then the policy's reasons."""
    reasons = (Option(key, reason.label) for key, reason in policy.reasons.items())
    return (Option(OWN_CALL, "A customer wants their own call"), *reasons)


def form_for_choice(answers: Answers) -> str:
    """Return the form that the chosen reason leads to; empty while none is chosen."""
    chosen = answers.get("reason")
    if not chosen:
        return ""
    return OF_CUSTOMERS if chosen == OWN_CALL else OF_STAFF


ASKED = OneOf("Why do you need it?", reason_choices, help="The reason decides who is asked (P6, P8).", redraws=True)


@dataclass(frozen=True, slots=True)
class OpensForm:
    """A form by its name, filled in for what was written."""

    form: str
    sought: str


@dataclass(frozen=True, slots=True)
class OpensPage:
    """The page of one of `Shows`, by its button and that button's value, for this person."""

    button: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """A page from the policy alone, about some words."""

    page: PolicyPage
    about: str = ""


@dataclass(frozen=True, slots=True)
class InConfidence:
    """A private form by its name, and a page with its button; the typed words are neither stored nor repeated (P13)."""

    form: str
    page: Page


Lead = OpensForm | OpensPage | Say | InConfidence


TITLE = "In your own words"
REPORT, MINE = "breach_report", "mine:0"
IN_CONFIDENCE = Button(REPORT, "Report in confidence", "", "primary")
DECLINED = Button("declined", "A caller declines", "", "primary")
CHOICES = (
    Row("Hear a call (P7)", Button("request", "Ask for a recording", "", "primary")),
    Row("A customer wants their own call (P8)", Button("request", "Ask for a recording", "")),
    Row("A caller doesn’t want to be recorded (P5)", Button("declined", "A caller declines", "")),
    Row("Calls must not be erased yet (P12)", Button("hold", "Hold", "")),
    Row("How your requests are doing", Button("more", "Where is my request?", MINE)),
    Row("Who listened to calls with you (P11)", Button("whose_data", "Who listened to my calls?", "")),
    Row("Something is wrong with how recordings are used (P13)", Button(REPORT, "Report in confidence", "")),
)
AWAY = Row("You are away", Button("away", "I'm away", ""))


UNKNOWN = "I don’t have an answer to that. Please ask the {whom}. I can help with these:"
PRIVATE = (
    "If something is wrong with how recordings are used, please use the private form. "
    "Only the {readers} read it, never anyone it is about."
)
FORGOTTEN = "I haven’t kept what you wrote."
AT_ONCE = "Press it while you are on the call. I switch its recording off, and tell you when it is definitely off."


def unknown_question_page(policy: Policy, _: str, reader: int) -> Page:
    """Say whom to ask about an unknown question, and what this reader can choose."""
    whom = policy.role("team_leader")
    said = UNKNOWN.format(whom=f"{whom.title} ({whom.holder})" if reader else whom.title)
    has_duties = reader > 0 and availability.has_duties(policy, reader)
    return Page(TITLE, (Line(said), *CHOICES, *((AWAY,) if has_duties else ())), said)


def in_confidence_page(policy: Policy) -> Page:
    """Return the page that leads to the private form; it doesn't repeat what was written (P13)."""
    readers = " and the ".join(
        policy.role(name).title for name in ("manager_human_resources", "head_of_customer_success")
    )
    buttons = Actions((IN_CONFIDENCE, Button("request", "Ask for a recording", "")))
    return Page("In confidence", (Line(PRIVATE.format(readers=readers)), Line(FORGOTTEN), buttons, Small("P13")))


def declining_page(policy: Policy, _: str, reader: int) -> Page:
    """Return the page for staff whose caller declines to be recorded: a button to press during the call (P5)."""
    parts = (Line(AT_ONCE), Actions((DECLINED,)), Line(policy.clauses["P5"]), Small("P5"))
    return Page(DECLINED.label, parts, AT_ONCE)


LEANINGS: Mapping[str, Leaning] = MappingProxyType({
    "": "", "recording-request": "request", "recording-policy": "policy",
})  # fmt: skip
"""What the command typed before the words suggests. Words after any other command are not read."""
LONGEST = 200  # characters that go on into a form


def find_lead(policy: Policy, command: str, words: str, policy_page: PolicyPage) -> Lead | None:
    """Return where these words lead; None after a command that takes none.
    `policy_page` answers questions about the policy (P1).
    """
    if command not in LEANINGS or not words.strip():
        return None
    meant = understand_words(policy, words, LEANINGS[command])
    match meant.kind:
        case "":
            return Say(unknown_question_page)
        case "recording":
            return OpensForm(OF_STAFF, words[:LONGEST])
        case "report":
            return InConfidence(REPORT, in_confidence_page(policy))
        case "state":
            return OpensPage("details", meant.matter) if meant.matter else OpensPage("more", MINE)
        case "listeners":
            return OpensPage("whose_data")
        case "declines":
            return Say(declining_page)
        case "question":
            return Say(policy_page, words)
