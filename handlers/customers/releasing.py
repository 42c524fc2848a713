"""Releasing a customer's request: what is confirmed, the link, and the mail with it, in one commit (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handlers import commitments
from handlers.acting import Act, Done
from handlers.approved import versions
from handlers.customers import letters, post
from handlers.customers.deciding_forms import ReleaseForm, WeighedForm
from handlers.customers.intents.deciding import Release, SendNewLink
from handlers.customers.intents.passing_time import LinkEnds
from handlers.customers.links import make_link, on_record
from handlers.customers.turns import Turn, decided, kept_for_link, remarked, to_answer, turn
from handlers.customers.view import View
from handlers.letters import Written
from handlers.matters.asking import changed
from handlers.rules import customer_release as rule
from handlers.rules.refusal import Refused
from storage.records import Recording

LIVES = "The link still works. Press Passcode."
LISTEN_ONLY = "Where you choose below that they may listen and get no copy, the mail says instead:"


def introduction(act: Act, about: str) -> str:
    """The mail as it will be sent, and the whole address; raises `Refused` where it could not be released. `about` as of `Release.of`."""
    request, _, seen = about.partition(":")
    found = _ready(act, request)
    rule.as_shown(seen, found.view.shown_mark)
    told = [_letter(act, found, gives) for gives in ("copy", "listen")]
    if found.view.request.wants != "copy":
        return letters.preview(found.known.address, told[1], letters.OPEN)
    instead = "\n\n".join(one for one in told[1].paragraphs if one not in told[0].paragraphs)
    return f"{letters.preview(found.known.address, told[0], letters.OPEN)}\n\n{LISTEN_ONLY}\n\n{instead}"


def release(act: Act, intent: Release) -> Done[None]:
    """P8: identity, own call and address are confirmed; nobody's permission is asked, and no hold stops it."""
    form = intent.form
    found = _ready(act, intent.request)
    rule.as_shown(intent.seen, found.view.shown_mark)
    weighed = form.weighed if isinstance(form, WeighedForm) else ""
    rule.weigh(form.voices, weighed)
    return _released(act, found, form, weighed)


def there(act: Act, view: View) -> list[Recording]:
    """The calls of which there is audio for this customer: open to people, or kept for this request."""
    kept = {one.recording_id for one in act.store.erasures.kept_by(view.request.id)}
    return [one for one in view.recordings if _is_there(act, view, one, kept=one.id in kept)]


def _is_there(act: Act, view: View, one: Recording, *, kept: bool) -> bool:
    if not one.closed(act.now):
        return one.state == "present"
    there = kept and one.state in ("present", "closed")
    return there and act.store.erasures.keeps_for(one.id, view.request.id, act.now)


def _ready(act: Act, request_id: str) -> Turn:
    found = to_answer(act, request_id)
    request, known = found.view.request, found.known
    named, audible = len(found.view.recordings), there(act, found.view)
    rule.release(
        rule.Known(
            identified=known.identified is not None, address=bool(known.address), calls=named,
            there=len(audible), locked=not audible and found.view.is_locked,
            letter=request.asker != "authority" or bool(known.authority), mail=bool(act.copies_at),
        )
    )  # fmt: skip
    return found


def send_new_link(act: Act, intent: SendNewLink) -> Done[None]:
    """P8: the link is over, or has had all its passcodes: the same calls go by another one, in the same way."""
    found = turn(act, intent.request)
    view, request = found.view, found.view.request
    rule.as_shown(intent.seen, view.shown_mark)
    if not view.needs_new_link:
        raise Refused(LIVES, clause="P8", code="link_lives")
    if not there(act, view):
        raise Refused(rule.GONE, clause="P8", code="erased")
    if not act.copies_at:
        raise Refused(rule.MAIL, clause="P8", code="no_mail")
    return _sent_by_link(act, found, view.links[0].gives, {"sealed": commitments.of_customer(request)})


def _released(act: Act, found: Turn, form: ReleaseForm, weighed: str) -> Done[None]:
    request = found.view.request
    gives = "listen" if form.voices == "listen_only" or request.wants != "copy" else "copy"
    detail: dict[str, Any] = {"voices": form.voices, "sealed": commitments.of_customer(request)}
    if weighed:
        detail |= remarked(act, found.view, found.known, "another_voice", weighed)
    return _sent_by_link(act, found, gives, detail)


def _sent_by_link(act: Act, found: Turn, gives: str, detail: dict[str, Any]) -> Done[None]:
    """The link and its mail, in one commit; what the log says of it beside `detail`."""
    view, request = found.view, found.view.request
    link, code = make_link(act, request, gives)
    stepped_in = decided(act, found, "released")
    letter = _letter(act, found, gives, f"{act.copies_at}#{code}")
    mailed = _sent(act, found, letter, link.id)
    act.store.deadlines.set(LinkEnds.action, request.id, link.ends_at)
    act.store.write_down()
    _as_they_are(act, request.id, view.recordings)
    kept = kept_for_link(act, view, link)
    calls = {**on_record(link, request, view.recordings), **versions(view.recordings), **kept}
    return Done(None, changed(view), detail={"gives": gives, **detail, **mailed, **calls, **stepped_in})


def _letter(act: Act, found: Turn, gives: str, link: str = "") -> Written:
    view = found.view
    number = len(there(act, view))
    return letters.copy(act.policy, view.request, found.known, number, link, gives=gives)


def _sent(act: Act, found: Turn, letter: Written, link: str) -> dict[str, Any]:
    """The mail waits for the delivery; the log knows to whom by a mark alone."""
    request, to = found.view.request, found.known.address
    mail = post.put(act, request, "copy", post.Envelope(to=to, written=letter), link)
    return post.on_record(act, request, mail, to)


def _as_they_are(act: Act, request: str, recordings: Iterable[Recording]) -> None:
    """What is released are the calls as they are now, also where one became another since it was asked for."""
    now = {one.id: one.version for one in recordings}
    for named in act.store.recordings.named_by(request):
        named.version = now[named.recording_id]


DOES = (Release.by(release), SendNewLink.by(send_new_link))
