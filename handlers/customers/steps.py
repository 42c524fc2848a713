"""What people do with a customer's request once it is filed: add to it, answer it, and say what became of its mail (P8)."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from handlers import phrases, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.cards import Written
from handlers.customers import cards, filing, forms, letters, links, state
from handlers.customers.state import CustomerCase, Details
from handlers.matters.asking import bump_and_redraw, close_matter, take_part
from handlers.matters.reminding import lateness_detail, schedule_reminder
from handlers.rules import Refused, deadlines
from handlers.rules import customers as rule
from handlers.rules.access import newest_day
from handlers.rules.routing import Authority
from storage.customers import LINK_ENDS, ON_ITS_WAY
from storage.records import Recording
from storage.tables.calls import Keep
from storage.tables.customers import ALIVE, CustomerLetter

CHOSEN = "[the reason that you choose below]"


@handler("customer.identify", clause="P8", about="request")
def identify_customer(ctx: Context, request: str, form: forms.IdentityForm) -> Result[None]:
    """Record how the person who asks was identified; any holder of the card may do this, the filer too."""
    case, known = _load_open(ctx, request)
    state.save_details(ctx, case.matter, known.model_copy(update={"identified": filing.identified_by(ctx, form.check)}))
    return Result(None, (*bump_and_redraw(case), *_tell_releasers(ctx, case, "identified a customer", "identified")))


@handler("customer.readdress", clause="P8", about="request")
def change_address(ctx: Context, request: str, form: forms.AddressForm) -> Result[None]:
    """Change the address. Anyone who ever entered one can't release the request, even if it was retyped since."""
    case, known = _load_open(ctx, request)
    address = filing.check_address(ctx, form.address, case.matter.asker, case.recordings)
    by = list(dict.fromkeys((*known.addressed_by, ctx.me.id)))
    state.save_details(ctx, case.matter, known.model_copy(update={"address": address, "addressed_by": by}))
    detail, effects = filing.ask_other_releasers(ctx, case.matter)
    told = _tell_releasers(ctx, case, "entered an address for a customer", "address")
    return Result(None, (*effects, *told), detail=detail)


@handler("customer.question", clause="P8", about="request_id")
def ask_a_question(ctx: Context, request_id: str, form: forms.QuestionForm) -> Result[None]:
    """P8: ask everyone who filed it; the deadline keeps running."""
    case, known, _ = state.load_to_answer(ctx, request_id)
    state.add_remark(ctx, case.matter, known, "question", form.words)
    words = f"{ctx.me.name} asked a question about a customer’s request."
    asked = telling.tell_of(case.matter.id, case.clerks, words, f"question:{request_id}:{case.matter.revision}")
    return Result(None, (*bump_and_redraw(case), *asked))


@handler("customer.answer", clause="P8", about="request")
def answer_question(ctx: Context, request: str, form: forms.AnswerForm) -> Result[None]:
    """P8: answer a question; the person who asked and the releasers are told."""
    case, known = _load_open(ctx, request)
    asked = known.last("question", "answer")
    if asked is None:
        raise Refused("This question has already been answered.", clause="P8", code="no_question")
    state.add_remark(ctx, case.matter, known, "answer", form.words)
    told = _tell_releasers(ctx, case, "answered your question about a customer’s request", "answer", also=[asked.by])
    return Result(None, (*bump_and_redraw(case), *told))


