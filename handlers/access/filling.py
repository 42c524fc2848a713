"""What stands in a form when it opens: nothing, what somebody looked for, or what was filled in before (P7)."""

from __future__ import annotations

from dataclasses import replace

from handlers import finding, role_people
from handlers.access.forms import LONGEST_REFERENCE, AccessForm, form_for
from handlers.acting import Act
from handlers.cards import Filled, Sheet
from handlers.finding import Looked
from handlers.forms import Answers
from handlers.rules import reference
from handlers.rules.search import is_sentence, may_know
from handlers.rules.wish import wish
from handlers.written import read
from storage.records import Recording

LONGEST = 200  # characters that are looked for
NONE = "No call was found for “{sought}”. Try a part of the number, a day, a name, a country or a CRM reference."
ONE = "This call was found for “{sought}”."
SEVERAL = "{number} calls were found for “{sought}”. They stand first in the list."
SIMILAR = "No call fits “{sought}” to the letter. Calls of operators with a similar name stand first in the list."
WISHED = (
    "No call was found by what you wrote. Please look for it here: a part of the number, a day, a name or a CRM reference will do.",
    "This call was found by what you wrote. Please look through it before you send it.",
    "{number} calls were found by what you wrote. They stand first in the list.",
)
"""For a sentence, which is not said again: by how many calls were found."""
NEAR = "No call fits all that you wrote. Those that come near stand first in the list."
AGAIN = "This is filled in from {request}. Please look through it before you send it."
GONE = "This is filled in from {request}, but its calls can no longer be asked for. Please choose again."
ANOTHER_REASON = " The policy no longer has its reason, so please choose another."


def sought(act: Act, words: str) -> tuple[Sheet, Filled]:
    """The form for a call that somebody looks for, or wishes for in a sentence: one that is found is chosen, several are offered first."""
    words = " ".join(words.split())[:LONGEST]
    meant = wish(act.policy, words, act.now, act.me.zone or act.policy.lines[act.policy.company.home_line].time_zone)
    typed_it = not is_sentence(words)
    looked = finding.look(act, words)
    looked = looked if looked.all else finding.wished(act, meant)
    found = looked.all
    sentence = _told(looked) if typed_it else _wished(looked)
    kind = form_for(act.policy, meant.reason, words)
    sheet = kind.sheet(act.policy, intro=sentence.format(sought=words, number=len(looked.exactly) or len(found)))
    chosen = [one.value for one in looked.exactly] if len(looked.exactly) == 1 else []
    typed = reference.meant(words, act.policy.company.crm_pattern) if act.policy.company.crm_pattern else None
    crm = typed or own_reference(act, {"recordings": chosen})
    told = {"reason": meant.reason, "purpose": meant.purpose}
    values = {"recordings": chosen, "crm": crm, **{name: one for name, one in told.items() if one}}
    return replace(sheet, sought=words if typed_it else ""), Filled(values, {}, {"recordings": found})


def _told(looked: Looked) -> str:
    if looked.exactly:
        return ONE if len(looked.exactly) == 1 else SEVERAL
    return SIMILAR if looked.alike else NONE


def _wished(looked: Looked) -> str:
    return NEAR if looked.all and not looked.exactly else WISHED[min(len(looked.exactly), 2)]


def again(act: Act, request_id: str) -> tuple[Sheet, Filled]:
    """The form as this person filled it in before, with those of its calls that can still be asked for."""
    before = act.store.requests.get(request_id)
    if before is None or before.requester_id != act.me.id:
        return AccessForm.sheet(act.policy), Filled()
    calls = [str(one.id) for one in act.store.recordings.of_request(request_id)]
    offered = finding.named(act, calls)
    before_named = act.store.matters.concerned([request_id]).get(request_id, ())
    concerned = role_people.named(act, [role_people.value_of(one.email_key) for one in before_named])
    known, said = before.reason in act.policy.reasons, read(act, before)
    values: dict[str, str | list[str]] = {
        "reason": before.reason if known else "", "recordings": [one.value for one in offered], "crm": before.crm,
        "purpose": said.purpose, "matter": said.legal_matter, "basis": said.basis, "audience": said.audience,
        "concerned": [one.value for one in concerned],
    }  # fmt: skip
    intro = (AGAIN if offered else GONE).format(request=request_id) + ("" if known else ANOTHER_REASON)
    sheet = form_for(act.policy, before.reason, said.purpose).sheet(act.policy, intro=intro)
    return sheet, Filled(values, {}, {"recordings": offered, "concerned": concerned})


def own_reference(act: Act, answers: Answers) -> str:
    """The CRM reference of the first of the chosen calls that has one; empty where none does, or none may be known of."""
    chosen = [int(one) for one in answers.get("recordings", ()) if one.isascii() and one.isdigit() and len(one) < 10]
    return next((one.crm for one in act.store.recordings.present(chosen, act.now) if _takes(act, one)), "")


def supplied(act: Act, answers: Answers) -> dict[str, str]:
    """What stands in fields that were left empty: the calls' own reference."""
    own = own_reference(act, answers)
    return {"crm": own} if own else {}


def _takes(act: Act, one: Recording) -> bool:
    known = may_know(act.policy, act.me.email_key, one.department, one.operator_key, one.line)
    return known and 0 < len(one.crm) <= LONGEST_REFERENCE
