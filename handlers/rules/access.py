"""What the policy says of a request for access: what may be asked, decided, withdrawn and heard, and until when (P7, P9)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.rules.reasons import compact_reference
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority

OPEN = ("waiting", "stuck")


def company_time(policy: Policy, now: datetime) -> datetime:
    """A moment (aware) on the clock of the company's home line."""
    return now.astimezone(ZoneInfo(policy.lines[policy.company.home_line].time_zone))


def company_day(policy: Policy, now: datetime) -> date:
    """The day by which absences count: that of the company's home line."""
    return company_time(policy, now).date()


def newest_day(policy: Policy, now: datetime, zone: str) -> date:
    """The day that it is already where the person is (an IANA zone, if it is known) or a line of the company."""
    zones = {zone or "UTC", *(one.time_zone for one in policy.lines.values())}
    return max(now.astimezone(ZoneInfo(one)).date() for one in zones)


def line_day(policy: Policy, line: str, at: datetime) -> date:
    """The day on which a line (E.164) has a moment (aware); for one of no policy, the day that the moment itself tells."""
    known = policy.line(line)
    return (at.astimezone(ZoneInfo(known.time_zone)) if known else at).date()


def check_request(policy: Policy, reason: str, asked: Collection[int], found: Collection[int]) -> None:
    """Whether a request may be filed; raises `Refused` at the field that must be mended (P6, P7)."""
    if reason not in policy.reasons:
        raise Refused.at({"reason": "Please choose one of the eight reasons."}, clause="P6")
    if not asked:
        raise Refused.at({"recordings": "Please choose at least one call."}, clause="P7")
    if len(asked) > policy.access.most_recordings:
        most = policy.access.most_recordings
        raise Refused.at(
            {"recordings": f"One request takes {most} calls at most. Please file the others separately."}, clause="P7"
        )
    if missing := len(set(asked) - set(found)):
        calls = "One of these calls is" if missing == 1 else f"{missing} of these calls are"
        raise Refused.at({"recordings": f"{calls} no longer there. Please choose again."}, clause="P7")


def request_fingerprint(requester: str, reason: str, recordings: Collection[int], crm: str, *more: str) -> str:
    """What makes two requests the same: who asks, for which calls, why, under which CRM reference, in which matter."""
    words = (" ".join(one.casefold().split()) for one in more)
    parts = [requester, reason, *map(str, sorted(set(recordings))), compact_reference(crm), *words]
    return sha256("\n".join(parts).encode()).hexdigest()


def check_open(state: str, already: str) -> None:
    """Only a request that waits can be decided; `already` says what became of it otherwise."""
    if state not in OPEN:
        raise Refused(already, code="already_" + state)


def check_in_scope(states: Collection[str]) -> None:
    """A call on a line that the policy doesn't name is heard by nobody (P4)."""
    if "out_of_scope" in states:
        told = "One of these calls is on a line that the policy does not name, so no one may hear it. Please deny this."
        raise Refused(told, clause="P4", code="out_of_scope")


def refusal_of_closed(state: str) -> Refused:
    """Why nobody hears a call in this state: its caller declined (P5), it is gone, or its time is over (P12)."""
    if state == "gone":
        return Refused("This call is no longer in the recording system.", clause="P7", code="gone")
    if state == "declined":
        return Refused("The caller declined to be recorded, so this call is locked.", clause="P5", code="declined")
    told = "This call’s time is over, so it is closed to everyone and its audio is erased."
    return Refused(told, clause="P12", code="past_its_moment")


def check_in_reach(*, declined: bool, audible: bool) -> None:
    """A call whose caller declined to be recorded is heard by nobody (P5); and of calls that are all over nothing is left to hear (P12)."""
    if declined:
        told = "The caller of one of these calls declined to be recorded, so no one may hear it now. Please deny this, or wait."
        raise Refused(told, clause="P5", code="declined")
    if not audible:
        told = "None of these calls can be heard any more, so there is nothing to approve. Please deny this."
        raise Refused(told, clause="P12", code="nothing_left")


def check_pass_on(asked_next: Collection[Authority]) -> None:
    """Only where somebody comes next: what nobody else may decide stays where it is."""
    if not asked_next:
        told = "No one comes after you for this request, so it stays with you. You can approve or deny it."
        raise Refused(told, code="nobody_next")


def check_answer(state: str, already: str, *, requester: bool, asked: bool) -> None:
    """Only the requester answers, and only while a question stands."""
    if not requester:
        raise Refused("Only the person who asked can answer this.", code="not_requester")
    check_open(state, already)
    if not asked:
        raise Refused("There is no open question on this request.", code="no_question")


def check_withdrawal(state: str, already: str, *, requester: bool, entitled: bool, access_open: bool) -> None:
    """The requester withdraws a request or gives access back; an approver takes access away."""
    if not requester and not entitled:
        raise Refused("Only the requester or an approver can withdraw this.", code="not_entitled")
    if access_open or (requester and state in OPEN):
        return
    if state in OPEN:
        raise Refused("No one has access yet. Press Deny if you don't want to give it.", code="nothing_to_withdraw")
    raise Refused(already, code="already_" + state)


def grant_until(policy: Policy, since: datetime, chosen: str = "") -> datetime:
    """When access ends that is given since a moment: so many days of 24 hours later as the approver chose, or as usual."""
    days = policy.access.default_days if not chosen else next((n for n in policy.access.days if str(n) == chosen), 0)
    if not days:
        lasts = ", ".join(map(str, policy.access.days))
        raise Refused(f"Access can last this many days: {lasts}. Please choose one of these.", code="no_such_length")
    return since + timedelta(days=days)


def check_more_time(*, requester: bool, audible: bool, reachable: bool, approver: str) -> None:
    """Only the holder asks for more time, while there is something to hear, and of the approver who gave access."""
    if not requester or not audible:
        raise Refused("You have no access to these calls.", code="no_grant")
    if not reachable:
        raise Refused(f"{approver} can’t be asked now. Please ask for the calls again.", code="not_reachable")


NUDGES = timedelta(days=1)
"""How often a requester may have those who decide reminded."""


def check_nudge(last: datetime | None, now: datetime, again: str, *, waiting: bool) -> None:
    """Once a day, while somebody is to decide; `again` says when it is possible next."""
    if not waiting:
        raise Refused("No one is deciding this at the moment, so there is no one to remind.", code="nobody_asked")
    if last is not None and now < last + NUDGES:
        raise Refused(f"You have already sent a reminder today. You can send another {again}.", code="too_soon")


def check_grant(
    now: datetime, ends_at: datetime, ended_at: datetime | None, *, holder: bool, when: str, why: str = ""
) -> None:
    """Whether a grant opens its recordings to this person now; asked again at every single request (P7).

    Only what ended before its time was withdrawn, and what has ended once stays so, whatever the clock says later.
    `when` says in words at which moment it is or will be over; `why`, where nobody ended it: lost to the random review.
    """
    if not holder:
        raise Refused("You have no access to these calls.", clause="P7", code="not_holder")
    if why == "lost":
        raise Refused(f"This call was taken out of the random review {when}.", clause="P10", code="lost")
    if ended_at is not None and ended_at < ends_at:
        told = f"Your access was withdrawn {when}. If you still need the calls, please ask again."
        raise Refused(told, clause="P7", code="withdrawn")
    if ended_at is not None or now >= ends_at:
        told = f"Your access ended by itself {when}. If you still need the calls, please ask again."
        raise Refused(told, clause="P7", code="ended")