@handler("customer.withdraw", clause="P8", about="request_id")
def withdraw_request(ctx: Context, request_id: str, form: forms.WithdrawForm) -> Result[None]:
    """Withdraw the request for the customer: its link ends, unsent mail is dropped, and it is closed."""
    case, known = _load_withdrawable(ctx, request_id)
    request, here = case.matter, ZoneInfo(phrases.line_words(case.matter.line, ctx.policy)[1])
    day = form.on_day or ctx.now.astimezone(here).date()
    if not request.received_at.astimezone(here).date() <= day <= newest_day(ctx.policy, ctx.now, ctx.me.zone):
        raise Refused.at({"on_day": "They can’t have withdrawn it before they asked, or after today."}, "P8")
    state.add_remark(ctx, request, known, "withdrawn", f"{day.isoformat()}: {form.words}")
    ended = [one for one in case.letters if one.link in ALIVE]
    for one in ended:
        links.end_link(one, "withdrawn")
        one.ends_at, one.passcode = min(one.ends_at, ctx.now), ""
    mails, late = letters.call_back_letters(ctx, case.letters), filing.note_missed(ctx, request)
    detail = {"links": [one.id for one in ended], "mails": mails, **late}
    close_matter(ctx, request, "withdrawn")
    filers = (request.filed_by, *(one.person_id for one in case.parties if one.part == filing.FILER))
    told = _tell_releasers(ctx, case, "noted that a customer withdrew their request", "withdrawn", also=filers)
    return Result(None, (*bump_and_redraw(case), *told), detail={"on": day.isoformat(), **detail})


@handler("customer.release", clause="P8", about="request_id")
def release_calls(ctx: Context, request_id: str, seen: str, form: forms.ReleaseForm) -> Result[None]:
    """P8: release the calls: identity, own call and address are confirmed.

    It needs no one's permission, and no hold stops it.
    """
    case, known, authority = _load_ready(ctx, request_id, seen)
    if isinstance(form, forms.WeighedForm):
        state.add_remark(ctx, case.matter, known, "another_voice", form.weighed)
    gives = "listen" if form.voices == "listen_only" else "copy"
    return _send_link(ctx, case, known, authority, gives, {"voices": form.voices})


@handler("customer.release", clause="P8", about="request")
def send_new_link(ctx: Context, request: str, seen: str) -> Result[None]:
    """P8: send the same calls again with a new link, when the old one has ended or used up its passcodes."""
    case, known, authority = state.load_for_releaser(ctx, request)
    rule.check_as_shown(seen, case.shown_mark)
    if not case.needs_new_link:
        raise Refused("The link still works. Press Passcode.", clause="P8", code="link_lives")
    _check_ready(ctx, case, known)
    return _send_link(ctx, case, known, authority, case.letters[0].gives, {})


@handler("customer.refuse", clause="P8", about="request_id")
def refuse_request(ctx: Context, request_id: str, seen: str, form: forms.RefuseForm) -> Result[None]:
    """P8: send the refusal at once, whatever was found.

    If no mail can go, the releaser says how the customer was told.
    """
    case, known, authority = state.load_to_answer(ctx, request_id)
    rule.check_as_shown(seen, case.shown_mark)
    if form.refusal not in ctx.policy.customers.refusals:
        raise Refused.at({"refusal": "Please choose one of these reasons."}, "P8")
    request = case.matter
    mails = rule.goes_by_mail(form.told, address=bool(known.address), mail=bool(ctx.copies_at))
    detail = {"refusal": form.refusal, **_store_decision(ctx, case, authority, "refused")}
    request.refusal = form.refusal
    if mails:
        letter, words = letters.new_letter(ctx, request), letters.refusal_letter(ctx.policy, known, form.refusal)
        detail |= letters.put_letter(ctx, request, letter, known.address, words)
        return Result(None, bump_and_redraw(case), detail=detail)
    state.add_remark(ctx, request, known, "told_otherwise", form.told)
    detail |= {"told": "otherwise", **letters.close_answered(ctx, case)}
    told = f"{ctx.me.name} refused a customer’s request and told them without an e-mail."
    effects = telling.tell_of(case.matter.id, [request.filed_by], told, f"answered:{request.id}:{request.revision}")
    return Result(None, (*bump_and_redraw(case), *effects), detail=detail)


@handler("customer.send_again", clause="P8", about="request")
def send_again(ctx: Context, request: str) -> Result[None]:
    """P8: send the same letter again, with the same link and Message-ID, because a person asked for it."""
    case, letter = _load_uncertain(ctx, request)
    letter.state, letter.next_at, case.matter.state = "waiting", ctx.now, "sending"
    return Result(None, bump_and_redraw(case), detail={"mail": letter.id})


