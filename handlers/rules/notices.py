"""When a notice to callers needs confirming, by whom, and who may enter an outage (P3).

| why       | asked for                                                                        |
|-----------|----------------------------------------------------------------------------------|
| `first`   | it was never confirmed: on the next working day                                  |
| `quarter` | so many calendar months after the last confirmation, when that day's work begins |
| `changed` | at once, when the wording, an address or a line differs from what was confirmed  |
| `no`      | on the working day after the owner answered no, since it has to be fixed first   |
| `seen`    | at once, when the pages no longer show the sentence, or can't be seen for two days |

All days are those of the company's home line. The owner is reminded each week; the weekly digest lists what is late.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from json import dumps
from typing import Literal, NamedTuple, get_args
from urllib.parse import unquote, urljoin, urlsplit

from dateutil.relativedelta import relativedelta

from handlers.policy import Policy, RoleName
from handlers.rules import Refused
from handlers.rules.routing import Circumstances
from handlers.rules.working_days import calendar_of, moment_of

Notice = Literal["phone", "website", "outgoing"]
Why = Literal["first", "quarter", "changed", "no", "seen"]
Answer = Literal["yes", "no", "unseen"]
NOTICES: tuple[Notice, ...] = get_args(Notice)
NAMES: Mapping[str, str] = {
    "phone": "Phone announcement", "website": "Notice on the website", "outgoing": "Notice on outgoing calls",
}  # fmt: skip
OVERSEEING: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")
"""Who sees all notices at home, and may enter an outage beside the owners."""
LONGEST_OUTAGE = 31
"""Days that one outage has at most."""
LOST_AFTER = timedelta(days=2)
"""How long the pages can't be seen before their owner is asked to look."""
_DAY = timedelta(days=1)


class Ended(NamedTuple):
    """A confirmation that is over: when (aware), of what (`digest`), and as what."""

    at: datetime
    digest: str
    state: str


class Seen(NamedTuple):
    """What the pages said, from when to when (aware), and the `digest` of the wording they were checked for."""

    at: datetime
    answer: str
    digest: str
    looked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCircumstances(Circumstances, clause="P3"):
    """One confirmation: it goes to the notice's owner, then to the officers who oversee all notices."""

    owner: RoleName

    @property
    def chain(self) -> tuple[RoleName, ...]:
        return tuple(dict.fromkeys((self.owner, *OVERSEEING, "breach_fallback")))


def owner_role(policy: Policy, notice: str) -> RoleName:
    """Return the role that confirms a notice."""
    return {
        "phone": policy.notices.owners.phone,
        "website": policy.notices.owners.website,
        "outgoing": policy.notices.owners.outgoing,
    }[notice]


def notice_digest(policy: Policy, notice: str) -> str:
    """Return a digest of the wording, addresses and lines that a notice is about, which changes when they do."""
    lines = sorted(policy.lines)
    parts = {
        "phone": [policy.notices.announcement, *lines],
        "website": [policy.notices.announcement, policy.notices.website, policy.notices.contact],
        "outgoing": [policy.notices.outgoing, *lines],
    }
    return sha256(dumps([notice, *parts[notice]]).encode()).hexdigest()


def next_due(policy: Policy, notice: str, last: Ended | None, seen: Seen | None, now: datetime) -> tuple[datetime, Why]:
    """Return from when (UTC) a notice with no open confirmation needs one, and why.

    `last` is the newest confirmation, and `seen` is what its page said.
    """
    if last is None:
        return next_working_morning(policy, now), "first"
    if last.state == "no":
        return next_working_morning(policy, last.at), "no"
    if last.digest != notice_digest(policy, notice):
        return now, "changed"
    if notice == "website" and seen and _is_gone(seen, last):
        return now, "seen"
    zone = policy.lines[policy.company.home_line].time_zone
    day = policy.company_day(last.at) + relativedelta(months=policy.notices.confirm_months)
    return moment_of(day, calendar_of(policy, policy.company.home_line).start, zone), "quarter"


def _is_gone(seen: Seen, confirmed: Ended) -> bool:
    """Return True if the pages stopped showing the sentence after it was confirmed; a later confirmation means that the
    owner has looked.
    """
    missing = seen.answer == "no" or (seen.answer == "unseen" and seen.looked_at - seen.at >= LOST_AFTER)
    return missing and seen.digest == confirmed.digest and seen.at > confirmed.at


def next_working_morning(policy: Policy, after: datetime) -> datetime:
    """Return when work begins (UTC) on the first working day of the home line after the day of a moment (aware)."""
    calendar = calendar_of(policy, policy.company.home_line)
    day = policy.company_day(after) + _DAY
    while calendar.off(day):
        day += _DAY
    return calendar.begins(day)


def next_reminder(policy: Policy, now: datetime) -> datetime:
    """Return when an owner is reminded next: a week later, when work begins."""
    return next_working_morning(policy, now + 6 * _DAY)


def home_city(policy: Policy) -> str:
    """Return the place by whose day the company counts, such as “Sydney”."""
    return policy.lines[policy.company.home_line].time_zone.rpartition("/")[2].replace("_", " ")


