"""Who is said to have done something, also in small letters, or as he and she: whoever writes that tells of it, and wishes for no form (P13)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from typing import Literal

from .phrases import stems
from .spelling import LONGEST, plain, spelled
from .word_groups import GROUPS

Told = Literal["surely", "perhaps", ""]
_PAUSE = ","
_MARK = re.compile(r"[,;:.!?–—…]| - ")
_SHORT = re.compile(r"\b(mr|mrs|ms|dr|fam)\.", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", text))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stems(" ".join(re.findall(r"[a-z]+", text))).split())


_PRONOUNS = _words("he she they")
_NO_STAFF = _words("of in my our staff team sales billing support hr")
_STAFF = _words(GROUPS["worker"].replace("_", " ")) - _NO_STAFF | _words("someone somebody")
_POINTS = _words("a an the this that these those my your his her its our their all any both every some")
_LEADS_ON = _words("on in at about and or with to from mr mrs ms miss dr fam client customer caller")
_NO_NAME = (_POINTS - {"that"}) | _LEADS_ON | _words("of by")
_THINGS = _words(
    """
    nobody noone none everything something anything nothing system software bot machine computer program script server app law mistake
    accident itself hand default error backup upgrade update restore undelete list old
    delivery payment invoice price refund discount parcel package shipment shipping supplier company contract fee account
    address billing sales support accounts weve youve theyve well theyd youd website internet item items goods product products offer quote bill bills tickets orders
    """
)
"""What stands in front of what was done, and is nobody."""
_BETWEEN = _words("has had have just also always then already ever once")
_GOING_ON = _words("is was been keeps kept")
_ERASED = _words(
    "erased deleted wiped purged destroyed removed erases deletes wipes purges destroys removes erasing deleting wiping purging destroying removing"
)
_RID_OF = ("rid", "of")
_BAD = _words(
    """
    sold gave took told sent stole shared forwarded posted played uploaded copied downloaded emailed bragged leaked published exported
    edited altered falsified insulted shouted threatened abused harassed bullied mocked swore screamed yelled lied cheated hid sells steals
    """
)
"""What a colleague must not do with calls, or on them."""
_DOES = re.compile(r"[^e]ed$|^(?:put|got|heard|let|read|wrote|made|knew|saw|kept|broke|did)$")
_OF_CUSTOMERS = _words(
    """
    asked needed called phoned claimed complained promised agreed ordered cancelled canceled disputed contested wished requested required
    liked insisted demanded mentioned noted
    """
)
_BEHIND = _words("because since as cos bcos coz cause") | {_PAUSE}
_BEGINS = _BEHIND | _words("that think but and where when if says said saw know hi hello")
_TO_US, _WITHIN = _words("me us"), _words("in from")


@cache
def _customers() -> frozenset[str]:
    return _stems(GROUPS["customer"]) - _stems("somebody on the line")


@cache
def _calls() -> frozenset[str]:
    return _stems(f"{GROUPS['call']} copy evidence")


@dataclass(frozen=True, slots=True)
class _Said:
    """What was written, spelled, a word at a time, with `,` for each mark behind a piece; `known` are the words that are no names."""

    words: tuple[str, ...]
    known: frozenset[str]

    def at(self, place: int) -> str:
        return self.words[place] if 0 <= place < len(self.words) else _PAUSE

    def doer(self, verb: int) -> int:
        """Where the one stands who did what stands at a place, whatever came in between."""
        going_on, place = self.at(verb).endswith("ing"), verb - 1
        while self.at(place) in _BETWEEN or self.at(place).endswith("ly") or (going_on and self.at(place) in _GOING_ON):
            place -= 1
        return place - 2 if self.at(place - 1) in _WITHIN else place

    def may_be_name(self, place: int) -> bool:
        word = self.at(place)
        return len(word) > 1 and word.isalpha() and word not in self.known

    def before_name(self, place: int) -> str:
        """The word in front of a name, which may be of several words."""
        while self.may_be_name(place - 1):
            place -= 1
        return self.at(place - 1)

    def is_name(self, place: int, but: frozenset[str] = _NO_NAME) -> bool:
        return self.may_be_name(place) and self.before_name(place) not in but

    def tells_of_caller(self, place: int) -> bool:
        """Whether he or she who stands at a place may be a customer, since one was spoken of."""
        return not _customers().isdisjoint(stems(" ".join(self.words[:place])).split())


def somebody_erased(words: str, known: frozenset[str]) -> bool:
    """Whether these words say that somebody erased calls, or that they were erased by somebody; `known` are words that are no names."""
    said = _read(words, known)
    return any(
        _erased_by_whom_stands_before(said, place) or _erased_by_whom_stands_behind(said, place)
        for place, word in enumerate(said.words)
        if word in _ERASED or said.words[place : place + 3] == ("got", *_RID_OF)
    )


def somebody_did(words: str, known: frozenset[str]) -> Told:
    """Whether these words say that somebody did what nobody may, or perhaps did; `known` are words that are no names."""
    said = _read(words, known)
    found = {_did(said, place) for place in range(len(said.words))}
    return "surely" if "surely" in found else "perhaps" if "perhaps" in found else ""


def _read(words: str, known: frozenset[str]) -> _Said:
    pieces, ours = _MARK.split(_SHORT.sub(r"\1", words[:LONGEST])), _with_verbs(known)
    return _Said(tuple(f" {_PAUSE} ".join(spelled(plain(one), ours) for one in pieces).split()), ours)


@lru_cache(maxsize=1)
def _with_verbs(known: frozenset[str]) -> frozenset[str]:
    """With what was done, which is neither a name nor a slip of another form."""
    return known | _ERASED | _BAD | _OF_CUSTOMERS | _THINGS | _BEGINS


def _erased_by_whom_stands_before(said: _Said, verb: int) -> bool:
    behind = takewhile(lambda word: word != _PAUSE, said.words[verb + 1 : verb + 6])
    what = [word for word in behind if word not in _RID_OF]
    return _is_of_calls(what) and _can_have_erased(said, said.doer(verb), what[0])


def _can_have_erased(said: _Said, doer: int, what: str) -> bool:
    if said.at(doer) in _PRONOUNS:
        return not said.tells_of_caller(doer)
    named = said.is_name(doer) and (what in _POINTS or said.before_name(doer) in _BEGINS)
    return named or said.at(doer) in _STAFF


def _erased_by_whom_stands_behind(said: _Said, verb: int) -> bool:
    whom = verb + (3 if said.at(verb + 2) in _POINTS else 2)
    return (
        said.at(verb + 1) == "by"
        and (said.at(whom) in _STAFF or (whom == verb + 2 and said.may_be_name(whom)))
        and _is_of_calls(said.words[:verb])
    )


def _is_of_calls(words: Iterable[str]) -> bool:
    return not _calls().isdisjoint(stems(" ".join(words)).split())


def _did(said: _Said, verb: int) -> Told:
    doer, bad = said.doer(verb), said.at(verb) in _BAD and said.at(verb + 1) not in _TO_US
    if said.at(doer) in _PRONOUNS:
        return "surely" if bad and _is_colleague(said, doer) else ""
    if said.at(doer) in _STAFF:
        return "surely" if bad else ""
    if not said.is_name(doer):
        return ""
    before = said.before_name(doer)
    if bad and (before != "for" or said.at(verb + 1) in _POINTS):
        return "surely"
    return "perhaps" if before in _BEHIND and _does(said, verb) else ""


def _is_colleague(said: _Said, pronoun: int) -> bool:
    """Whether he or she, behind a pause or a reason, is most likely somebody who was named before, and no caller."""
    named = any(said.at(one) in _STAFF or said.is_name(one, _NO_NAME - {"of", "by"}) for one in range(pronoun))
    return named and said.at(pronoun - 1) in _BEHIND and not said.tells_of_caller(pronoun)


def _does(said: _Said, verb: int) -> bool:
    word, behind = said.at(verb), said.at(verb + 1)
    if word in _OF_CUSTOMERS:
        return False
    going_on = word.endswith("ing") and said.at(verb - 1) in _GOING_ON
    now = word.endswith("s") and (behind in _POINTS or behind in _TO_US or behind in ("it", "them", "at"))
    return bool(_DOES.search(word)) or word in _BAD or going_on or now
