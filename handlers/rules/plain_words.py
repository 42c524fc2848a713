"""What somebody means who writes in words of their own: a question, a wish, or what is told in private; nothing is ever done by words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from handlers.policy import Policy

from . import word_groups
from . import wordings as says
from . import wordings_of_misuse as tells
from .accusing import somebody_did, somebody_erased
from .everyday import SMALL
from .explaining import COVERED, LOOSELY, seek
from .phrases import Phrases, stems
from .reference import written_in
from .search import is_sentence
from .spelling import LONGEST, plain, spelled

Kind = Literal[
    "report", "by_press", "state", "listeners", "route", "declines", "hold", "away", "customer", "recording",
    "question", "unknown",
]  # fmt: skip
Leaning = Literal["", "request", "policy"]
"""What somebody most likely wants who typed a command before the words."""
OPENS: frozenset[Kind] = frozenset({"hold", "away", "customer", "recording"})
"""What opens a form, where it is sure."""
_DID = re.compile(
    r"(?P<before>\w+\.? )?\b(?P<name>[A-Z][^\W\d_A-Z]+)(?:[’']s)? (?:(?:has|had|have|just|also|always|then) )?(?P<verb>[a-z]+)"
)
_DOING = re.compile(
    r"(?:ed|s|ing)$|^(?:sold|took|gave|told|sent|put|stole|got|heard|let|read|wrote|made|knew|saw|kept|had|has|wants"
    r"|forward|copy|play|share|send|post|upload|download)$"
)
_DONE = re.compile(
    r"^(?!(?:approv|confirm|decid|answer|grant|refus|reject)ed$)[a-z]*[^e]ed$|^(?:sold|took|gave|told|sent|stole)$"
)  # in an order: “approve Toms access” and “remind Tara that Helena approved it” tell of nothing
_OF_CUSTOMERS = frozenset(
    re.findall(
        r"\w+",
        """
        asked asks needs called calls phoned says claims complained complains promised agreed ordered cancelled disputes disputed
        contests wishes requests requested requires likes insists demands demanded mentioned noted is was as this its yes does was
        regards concerning regarding including perhaps sometimes always us
        """,
    )
)
_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "fam", "client", "customer", "caller", "with", "of", "from", "and")
)
_FIRST, _PIECE = 60, 80  # words that are read as a wish, and of each piece behind them
MOST = 4000  # characters in which a breach is looked for
_NUMBER = re.compile(r"(?:\d ?){6,}")
_DAY = re.compile(
    r"\b(?:todays?|yesterdays?|ago|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|last (?:week|month|year)"
    r"|this (?:morning|afternoon|week)|january|february|march|april|june|july|august|september|october|november|december"
    r"|\d{1,2}(?:st|nd|rd|th)|\d{1,2} ?[ap]m)\b"
)
_ID = re.compile(r"\b[A-Z]{1,2}-[2-9A-HJ-NP-Z]{8}\b")


@dataclass(frozen=True, slots=True)
class Meant:
    """What is meant; a form is opened only where that is `sure`. `matter` is the id of a matter that stands in the words, `text` are
    the words of a question without their slips.
    """

    kind: Kind
    sure: bool = True
    matter: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said: as it was written, spelled, and in stems. `asks` is put as a question; `number` and `day` tell which call is meant."""

    words: str
    text: str
    stems: str
    asks: bool
    number: bool
    day: bool
    leaning: Leaning

    def has(self, *said: Phrases) -> bool:
        return any(one.within(self.stems) for one in said)


def understand(policy: Policy, words: str, leaning: Leaning = "") -> Meant:
    """What these words mean: what sounds like a breach before all else (P13), and a wish only where it is no question (P1)."""
    said = _read(policy, words, leaning)
    found = next((kind for kind, fits in _LOOKS if fits(said)), None)
    if (found in OPENS or found == "by_press") and _accuses(said, words, found):
        found = "report"
    if found != "report" and any(_tells(one) for one in _further(words)):
        found = "report"
    matter = _ID.search(words.upper())
    if found in (None, "recording") and matter:
        return Meant("state", matter=matter[0])
    if found is None:
        about = seek(policy, said.text, LOOSELY if said.asks and said.has(says.CALLED, says.TOPIC) else COVERED)
        return Meant("question", text=said.text) if about else Meant("unknown")
    return Meant(found, _sure(said, found, words), matter[0] if matter else "")


def _read(policy: Policy, words: str, leaning: Leaning) -> _Said:
    text = spelled(plain(words), known())
    told = stems(text)
    number, day = (
        bool(written_in(words, policy.company.crm_pattern)) or _NUMBER.search(text) is not None,
        _DAY.search(text) is not None,
    )
    return _Said(words, text, told, says.QUESTION.within(told), number, day, leaning)


def _accuses(said: _Said, words: str, found: Kind) -> bool:
    """Whether a wish or an order tells of somebody's doing; to be reminded, or approved, is nothing that anybody did."""
    if somebody_did(words, known()) == "surely":
        return True
    if found in OPENS:
        return _named_did(words) or said.has(tells.COLLEAGUE_DID)
    return _named_did(words, _DONE) or (said.has(says.ERASES) and said.has(tells.COLLEAGUE_DID))