def check_outage(policy: Policy, now: datetime, first: date, last: date) -> None:
    """Raise `Refused` with a sentence at each field of an outage that needs fixing."""
    today, problems = policy.company_day(now), dict[str, str]()
    earliest = today - relativedelta(months=policy.retention.months)
    if last > today:
        problems["last"] = (
            f"This day is in the future: today is {today} in {home_city(policy)}. Please enter the rest once it is over."
        )
    if first > last:
        problems["first"] = "The first day is after the last. Please check both."
    elif (last - first).days >= LONGEST_OUTAGE:
        problems["last"] = f"An outage can have {LONGEST_OUTAGE} days at most. Please enter a longer one in parts."
    if first < earliest and first <= last:
        problems["first"] = f"Calls from that time are erased. Please choose {earliest} or later."
    if problems:
        raise Refused.at(problems, "P3")


def may_enter(policy: Policy, person: int, today: date) -> bool:
    """Return True if this person may enter an outage: owners of notices, the Head, the Manager, and their stand-ins."""
    roles = {*OVERSEEING, *(owner_role(policy, one) for one in NOTICES)}
    return any(_holds_role(policy, one, person, today) for one in roles)


def oversees_notices(policy: Policy, person: int, today: date) -> bool:
    """Return True if this person sees all notices: the Head, the Manager, Human Resources, and their stand-ins today."""
    return any(_holds_role(policy, one, person, today) for one in OVERSEEING)


def _holds_role(policy: Policy, role: RoleName, person: int, today: date) -> bool:
    """Return True if this person holds a role, even while away, or stands in for its holder today."""
    return person == policy.held(role).holder or person in policy.holders_on(role, today)


def page_hosts(policy: Policy) -> frozenset[str]:
    """Return the names that the bot may ask for a page: those of the two addresses and of the company's website."""
    named = (policy.notices.website, policy.notices.contact, policy.company.website)
    return frozenset(name for one in named if is_address(one) and (name := urlsplit(one).hostname))


def is_address(text: str) -> bool:
    """Return True if this page may be fetched: https, a host name, the usual port, and no password in it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    first, dot, last = (parts.hostname or "").rstrip(".").rpartition(".")
    named = bool(first and dot) and last[:1].isalpha() and not any(map(str.isspace, text))
    return parts.scheme == "https" and named and port in (None, 443) and "@" not in parts.netloc


NOT_TEXT = frozenset({"script", "style", "template", "title"})


class Verdict(NamedTuple):
    """What was seen, and in closed words why it is not a plain yes."""

    answer: Answer
    reasons: tuple[str, ...] = ()


class _Page(HTMLParser):
    """A page's text and the addresses of its links, resolved against the address of the page.

    `HTMLParser` calls the `handle_` methods while it is fed.
    """

    def __init__(self, page: str, address: str = "") -> None:
        super().__init__()
        self.text, self.links = "", list[str]()
        self._address, self._within = address, ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, the page's base, and where something begins that isn't text."""
        self._within = self._within or (tag if tag in NOT_TEXT else "")
        href = next((value for name, value in attrs if name == "href" and value), "")
        if tag == "base" and href:
            self._address = _join_address(self._address, href)
        elif tag == "a" and href:
            self.links.append(_join_address(self._address, href))

    def handle_endtag(self, tag: str) -> None:
        """End a tag whose content isn't text."""
        self._within = "" if tag == self._within else self._within

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.text += "" if self._within else data


def contains_wording(page: str, wording: str) -> Verdict:
    """Return whether the page's text contains these very words, however they are spaced."""
    wanted = _visible_letters(wording)
    found = bool(wanted) and wanted in _visible_letters(_Page(page).text)
    return Verdict("yes") if found else Verdict("no", ("wording_missing",))


def links_to_any(page: str, address: str, targets: frozenset[str]) -> Verdict:
    """Return whether the page at this address links to one of these; `www.`, a query, capitals and a final slash make
    no difference.
    """
    found = {_host_and_path(one) for one in _Page(page, address).links} & {_host_and_path(one) for one in targets} - {
        ""
    }
    return Verdict("yes") if found else Verdict("no", ("link_missing",))


def both_pages(website: Verdict, contact: Verdict) -> Verdict:
    """Judge both pages: no if one is wrong, yes only if both are right."""
    answers = {website.answer, contact.answer}
    answer: Answer = "no" if "no" in answers else "unseen" if "unseen" in answers else "yes"
    reasons = [f"{page}:{one}" for page, found in (("website", website), ("contact", contact)) for one in found.reasons]
    return Verdict(answer, tuple(reasons))


def decode_page(body: bytes, charset: str = "") -> str:
    """Decode a page by the server's `charset`, or as UTF-8."""
    try:
        return body.decode(charset or "utf-8-sig", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _visible_letters(text: str) -> str:
    """Strip white space and invisible characters such as soft hyphens, and join each letter with its accents."""
    plain = unicodedata.normalize("NFC", text)
    return "".join(one for one in plain if not one.isspace() and unicodedata.category(one) != "Cf")


def _join_address(address: str, href: str) -> str:
    """Return where a link on the page at `address` leads; empty if that can't be made out."""
    try:
        return urljoin(address, href.strip())
    except ValueError:
        return ""


def _host_and_path(address: str) -> str:
    """Return host and path of a web address as readers see them; empty if it isn't one."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""
    return host + unquote(parts.path).casefold().rstrip("/") if parts.scheme in ("http", "https") else ""
