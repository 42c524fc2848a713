"""What has to be there before a customer is answered; each refusal says what to do (P8)."""

from __future__ import annotations

from dataclasses import dataclass

from .refusal import Refused

"""How far off the day may be by which a late answer is announced."""
IDENTITY = "Nobody has written down yet how it was checked who asks. Whoever filed it adds that on its card."
ADDRESS = "There is no e-mail address yet. Whoever filed it adds the one that the customer names on its card."
CALLS = (
    "It names no call. Press Ask a question to find out which one is meant, and have the request filed again with it, by the same"
    " name and address: it stays one request, and the clock goes on. Else press Refuse."
)
GONE = "The recordings that it names are erased or no longer there. Press Refuse, and choose the reason that fits."
LOCKED = (
    "The caller asked not to be recorded, so this call is locked until it is decided whether the recording is kept. It is still"
    " there, so please don’t refuse this as a call that we don’t hold. You can release it after the decision."
)
LETTER = (
    "Which letter gives them authority, and of what day, is not written down. Press Ask a question, and have the request filed"
    " again with it: it stays one request, and the clock goes on."
)
MAIL = (
    "Mail is not set up here, so nothing can be sent. Please ask whoever runs the bot: recording-steward check says what is"
    " missing. The clock goes on."
)
WEIGHED = "Please write why the customer may hear it although somebody else is in it."
CHANGED = (
    "Something of this request is no longer as it was shown to you: a call, the address, or who asks for what. So nothing was"
    " done. Please press Details, look again, and open the form anew."
)
HOW_TOLD = "Please write how and on which day they were told: {why}"
GOES = (
    "There is an address, so the letter goes by mail, and counts once the mail server has it. Please leave this empty."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a request when somebody presses Release: whether it is there; `calls` are named, `there` have audio.

    `locked`: none can be had now, and at least one is only locked since its caller declined.
    `letter`: the kind and day of the letter that gives authority, where one is needed. `mail`: letters can be sent.
    """

    identified: bool
    address: bool
    calls: int
    there: int
    letter: bool
    mail: bool
    locked: bool = False


def release(known: Known) -> None:
    """Raises `Refused` with everything that is missing, each with what to do."""
    wanted = (
        ("not_identified", IDENTITY, known.identified), ("no_letter", LETTER, known.letter), ("no_call", CALLS, known.calls > 0),
        ("locked", LOCKED, not known.locked), ("erased", GONE, known.there > 0 or known.calls == 0 or known.locked), ("no_address", ADDRESS, known.address), ("no_mail", MAIL, known.mail),
    )  # fmt: skip
    missing = [(code, words) for code, words, there in wanted if not there]
    if missing:
        raise Refused(" ".join(words for _, words in missing), clause="P8", code=missing[0][0])


def as_shown(seen: str, now: str) -> None:
    """A release is for what was shown; both are marks of it, and no mark is nothing that was seen. Raises `Refused`."""
    if seen != now:
        raise Refused(CHANGED, clause="P8", code="not_as_shown")


def weigh(voices: str, words: str) -> None:
    """Raises `Refused` where somebody else is heard, the customer may hear it all the same, and nobody says why."""
    if voices == "may_hear" and not words:
        raise Refused.at({"weighed": WEIGHED}, "P8")


def by_mail(told: str, *, address: bool, mail: bool) -> bool:
    """Whether a refusal goes by mail; where it can't, somebody has to have `told` the customer otherwise, and says how.

    Raises `Refused` until that is said; and where it is said of a letter that can go, since no word stands for the mail server's.
    """
    if address and mail:
        if told:
            raise Refused.at({"told": GOES}, "P8")
        return True
    if told:
        return False
    why = "there is no e-mail address." if not address else "mail is not set up here."
    raise Refused.at({"told": HOW_TOLD.format(why=why)}, "P8")