@handler("customer.arrived", clause="P8", about="request")
def note_arrived(ctx: Context, request: str) -> Result[None]:
    """P8: count the request as answered from now on, since the releaser says that its mail arrived."""
    case, letter = _load_uncertain(ctx, request)
    letter.state, letter.settled_at = "accepted", ctx.now
    late, effects = letters.honour_letter(ctx, case, letter)
    return Result(None, (*bump_and_redraw(case), *effects), detail={"mail": letter.id, **late})


@handler("customer.bounced", clause="P8", about="request")
def note_bounced(ctx: Context, request: str) -> Result[None]:
    """P8: reopen the request with the old due day, because the mail came back; its link ends."""
    case, _, letter = _take_back_letter(ctx, request, "bounced")
    asked, effects = letters.reopen_request(ctx, case, "bounced")
    words = "An e-mail to a customer came back, so I reopened the request."
    told = telling.tell_of(case.matter.id, [case.matter.filed_by], words, f"bounced:{letter.id}")
    return Result(None, (*effects, *told), detail={"mail": letter.id, **asked})


@handler("customer.wrong_address", clause="P8", about="request_id")
def note_wrong_address(ctx: Context, request_id: str) -> Result[None]:
    """P8, P13: end the link at once and forget the address, since it was wrong; the due day doesn't move."""
    case, known, letter = _take_back_letter(ctx, request_id, "wrong_address")
    request = case.matter
    detail: dict[str, Any] = {
        "mail": letter.id, "link": letter.id if letter.link else None, "released_by": request.decided_by,
        "addressed_by": (known.addressed_by or [request.filed_by])[-1], "recordings": [one.id for one in case.recordings],
    }  # fmt: skip
    known.address = ""
    words = "An e-mail to a customer went to the wrong address. I stopped its link."
    told = telling.tell_of(case.matter.id, [request.filed_by], words, f"wrong_address:{letter.id}")
    state.add_remark(ctx, request, known, "note", "The e-mail went to the wrong address, which I removed.")
    asked, effects = letters.reopen_request(ctx, case, "wrong_address")
    return Result(None, (*effects, *told), detail=detail | asked)


@handler(LINK_ENDS, clause="P8", about="request")
def end_expired_links(ctx: Context, request: str) -> Result[None]:
    """P8: end links whose days are over, unless the mail hasn't left yet.

    If it was never known whether the mail arrived, the request is reopened.
    """
    case = CustomerCase.load(ctx, request)
    over = [one for one in case.letters if one.link in ALIVE and one.ends_at <= ctx.now]
    if not over:
        return Result(None, quiet=True)
    if case.matter.state == "sending":
        return Result(None, detail=letters.start_link_days(ctx, case, over[0]))
    detail: dict[str, Any] = {"links": [one.id for one in over]}
    if case.matter.state in ON_ITS_WAY:
        detail["mails"] = letters.call_back_letters(ctx, case.letters)
        asked, effects = letters.reopen_request(ctx, case, "ended", honoured=True)
        return Result(None, effects, detail=detail | asked)
    for one in over:
        links.end_link(one, "ended")
    if over[0].opened_at is None:
        # Who filed it speaks with the customer; who released it can send another link.
        fell, whom = over[0].ends_at, list(dict.fromkeys((*case.clerks[:1], *case.releasers)))
        schedule_reminder(ctx, case.matter, LINK_ENDS, whom, deadlines.next_morning(ctx.policy, fell))
        detail |= {"told": whom, **lateness_detail(ctx, fell)}
    return Result(None, bump_and_redraw(case), detail=detail)


def open_form(ctx: Context, request: str) -> str:
    """Return no text above a form; called when it opens, to raise `Refused` if it couldn't be sent."""
    _load_open(ctx, request)
    return ""


