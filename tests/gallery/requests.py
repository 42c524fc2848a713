"""The card of a request for access: every state, for everyone who holds a copy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.rehearsal.slack import Fault
from handlers.access import asking
from handlers.access.forms import AccessForm
from tests.gallery import odd
from tests.gallery.house import ANNA, DEVEN, HELENA, QUINN, RUTH, TARA, House
from tests.gallery.scene import Change, Scene, away, silent, unchanged
from tests.gallery.shots import Shot

QUESTION = "Which of her two visits is it about? I see one in October and one last week."
ANSWER = "The one of last week. The invoice names 19 November."
NO = "The CRM says that this complaint was settled on Friday. Please read CS-10431 first."
DEVENS_MAIL, QUINNS_MAIL = "deven.okafor@fernhill.example", "quinn.abara@fernhill.example"


@dataclass(frozen=True, slots=True)
class Case:
    """Who asks whom for what; `readers` are drawn where they hold a copy."""

    group: str
    by: str
    to: str
    reason: str
    readers: Mapping[str, str]


STAFF = Case("Access request", ANNA, TARA, "complaint", {"requester": ANNA, "approver": TARA})
INVESTIGATION = Case("Investigation", ANNA, HELENA, "legal_claim", {"requester": ANNA, "approver": HELENA})
HEADS_OWN = Case("Access request", HELENA, TARA, "complaint", {"told only": RUTH})
Step = Callable[[House, Case], Awaitable[str]]


async def waiting(house: House, case: Case) -> str:
    request = await house.ask(case.by, case.reason)
    await house.pass_(minutes=18)
    return request


async def asked_back(house: House, case: Case) -> str:
    request = await waiting(house, case)
    await house.do(case.to, request, "Ask a question", QUESTION)
    return request


async def answered(house: House, case: Case) -> str:
    request = await asked_back(house, case)
    await house.do(case.by, request, "Answer", ANSWER)
    return request


async def approved(house: House, case: Case) -> str:
    request = await waiting(house, case)
    await house.do(case.to, request, "Approve")
    return request


async def denied(house: House, case: Case) -> str:
    request = await waiting(house, case)
    await house.do(case.to, request, "Deny", NO)
    return request


async def withdrawn(house: House, case: Case) -> str:
    request = await waiting(house, case)
    await house.do(case.by, request, "Withdraw")
    return request


async def taken_away(house: House, case: Case) -> str:
    request = await approved(house, case)
    await house.pass_(hours=26)
    await house.person(case.to).open_home()
    await house.settled()
    await house.press(case.to, "home", "Withdraw")
    return request


async def given_back(house: House, case: Case) -> str:
    request = await approved(house, case)
    await house.pass_(hours=26)
    await house.do(case.by, request, "Withdraw")
    return request


async def over(house: House, case: Case) -> str:
    request = await approved(house, case)
    await house.pass_(days=7, hours=3)
    return request


EVERYBODY_AWAY = away(
    "team_leader", "head_of_customer_success", "manager_human_resources", "breach_fallback",
    deputies={"team_leader": (), "head_of_customer_success": (), "manager_human_resources": ()},
)  # fmt: skip
STATES: Mapping[str, tuple[Step, Change]] = {
    "waiting": (waiting, unchanged),
    "question open": (asked_back, unchanged),
    "answered": (answered, unchanged),
    "stuck": (waiting, EVERYBODY_AWAY),
    "approved": (approved, unchanged),
    "denied with reason": (denied, unchanged),
    "withdrawn before decision": (withdrawn, unchanged),
    "access withdrawn": (taken_away, unchanged),
    "access ended": (over, unchanged),
}
CLOSED = ("approved", "denied with reason", "withdrawn before decision", "access withdrawn", "access ended")


async def _state(house: House, step: Step, case: Case) -> list[Shot]:
    request = await step(house, case)
    holders = {name: uid for name, uid in case.readers.items() if house.holds(uid, request)}
    return [house.shot_of_card(name, uid, request) for name, uid in holders.items()]


def _states(*cases: Case) -> tuple[Scene, ...]:
    """A scene for each state and case; whoever is only told holds nothing before the decision."""
    return tuple(
        Scene(case.group, name, partial(_state, step=step, case=case), change)
        for name, (step, change) in STATES.items()
        for case in cases
        if case is not HEADS_OWN or name in CLOSED
    )


async def ten_calls(house: House, case: Case) -> list[Shot]:
    ten = (
        "CS-10442",
        "CS-10439",
        "CS-10431",
        "AB-7719",
        "SL-3402",
        "CS-10397",
        "AB-7688",
        "CS-10362",
        "SL-3361",
        "AB-7066",
    )
    request = await house.ask(case.by, case.reason, calls=ten)
    shots = [house.shot_of_card(f"{name}, waiting", uid, request) for name, uid in case.readers.items()]
    await house.do(case.to, request, "Approve")
    return [*shots, house.shot_of_card("requester, approved", case.by, request)]


async def warned(house: House, case: Case, calls: tuple[str, ...]) -> list[Shot]:
    return [house.shot_of_card("approver", case.to, await house.ask(case.by, case.reason, calls))]


async def long_history(house: House) -> list[Shot]:
    buttons = (("Approve", ""), ("Deny", NO), ("", ""))
    for number, reason in enumerate(
        ("training", "performance", "abuse_protection", "process_quality", "complaint") * 2
    ):
        request = await house.ask(reason=reason, crm=f"CS-{9000 + number}")
        button, words = buttons[number % 3]
        if button:
            await house.do(TARA, request, button, words)
        await house.pass_(days=3)
    request = await house.ask()
    return [house.shot_of_card("approver", TARA, request), house.shot_of_card("requester", ANNA, request)]


async def a_deputy_decides(house: House) -> list[Shot]:
    request = await house.ask()
    shots = [
        house.shot_of_card("requester, waiting", ANNA, request),
        house.shot_of_card("deputy, waiting", DEVEN, request),
    ]
    await house.do(DEVEN, request, "Approve")
    return [
        *shots,
        house.shot_of_card("requester, approved", ANNA, request),
        house.shot_of_card("deputy, approved", DEVEN, request),
    ]


async def two_deputies(house: House) -> list[Shot]:
    request = await house.ask()
    shots = [house.shot_of_card("requester, waiting", ANNA, request)]
    await house.do(DEVEN, request, "Deny", NO)
    return [*shots, house.shot_of_card("the other deputy, denied", QUINN, request)]


async def many_questions(house: House) -> list[Shot]:
    request = await house.ask()
    for number in range(1, 5):
        await house.do(TARA, request, "Ask a question", f"Question {number}: {QUESTION}")
        await house.do(ANNA, request, "Answer", f"Answer {number}: {ANSWER}")
    return [house.shot_of_card("approver", TARA, request), house.shot_of_card("requester", ANNA, request)]


async def odd_words(house: House, words: str, crm: str) -> list[Shot]:
    request = await house.ask(HELENA, "complaint", ["ODD-1"], crm, words)
    await house.do(TARA, request, "Ask a question", words[:1000])
    shots = [house.shot_of_card("approver", TARA, request)]
    await house.do(HELENA, request, "Answer", words[:1000])
    await house.do(TARA, request, "Deny", words[:1000])
    return [*shots, house.shot_of_card("requester, denied", HELENA, request)]


async def odd_names(house: House) -> list[Shot]:
    shots: list[Shot] = []
    for kind, person, crm in zip(("markup", "Arabic", "long"), odd.PEOPLE, odd.CALLS, strict=True):
        request = await house.ask(person.id, calls=[crm])
        shots.append(house.shot_of_card(f"{kind}, approver", TARA, request))
        await house.do(TARA, request, "Ask a question", QUESTION)
        shots.append(house.shot_of_card(f"{kind}, requester", person.id, request))
    return shots


async def longest(house: House) -> list[Shot]:
    """All that the forms take: 1,500 characters, then six remarks of 1,000."""
    request = await house.ask(crm="CS-" + "9" * 57, purpose=odd.long(1500))
    for _ in range(3):
        await house.do(TARA, request, "Ask a question", odd.long(1000))
        await house.do(ANNA, request, "Answer", odd.long(1000))
    return [house.shot_of_card("approver", TARA, request)]


async def five_thousand(house: House) -> list[Shot]:
    """More than any form takes, as another way in might bring it."""
    filled = await house.form(ANNA, "complaint", ["CS-10397"])
    calls = [int(one) for one in filled["recordings"]]
    house.shot_of_modal("", ANNA)
    form = AccessForm.model_construct(reason="complaint", recordings=calls, crm="CS-10442", purpose=odd.long(5000))
    filed = await house.steward.door.enter(
        asking.file_request(form, "gallery:1"), await house.steward.directories["slack"].visitor(ANNA)
    )
    await house.settled()
    return [house.shot_of_card("approver", TARA, filed.request)]


async def sent_again(house: House) -> list[Shot]:
    """The workspace took the card but its answer was lost, so nobody knows whether it is there."""
    house.workspace.faults.script([Fault("lost", "chat.postMessage", TARA, seconds=0.05)])
    request = await house.ask()
    await house.pass_(seconds=5)
    return [house.shot_of_card("approver", TARA, request)]


async def in_a_dialog(house: House) -> list[Shot]:
    request = await house.ask()
    shots: list[Shot] = []
    for name, uid in STAFF.readers.items():
        await house.shot_of_home(name, uid)
        await house.press(uid, "home", "Details")
        shots.append(house.shot_of_modal(name, uid))
    await house.do(TARA, request, "Approve")
    await house.press(ANNA, "home", "Details")
    return [*shots, house.shot_of_modal("requester, approved", ANNA)]


YESTERDAY = silent(date(2026, 11, 14), date(2026, 11, 23))
SCENES: tuple[Scene, ...] = (
    *_states(STAFF, HEADS_OWN),
    Scene("Access request", "given back", partial(_state, step=given_back, case=STAFF)),
    Scene("Access request", "ten calls", partial(ten_calls, case=STAFF)),
    Scene("Access request", "announcement down", partial(warned, case=STAFF, calls=("CS-10397",)), YESTERDAY),
    Scene(
        "Access request",
        "announcement down for some",
        partial(warned, case=STAFF, calls=("CS-10397", "CS-10442", "AB-7688")),
        YESTERDAY,
    ),
    Scene("Access request", "long history", long_history),
    Scene("Access request", "a deputy decides", a_deputy_decides, away("team_leader")),
    Scene(
        "Access request",
        "two deputies",
        two_deputies,
        away("team_leader", deputies={"team_leader": (DEVENS_MAIL, QUINNS_MAIL)}),
    ),
    Scene("Access request", "many questions", many_questions),
    Scene("Access request", "sent again", sent_again),
    Scene("Access request", "in a dialog", in_a_dialog),
    *_states(INVESTIGATION),
    Scene("Investigation", "ten calls", partial(ten_calls, case=INVESTIGATION)),
    Scene(
        "Investigation",
        "announcement down as well",
        partial(warned, case=INVESTIGATION, calls=("CS-10397",)),
        YESTERDAY,
    ),
    Scene("Odd texts", "hostile", partial(odd_words, words=odd.HOSTILE, crm="ODD-1")),
    Scene("Odd texts", "right to left", partial(odd_words, words=odd.ARABIC, crm="ODD-1")),
    Scene("Odd texts", "one unbroken word", partial(odd_words, words=odd.UNBROKEN, crm="odd 1")),
    Scene("Odd texts", "names", odd_names),
    Scene("Odd texts", "the longest that the forms take", longest),
    Scene("Odd texts", "5,000 characters", five_thousand),
)
