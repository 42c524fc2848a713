"""What the policy says of a request for access: why and by which reference one asks, who decides, and what may be withdrawn and heard (P6, P7, P9)."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy, RoleName
from handlers.policy.terms import Reason
from handlers.rules import Refused
from handlers.rules.routing import Authority, Circumstances, Why, authority_of, current_route
from handlers.rules.spelling import plain_text, stem_words

# The states of a request that isn't decided yet; it is stuck while no one may decide it.
OPEN = ("waiting", "stuck")


def newest_day(policy: Policy, now: datetime, zone: str) -> date:
    """Return the latest date that it is by now where the person is (an IANA zone, if known) or on any line of the
    company: a later one hasn't come yet, whatever day is written into a form.
    """
    zones = {zone or "UTC", *(one.time_zone for one in policy.lines.values())}
    return max(now.astimezone(ZoneInfo(one)).date() for one in zones)


def line_day(policy: Policy, line: str, at: datetime) -> date:
    """Return the date of a moment (aware) on a line (E.164); for an unknown line, the date that the moment itself has."""
    policy_line = policy.line(line)
    return (at.astimezone(ZoneInfo(policy_line.time_zone)) if policy_line else at).date()


def check_request(policy: Policy, reason: str, asked: Collection[int], found: Collection[int]) -> None:
    """Check whether a request may be filed. Raises `Refused` at the field that needs fixing (P6, P7).

    `asked` are the ids of the calls that were chosen, and `found` those of them that may still be asked for.
    """
    if reason not in policy.reasons:
        raise Refused.at({"reason": "Please choose one of the eight reasons."}, clause="P6")
    if not asked:
        raise Refused.at({"recordings": "Please choose at least one call."}, clause="P7")
    if len(asked) > policy.access.most_recordings:
        words = (
            f"A request can have {policy.access.most_recordings} calls at most. Please ask for the others separately."
        )
        raise Refused.at({"recordings": words}, clause="P7")
    if missing := len(set(asked) - set(found)):
        calls = "One of these calls is" if missing == 1 else f"{missing} of these calls are"
        raise Refused.at({"recordings": f"{calls} no longer there. Please choose again."}, clause="P7")


def request_fingerprint(requester: str, reason: str, recordings: Collection[int], crm: str, *more: str) -> str:
    """Return what makes two requests the same: the requester, the calls, the reason, the CRM reference and the legal
    matter.
    """
    words = (" ".join(one.casefold().split()) for one in more)
    parts = [requester, reason, *map(str, sorted(set(recordings))), compact_reference(crm), *words]
    return sha256("\n".join(parts).encode()).hexdigest()


def check_open(state: str, already: str) -> None:
    """Check that a request isn't decided yet. Otherwise raises `Refused` with `already`, which says what became of it."""
    if state not in OPEN:
        raise Refused(already, code="already_" + state)


def check_in_scope(states: Collection[str]) -> None:
    """Refuse calls on a line that the policy doesn't name: no one may hear those (P4)."""
    if "out_of_scope" in states:
        words = "One of these calls is on a line that the policy doesn’t name, so no one may hear it. Please deny this."
        raise Refused(words, clause="P4", code="out_of_scope")


def refusal_of_closed(state: str) -> Refused:
    """Say why no one may hear a call in this state: the caller declined (P5), it is gone, or its time is over (P12)."""
    if state == "gone":
        return Refused("This call is no longer in the recording system.", clause="P7", code="gone")
    if state == "declined":
        return Refused("The caller declined to be recorded, so this call is locked.", clause="P5", code="declined")
    words = "This call’s time is up, so it is locked and its audio is erased."
    return Refused(words, clause="P12", code="past_its_moment")


def why_out_of_reach(*, declined: bool, audible: bool) -> Refused | None:
    """Return why calls can't be approved: a caller declined (P5), or all are past their time (P12); None if they can."""
    if declined:
        words = "The caller of one of these calls declined to be recorded, so no one may hear it now. Please deny this, or wait."
        return Refused(words, clause="P5", code="declined")
    if not audible:
        words = "None of these calls can be heard any more, so there is nothing to approve. Please deny this."
        return Refused(words, clause="P12", code="nothing_left")
    return None


def check_pass_on(asked_next: Collection[Authority]) -> None:
    """Refuse to pass a request on if no one comes after this approver."""
    if not asked_next:
        words = "There is no one to pass this on to. You can approve or deny it."
        raise Refused(words, code="nobody_next")


def check_answer(state: str, already: str, *, requester: bool, asked: bool) -> None:
    """Check that the requester is answering, and that a question was `asked` and is open; `already` as for
    `check_open`.
    """
    if not requester:
        raise Refused("Only the requester can answer this.", code="not_requester")
    check_open(state, already)
    if not asked:
        raise Refused("There is no open question on this request.", code="no_question")