def open_question(ctx: Context, request: str) -> str:
    """Return no text above the question form; raises `Refused` if everyone who filed the request has left, since no one
    would answer.
    """
    case, _, _ = state.load_to_answer(ctx, request)
    if not case.clerks:
        words = f"{case.name_of(case.matter.filed_by)}, who filed it, has left. Please ask the customer yourself. A colleague can file it again with the same name and address: it stays one request."
        raise Refused(words, clause="P8", code="nobody_answers")
    return ""


def open_answer(ctx: Context, request: str) -> str:
    """Return who asked what, above the field for its answer."""
    case, _ = _load_open(ctx, request)
    return f"{case.name_of(case.question.by)} asks:\n{case.question.words}" if case.question else ""


def open_withdrawal(ctx: Context, request: str) -> str:
    """Return the text above the form, which says what withdrawing does; raises `Refused` if there is nothing left to
    withdraw.
    """
    case, _ = _load_withdrawable(ctx, request)
    return "The link in the e-mail stops working, and the request is closed." if case.link else "The request is closed."


def open_release(ctx: Context, about: str) -> str:
    """Return the mail as it will be sent, and the whole address; raises `Refused` if it can't be released now.

    `about` is a request's id and the mark of what was seen (`shown_mark`).
    """
    request, _, seen = about.partition(":")
    case, known, _ = _load_ready(ctx, request, seen)
    copy, listen = (_draft_letter(ctx, case, known, gives) for gives in ("copy", "listen"))
    instead = "\n\n".join(one for one in listen.paragraphs if one not in copy.paragraphs)
    shown = letters.preview_letter(known.address, copy, letters.OPEN)
    head = "\n\n".join((*cards.unsent_cautions(case), shown))
    return f"{head}\n\nIf you choose below that they may only listen, the e-mail says instead:\n\n{instead}"


def open_refusal(ctx: Context, about: str) -> str:
    """Return the letter as it will be sent, except for the reason; raises `Refused` if it can't be refused now."""
    request, _, seen = about.partition(":")
    case, known, _ = state.load_to_answer(ctx, request)
    rule.check_as_shown(seen, case.shown_mark)
    letter = letters.preview_letter(known.address, letters.refusal_letter(ctx.policy, known, "", CHOSEN))
    return "\n\n".join((*cards.hidden_audio_cautions(case), letter))


def audible_calls(ctx: Context, case: CustomerCase) -> list[Recording]:
    """Return the calls of which there is audio for this customer: open to people, or kept for this request."""
    closed = [one.id for one in case.recordings if one.closed(ctx.now) and one.state in ("present", "closed")]
    kept = ctx.store.erasures.kept(closed, ctx.now, Keep.matter_id == case.matter.id)
    return [one for one in case.recordings if one.id in kept or (one.state == "present" and not one.closed(ctx.now))]


def _load_open(ctx: Context, request: str) -> tuple[CustomerCase, Details]:
    """Load an open request for anyone who holds its card; raises `Refused` once it can't be changed any more."""
    case, known = state.load_for_holder(ctx, request)
    if not case.matter.is_open:
        state.refuse_closed(ctx, case)
    return case, known


def _load_withdrawable(ctx: Context, request: str) -> tuple[CustomerCase, Details]:
    """Load a request that can be withdrawn: open, on its way, or answered by a link that still works."""
    case, known = state.load_for_holder(ctx, request)
    running = case.matter.is_open or case.matter.state in ON_ITS_WAY
    if not running and not (case.link is not None and case.matter.state == "answered"):
        state.refuse_closed(ctx, case)
    return case, known


def _load_uncertain(ctx: Context, request: str) -> tuple[CustomerCase, CustomerLetter]:
    """Load the letter whose arrival is unknown; raises `Refused` if there is none."""
    case, _, _ = state.load_for_releaser(ctx, request)
    found = next((one for one in case.letters if one.state == "unknown"), None)
    if found is None or case.matter.state != "unknown":
        raise Refused(
            "It’s already known what became of this e-mail. Press Details to see.", clause="P8", code="not_in_doubt"
        )
    return case, found


