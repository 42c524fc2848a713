"""What the bot itself noticed comes as a report like any other: facts without a verdict, once for each cause (P13)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.breach.reporting import from_bot
from handlers.breach.showing import words_of
from handlers.breach.vault import Vault
from handlers.handling import handler
from handlers.rules.access import company_day
from handlers.words import counted
from storage.noticed import Entered, Noticed

MOST_TOLD = 20
VANISHED = "Calls are no longer in the recording system, before their time. I did not ask for it, so somebody else took them away."
ASTRAY = "A mail to a customer went to a wrong address. Its link was ended as soon as that was known."
WRONG_ADDRESS = "customer.wrong_address"


@handler("breach.notice", clause="P13", private=True)
def notice(act: Act) -> Done[int]:
    """Everything that the database shows now and that was not reported; how many reports that made."""
    vault, noticed = Vault(act), Noticed(act.store.session)
    return Done(_vanished(act, vault, noticed) + sum(_astray(act, vault, one) for one in noticed.done(WRONG_ADDRESS)))


def _vanished(act: Act, vault: Vault, noticed: Noticed) -> int:
    """One report a day; by what lay there too, so that a call that came back and is gone again is another cause."""
    calls, today = noticed.vanished(act.now), f"vanished:{company_day(act.policy, act.now)}"
    if not calls or vault.has_cause(today):
        return 0
    causes = {f"vanished:{one.id}:{one.stamp}": one.id for one in calls}
    new = [causes[name] for name in vault.new_causes(causes)]
    if not new:
        return 0
    vault.new_causes([today])
    told = [f"Call {one.id}, {words_of(act, one)}" for one in act.store.recordings.all_of(new[:MOST_TOLD])]
    more = [f"And {counted(len(new) - MOST_TOLD, 'other')}."] if len(new) > MOST_TOLD else []
    from_bot(act, vault, "\n".join([VANISHED, *told, *more]))
    return 1


def _astray(act: Act, vault: Vault, entry: Entered) -> int:
    """Whoever entered the address, and whoever released it, have no part in what is made of it."""
    told = entry.detail
    if not vault.new_causes([f"astray:{told['mail']}"]):
        return 0
    ids = {told[name] for name in ("addressed_by", "released_by") if told.get(name) is not None}
    calls = ", ".join(map(str, told["recordings"])) or "none"
    words = f"Request {entry.subject}, found on {entry.at[:10]}; calls by their number: {calls}"
    from_bot(act, vault, f"{ASTRAY}\n{words}", [one.email_key for one in act.store.people.named(ids).values()])
    return 1
