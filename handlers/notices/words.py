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
    "no": "It was answered no, so it has to be mended and is asked for anew.",
    "seen": "I looked at the pages after it was confirmed, and something there is not as it should be.",
    "lost": "I saw the notice on its page and the link to it until {until}, and can’t see them since.",
}
SAW: Mapping[str, str] = {
    "yes": "The words stand in the page’s text, the Contact us page links to it, and nothing in the two pages themselves hides either.",
    "no": "It is not as it should be:",
    "unseen": "It could not be seen:",
}
PAGES: Mapping[str, str] = {"website": "the page with the notice", "contact": "the Contact us page"}
REASONS: Mapping[str, str] = {
    "wording_missing": "{page} does not have these words",
    "wording_hidden": "the words are in {page}, but hidden from whoever reads it",
    "wording_doubtful": "the words are in {page}, but I can’t tell whether a reader sees them",
    "link_missing": "{page} has no link to the notice",
    "link_hidden": "the link on {page} is hidden from whoever reads it",
    "link_doubtful": "{page} has the link, but I can’t tell whether a reader sees it",
    "link_insecure": "the link on {page} begins with http, so I can’t tell where it leads",
    "link_near": "{page} has a link that may lead to the notice, but is written otherwise than the policy’s address",
    "scripts": "{page} as it comes does not have it, but has scripts or frames that may show more, which I do not run",
    "no_address": "the policy names no https address for {page}",
    "not_listed": "{page} leads to a name that is not listed",
    "not_https": "{page} leads to an address without https",
    "too_many": "{page} leads on and on",
    "private": "the name of {page} leads to an address that is not public",
    "no_name": "the name of {page} was not found",
    "unreachable": "{page} could not be reached",
    "certificate": "the certificate of {page} is not right",
    "slow": "{page} took too long",
    "too_big": "{page} is larger or more deeply nested than I read",
    "status": "the server answered with an error for {page}",
    "not_text": "{page} is no web page of text",
    "unreadable": "{page} could not be read",
}
MOVED = "moved"
"""A remark takes nothing from an answer."""
REMARKS: Mapping[str, str] = {
    MOVED: "{page} has moved for good, so please write its new address into the policy",
    "unread": "{page} also has style sheets or scripts from elsewhere, which I did not read",
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