def _take_back_letter(ctx: Context, request: str, code: str) -> tuple[CustomerCase, Details, CustomerLetter]:
    """Load a request and the last letter that may have arrived, and mark that letter as refused with `code`.

    Raises `Refused` if none went out.
    """
    case, known, _ = state.load_for_releaser(ctx, request)
    answers = (one for one in case.letters if one.state in ("accepted", "unknown"))
    found = next(answers, None) if case.matter.state in ("answered", "unknown") else None
    if found is None:
        raise Refused("No e-mail has been sent for this request.", clause="P8", code="no_mail")
    found.state, found.answer, found.settled_at = "refused", code, ctx.now
    return case, known, found


def _load_ready(ctx: Context, request_id: str, seen: str) -> tuple[CustomerCase, Details, Authority]:
    """Load a request that can be released now; raises `Refused` with what is missing, or if it has changed since `seen`."""
    case, known, authority = state.load_to_answer(ctx, request_id)
    _check_ready(ctx, case, known)
    rule.check_as_shown(seen, case.shown_mark)
    return case, known, authority


def _check_ready(ctx: Context, case: CustomerCase, known: Details) -> None:
    """Raise `Refused` with everything that is missing before a call can go out."""
    audible, calls = audible_calls(ctx, case), case.recordings
    is_locked = not audible and any(one.state == "declined" for one in calls)
    checks = {
        "not_identified": known.identified is None, "no_letter": case.matter.asker == "authority" and not known.authority,
        "no_call": not calls, "locked": is_locked, "erased": bool(calls) and not audible and not is_locked,
        "no_address": not known.address, "no_mail": not ctx.copies_at,
    }  # fmt: skip
    rule.refuse_release(code for code, is_missing in checks.items() if is_missing)


def _send_link(
    ctx: Context, case: CustomerCase, known: Details, authority: Authority, gives: str, detail: dict[str, Any]
) -> Result[None]:
    """Store the link and its mail in one commit; returns `detail` with more for the audit log."""
    request = case.matter
    letter = letters.new_letter(ctx, request)
    code = links.make_link(ctx, letter, gives, case.letters)
    stepped_in = _store_decision(ctx, case, authority, "released")
    words = _draft_letter(ctx, case, known, gives, f"{ctx.copies_at}#{code}")
    mailed = letters.put_letter(ctx, request, letter, known.address, words)
    detail |= {"gives": gives, **letters.start_link_days(ctx, case, letter)}
    return Result(None, bump_and_redraw(case), detail={**detail, **mailed, **stepped_in})


def _draft_letter(ctx: Context, case: CustomerCase, known: Details, gives: str, link: str = "") -> Written:
    """Return the letter with the link as it would go now; without a `link` it is a preview."""
    return letters.copy_letter(ctx.policy, known, len(audible_calls(ctx, case)), link, gives=gives)


def _store_decision(ctx: Context, case: CustomerCase, authority: Authority, outcome: str) -> dict[str, Any]:
    """Store who answers the request, in which role, and how. Returns the details for the audit log."""
    request, role = case.matter, ctx.policy.held(authority.role)
    as_what = f"deputy of the {role.title}" if authority.deputy else "handler of customers’ requests"
    as_what = role.title if ctx.me.id == role.holder else as_what
    request.outcome, request.decided_by, request.decided_as, request.decided_at = outcome, ctx.me.id, as_what, ctx.now
    request.state = "sending"
    return take_part(ctx, case, authority)


def _tell_releasers(
    ctx: Context, case: CustomerCase, what: str, once: str, also: Iterable[int] = ()
) -> tuple[Effect, ...]:
    """Tell the releasers, and `also` these people, since an edited card isn't noticed; the actor isn't told."""
    request = case.matter
    words, key = (f"{ctx.me.name} {what}.", f"{once}:{request.id}:{request.revision}")
    people = dict.fromkeys((*(one.person_id for one in case.approvers), *also))
    return telling.tell_of(case.matter.id, (one for one in people if one != ctx.me.id), words, key)