def check_withdrawal(state: str, already: str, *, requester: bool, entitled: bool, access_open: bool) -> None:
    """Check a withdrawal: the requester gives up a request or access, or an approver (`entitled`) takes access away.
    `already` says what became of a request that is over.
    """
    if not requester and not entitled:
        raise Refused("Only the requester or an approver can withdraw this.", code="not_entitled")
    if access_open or (requester and state in OPEN):
        return
    if state in OPEN:
        raise Refused("No one has access yet. Press Deny if you don’t want to give it.", code="nothing_to_withdraw")
    raise Refused(already, code="already_" + state)


def grant_until(policy: Policy, since: datetime, chosen: str = "") -> datetime:
    """Return when access that begins at `since` ends: after as many days of 24 hours as the approver chose, or the
    usual number.
    Raises `Refused` for a number that the policy doesn't offer.
    """
    days = policy.access.default_days if not chosen else next((n for n in policy.access.days if str(n) == chosen), 0)
    if not days:
        lasts = " or ".join(map(str, policy.access.days))
        raise Refused(f"Access can last {lasts} days. Please choose one of these.", code="no_such_length")
    return since + timedelta(days=days)


def check_more_time(*, requester: bool, audible: bool, denied: bool, decided: bool) -> None:
    """Check that more time may be asked for: by the `requester`, while a call is `audible` and someone is there to decide
    (`decided`), and not after it was `denied` once.
    """
    if not requester or not audible:
        raise Refused("You have no access to these calls.", code="no_grant")
    if denied:
        raise Refused(
            "You’ve already asked for more time, and the answer was no. You can ask again when access has ended.",
            code="denied",
        )
    if not decided:
        raise Refused("No one can decide this now. Please ask for the calls again.", code="not_reachable")


NUDGES = timedelta(days=1)
"""How often a requester may have those who decide reminded."""


def check_nudge(*, waiting: bool, again: bool) -> None:
    """Allow one reminder a day while someone is deciding; `again` is False while the last one is fresh."""
    if not waiting:
        raise Refused("No one is deciding this at the moment, so there is no one to remind.", code="nobody_asked")
    if not again:
        raise Refused("You have already sent a reminder. You can send another a day after it arrived.", code="too_soon")


def check_grant(
    now: datetime, ends_at: datetime, ended_at: datetime | None, *, holder: bool, when: str, why: str = ""
) -> None:
    """Check that a grant opens its recordings to this person now; called on every single request (P7).

    A grant that ended before its time was withdrawn, and an ended grant stays ended even if the clock is set back.
    `when` says in words when access ends or ended. `why` is `lost` if the call was lost to the random review rather
    than withdrawn by a person.
    """
    if not holder:
        raise Refused("You have no access to these calls.", clause="P7", code="not_holder")
    if why == "lost":
        raise Refused(f"This call was taken out of the random review {when}.", clause="P10", code="lost")
    if ended_at is not None and ended_at < ends_at:
        words = f"Your access was withdrawn {when}. If you still need the calls, please ask again."
        raise Refused(words, clause="P7", code="withdrawn")
    if ended_at is not None or now >= ends_at:
        words = f"Your access ended by itself {when}. If you still need the calls, please ask again."
        raise Refused(words, clause="P7", code="ended")


GONE = "no longer in the policy"
# Words that suggest an investigation or a legal claim; `_PHRASES` are looked for as they are, not by their stems.
_SPECIAL = """
lawyer solicitor attorney barrister counsel legal law lawsuit sue suing sued claim litigation court tribunal judge subpoena affidavit
arbitration arbitrator mediation ombudsman ombudsperson proceedings prosecution prosecutor writ summons arrest police detective
investigation investigate disciplinary discipline disciplined dismissal dismiss sack sacked
crime criminal theft thief steal stole stolen robber robbery burglar burglary burgle fraud fraudulent fraudster scam scammer swindle
swindler defraud forgery phishing hacker hacked laundering blackmail extortion embezzle bribe bribery assault stalking stalker thieves
murder rape kidnap vandalism vandalise perjury magistrate indict defamation defamatory libel slander
"""
_PHRASES = ("letter of demand", "demand letter", "cease and desist", "without prejudice", "robbed", "robbing")
_WHOLE = 2000  # characters: all that fits into the form
_LONGEST = 40  # characters of a key


def suggests_investigation(policy: Policy, reason: str, words: str) -> bool:
    """Return True if a request for an everyday reason sounds like an investigation or a legal claim, so that the form
    asks (P9).
    """
    chosen = policy.reasons.get(reason)
    plain = plain_text(words, _WHOLE)
    special = not _special_stems().isdisjoint(stem_words(plain).split()) or any(one in plain for one in _PHRASES)
    return chosen is not None and chosen.route == "staff" and special


@cache
def _special_stems() -> frozenset[str]:
    return frozenset(stem_words(plain_text(_SPECIAL, len(_SPECIAL))).split())