def _named_did(words: str, doing: re.Pattern[str] = _DOING) -> bool:
    """Whether a name that no title makes a customer's is followed by what it did, and that is not what customers do."""
    for found in _DID.finditer(words):
        name, before, verb = plain(found["name"]), (found["before"] or "").strip(" .").casefold(), found["verb"]
        if name not in known() and before not in _TITLES and verb not in _OF_CUSTOMERS and doing.search(verb):
            return True
    return False


def _further(words: str) -> Iterator[str]:
    """What stands behind what is read as a wish, in plain words, a piece at a time: nobody hides a breach behind many words."""
    rest = plain(words, MOST).split()[_FIRST:]
    for start in range(0, len(rest), _PIECE // 2):
        yield " ".join(rest[start : start + _PIECE])


def _tells(piece: str) -> bool:
    told = stems(spelled(piece, known()))
    return tells.REPORT.within(told) or _made_to(told) or somebody_erased(piece, known())


def _reports(said: _Said) -> bool:
    told = said.has(tells.REPORT) and not said.has(tells.OF_CALLERS)
    return told or _made_to(said.stems) or _names_somebody(said.text) or somebody_erased(said.words, known())


def _made_to(stems: str) -> bool:
    return tells.MADE_TO.within(stems) and not tells.ASKED_FROM_OUTSIDE.within(stems)


def _names_somebody(text: str) -> bool:
    """Whether it says that it reports, and behind it a word that stands for somebody: any that is not known for something else."""
    words = text.split()
    return any(
        word.startswith("report") and whom.isalpha() and whom not in tells.OF_WHAT
        and tells.REPORTS.within(stems(" ".join(words[: place + 1])))
        for place, (word, whom) in enumerate(pairwise(words))
    )  # fmt: skip


def _may_report(said: _Said) -> bool:
    innocent = said.has(tells.OF_CALLERS, tells.OF_ONESELF, says.I_HEAR, says.CUSTOMER_WANTS)
    return said.has(tells.MAYBE_REPORT) and not innocent


def _rules(said: _Said) -> bool:
    """A question about what is so, and no wish that is put as one, such as “could I hear the call of …”."""
    wish = said.has(says.POLITE_WISH) or (said.number and said.has(says.MAY_I))
    return said.asks and not wish


def _ordered(said: _Said) -> bool:
    return said.has(says.ORDERED) and not said.has(says.CUSTOMER_WANTS) and not _rules(said)


def _customer(said: _Said) -> bool:
    told = said.leaning != "policy" or said.number or said.has(says.WANTED, says.CUSTOMER_WANTS)
    return told and said.has(says.CUSTOMERS_WISH) and not _rules(said)


def _recording(said: _Said) -> bool:
    if said.has(says.NO_RECORDING) or _rules(said):
        return False
    if said.leaning == "request":
        return True
    called, wants = said.has(says.CALLED), said.has(says.WANTED)
    which = said.number or (said.day and (called or said.has(says.HEARD)))
    return (wants and (called or which)) or (which and not said.asks and said.leaning == "")


_LOOKS: tuple[tuple[Kind, Callable[[_Said], bool]], ...] = (
    ("report", _reports),
    ("declines", lambda said: said.has(says.DECLINES)),
    ("listeners", lambda said: said.has(says.LISTENERS)),
    ("route", lambda said: said.has(says.ROUTE)),
    ("by_press", _ordered),
    ("state", lambda said: said.has(says.STATE)),
    ("away", lambda said: said.has(says.AWAY) and not said.asks and not said.has(says.CALLED)),
    ("hold", lambda said: said.has(says.HOLD) and not said.asks and not said.has(says.NO_HOLD)),
    ("report", _may_report),
    ("customer", _customer),
    ("recording", _recording),
)


def _sure(said: _Said, kind: Kind, words: str) -> bool:
    """Whether no other form fits as well; only then one is opened without asking back."""
    if kind not in OPENS:
        return True
    if said.has(says.UNWISH) or len(words) > LONGEST or (kind != "away" and somebody_did(words, known())):
        return False
    match kind:
        case "customer":
            return said.has(says.PLAINLY_CUSTOMERS) or not said.has(says.WANTED, says.OWN_WISH)
        case "recording" if said.has(says.I_HEAR, says.POLITE_WISH):
            return not said.has(says.OTHERS_WISH)
        case "recording":
            return _is_search(said)
        case "hold":
            return not said.has(says.HEARD)
        case _:
            return True


def _is_search(said: _Said) -> bool:
    """A few words, or nothing but a number, a day and words of ours: what somebody types who looks for a call."""
    odd = [word for word in said.text.split() if word not in known() and not word[0].isdigit()]
    return (not is_sentence(said.text) and said.leaning == "request") or (not odd and not said.has(says.OTHERWISE))


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The words by which we tell what is meant, and those that stand everywhere."""
    return SMALL | word_groups.known()
