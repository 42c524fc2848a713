"""What notices, their reasons and their answers are called to people; all of it stands here (P3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.words import capital

NAMES: Mapping[str, str] = {
    "phone": "Phone announcement",
    "website": "Notice on the website",
    "outgoing": "Words on outgoing calls",
}
WHY: Mapping[str, str] = {
    "first": "Nobody has confirmed this notice yet.",
    "quarter": "It is confirmed every {months}, and that time has come.",
    "changed": "Its wording, an address or a line is another than was confirmed.",
    "no": "The answer was no, so it has to be fixed. I ask again.",
    "seen": "I looked at the pages after it was confirmed, and something there is not as it should be.",
    "lost": "I saw the notice on its page and the link to it until {until}, and can’t see them since.",
}
SAW: Mapping[str, str] = {
    "yes": "The words are in the page’s text, and the Contact us page links to it.",
    "no": "It is not as it should be:",
    "unseen": "It could not be seen:",
}
PAGES: Mapping[str, str] = {"website": "the page with the notice", "contact": "the Contact us page"}
REASONS: Mapping[str, str] = {
    "wording_missing": "{page} does not contain these words",
    "link_missing": "{page} has no link to the notice",
    "no_address": "the policy names no https address for {page}",
    "not_listed": "{page} leads to a name that is not listed",
    "not_https": "{page} leads to an address without https",
    "too_many": "{page} leads on and on",
    "private": "the name of {page} leads to an address that is not public",
    "no_name": "the name of {page} was not found",
    "unreachable": "{page} could not be reached",
    "certificate": "the certificate of {page} is not right",
    "slow": "{page} took too long",
    "too_big": "{page} is larger than I read",
    "status": "the server answered with an error for {page}",
    "not_text": "{page} is no web page of text",
    "unreadable": "{page} could not be read",
}
MOVED = "moved"
"""A remark takes nothing from an answer."""
REMARKS: Mapping[str, str] = {
    MOVED: "{page} has moved for good, so please write its new address into the policy",
}


def reasons(found: Iterable[str]) -> str:
    """Why it was not a plain yes, in words; what this version does not know is left out."""
    told = []
    for one in found:
        page, _, reason = one.partition(":")
        sentence = REMARKS.get(reason) or REASONS.get(reason, "")
        if sentence and page in PAGES:
            told.append(sentence.format(page=PAGES[page]))
    return "; ".join(told)


def overruled(who: str, why: str) -> str:
    """A person's word against what was seen, as a sentence."""
    return f"I saw a no, {who} looked: “{' '.join(why.split())}”"


def saw(answer: str, found: Iterable[str]) -> str:
    """What the pages were seen to say, as a sentence or two."""
    why = reasons(found)
    if answer == "yes":
        return f"{SAW['yes']} {capital(why)}{'.' if why else ''}".strip()
    return f"{SAW.get(answer, SAW['unseen'])} {why or 'I can’t say why'}."