def reason_of(policy: Policy, key: str, *, longer: bool) -> Reason:
    """Return the reason by its key. If the policy no longer has it, the form settles who decides: `longer` is True if it
    was asked on the form for investigations and claims.
    """
    if (reason := policy.reasons.get(key)) is not None:
        return reason
    words = " ".join(key.replace("_", " ").split())[:_LONGEST].capitalize()
    # Made without the checks of a file, so that nothing in an old row can keep its card from being drawn.
    return Reason.model_construct(
        label=f"{words} ({GONE})", clause="P9" if longer else "P6", route="investigation" if longer else "staff",
        announced=True,
    )  # fmt: skip


_BETWEEN = re.compile(r"[\W_]+")


def compact_reference(reference: str) -> str:
    """Return a reference's letters and digits, the same for every spelling: CS-10442, cs 10442, CS10442."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", reference).casefold())


def find_reference(typed: str, pattern: str | None, own: Collection[str] = ()) -> str | None:
    """Find the CRM reference that was meant: one of the calls' `own`, else one that matches the pattern, else None.

    With `pattern` None any word is a reference. Spaces, case and a missing hyphen are corrected.
    """
    for one in own:
        if compact_reference(one) == compact_reference(typed):
            return one
    if pattern is None:
        return typed
    return next((one for one in _reference_spellings(typed) if re.fullmatch(pattern, one)), None)


def references_in(words: str, pattern: str | None) -> tuple[str, ...]:
    """Return the references in these words, in capitals, each once; none if the policy has no pattern for them."""
    if not pattern:
        return ()
    found = re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", words, re.IGNORECASE)
    return tuple(dict.fromkeys(one[0].upper() for one in found))


def check_reference(typed: str, pattern: str | None, own: Collection[str]) -> str:
    """Return the reference in its stored form. Raises `Refused` at its field if the text isn't a reference."""
    found = find_reference(typed, pattern, own)
    if found is None:
        named = next(iter(own), "")
        advice = f"This call has {named}." if named else "Please write it as your CRM shows it."
        raise Refused.at({"crm": f"This isn’t a CRM reference. {advice}"}, clause="P7")
    return found


def _reference_spellings(typed: str) -> Iterator[str]:
    """Yield what a reference may have been meant as: as typed and in capitals, with hyphens for spaces and before
    digits.
    """
    plain = " ".join(unicodedata.normalize("NFKC", typed).split())
    for one in dict.fromkeys((plain, plain.upper())):
        yield one
        yield one.replace(" ", "-")
        yield re.sub(r"(?<=[^\W\d_])[ -]?(?=[0-9])", "-", one)


_CLAUSES = {"staff": "P7", "investigation": "P9"}
_CHAINS: dict[str, tuple[RoleName, ...]] = {
    "staff": ("team_leader", "head_of_customer_success", "manager_human_resources"),
    "investigation": ("head_of_customer_success", "manager_human_resources", "breach_fallback"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCircumstances(Circumstances):
    """One request for access; `longer` as for `reason_of`."""

    reason: str
    longer: bool = False

    @property
    def kind(self) -> Literal["staff", "investigation"]:
        """Which way a request for this reason goes (P6)."""
        return reason_of(self.policy, self.reason, longer=self.longer).route

    @property
    def clause(self) -> str:
        return _CLAUSES[self.kind]

    @property
    def chain(self) -> tuple[RoleName, ...]:
        """The roles that are asked in turn, as in every `Circumstances`."""
        return _CHAINS[self.kind]

    @property
    def copy_to(self) -> tuple[int, ...]:
        """P7: if the Head asks, the team leader decides, and the Manager, Human Resources is told."""
        head = _people_in_seat(self.policy, "head_of_customer_success", self.today)
        manager = self.policy.held("manager_human_resources").holder
        askers = self.involved.askers
        tell = self.kind == "staff" and askers & head and manager not in askers | self.involved.concerned
        return (manager,) if tell else ()

    def own_case(self, person: int) -> Why | None:
        """Return why this person may never decide it: they have a part in it, or lead the team that is investigated."""
        if why := self.involved.why(person):
            return why
        investigated = self.kind == "investigation"
        leads = investigated and person in _people_in_seat(self.policy, "team_leader", self.today)
        return "team_leader" if leads else None


def _people_in_seat(policy: Policy, name: RoleName, today: date) -> frozenset[int]:
    """Return the holder of a role, even if away, and the people who fill it today."""
    return frozenset({policy.held(name).holder, *policy.holders_on(name, today)})


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingCircumstances(RequestCircumstances):
    """A reader of a confidential report asks to hear a call (P13): it is decided like an investigation.

    Anyone who is kept out of the report, for any cause, counts as concerned.
    """

    reason: str = ""

    @property
    def kind(self) -> Literal["staff", "investigation"]:
        return "investigation"


def who_decides(case: RequestCircumstances, asked: int = 0) -> int:
    """Return who decides now, or 0 if no one may: the person already asked, while they may decide and are available."""
    if asked and case.hindrance(asked) is None and authority_of(case, asked, frozenset({asked})):
        return asked
    return next((one.person for one in current_route(case).approvers), 0)
