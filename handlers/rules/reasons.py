"""A reason to listen (P6) as the policy has it; one that it had once is told by its key, and decided as it was asked."""

from __future__ import annotations

import re

from handlers.policy import Policy
from handlers.policy.terms import Reason

from .spelling import Phrases, plain, spelled, stems

GONE = "no longer in the policy"
_SPECIAL = Phrases(
    """
    lawyer/solicitor/attorney/barrister/police/court/tribunal/lawsuit/law_suit/sue/suing/sued/litigation/claim/prosecution/prosecutor
    disciplinary/discipline/disciplined/dismissal/dismiss/sack/sacked/subpoena/judge/detective/legal/law_firm/counsel/investigation
    investigate/to_fire/proceedings/ombudsman/ombudsperson/affidavit/arbitration/mediation/arbitrator
    """,
    {},
)
_KNOWN = frozenset(
    re.findall(
        r"\w+",
        """
        lawyer lawyers solicitor attorney police court tribunal lawsuit litigation claim claims disciplinary discipline barrister
        investigation dismissal prosecution prosecutor
        """,
    )
)
_WHOLE = 2000  # characters: all that fits into the form
_LONGEST = 40  # characters of a key


def sounds_special(policy: Policy, reason: str, words: str) -> bool:
    """Whether a request for a reason of staff speaks of what is decided by another route, so that it is asked about (P9)."""
    chosen = policy.reasons.get(reason)
    return (
        chosen is not None and chosen.route == "staff" and _SPECIAL.within(stems(spelled(plain(words, _WHOLE), _KNOWN)))
    )


def reason_of(policy: Policy, key: str, *, longer: bool) -> Reason:
    """`longer` says that it was asked on the form of an investigation, which alone settles who decides where the policy has
    the reason no more.
    """
    if (known := policy.reasons.get(key)) is not None:
        return known
    words = " ".join(key.replace("_", " ").split())[:_LONGEST].capitalize()
    # Not checked as a file is: nothing that stands in an old row may keep its card from being drawn.
    return Reason.model_construct(
        label=f"{words} ({GONE})", clause="P9" if longer else "P6", route="investigation" if longer else "staff",
        announced=True,
    )  # fmt: skip
