"""A question about a customer's request, and its answer; the clock goes on (P8)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.customers.intents.deciding import Question
from handlers.customers.intents.filing import Answer
from handlers.customers.known import Known
from handlers.customers.turns import Turn, already, remarked, to_answer
from handlers.customers.view import GONE, View, known
from handlers.customers.waits import question as open_question
from handlers.effects import Tell
from handlers.matters.asking import changed
from handlers.rules.refusal import Refused

NOBODY = (
    "{name}, who filed it, can’t be reached here any more, so nobody would answer. Please ask the customer yourself. What is missing"
    " a colleague can file again, with the same name and address: it stays one request."
)
NO_QUESTION = "There is no question that waits for an answer."


def askable(act: Act, request: str) -> Turn:
    """As `to_answer`; raises `Refused` where nobody who filed it is still here, since a question would wait for ever."""
    found = to_answer(act, request)
    if not found.view.clerks:
        name = found.view.people[found.view.request.filed_by].name
        raise Refused(NOBODY.format(name=name), clause="P8", code="nobody_answers")
    return found


def question(act: Act, intent: Question) -> Done[None]:
    """P8: everybody who filed it is asked; the clock goes on."""
    found = askable(act, intent.request)
    detail = remarked(act, found.view, found.known, "question", intent.form.words)
    request = found.view.request
    words = f"{act.me.name} has a question about {request.id}. Press Answer to read and answer it."
    once = f"question:{request.id}:{request.revision}"
    asked = [Tell(one, words, once, "customer_answer", request.id) for one in found.view.clerks]
    return Done(None, (*changed(found.view), *asked), detail=detail)


def answer(act: Act, intent: Answer) -> Done[None]:
    """P8: whoever asked, and whoever may release it, reads the answer."""
    view, told = known(act, intent.request, lambda view: _to_answer(act, view))
    asked = open_question(view)
    if asked is None:
        raise Refused(NO_QUESTION, clause="P8", code="no_question")
    detail = remarked(act, view, told, "answer", intent.form.words)
    once = f"answer:{intent.request}:{view.request.revision}"
    words = f"{act.me.name} answered the question about {intent.request}. Press Details to go on."
    whom = dict.fromkeys((asked.by, *(one.person_id for one in view.approvers)))
    tells = [Tell(one, words, once, "details", intent.request) for one in whom if one != act.me.id]
    return Done(None, (*changed(view), *tells), detail=detail)


def _to_answer(act: Act, view: View) -> Known:
    """Whoever wrote any of it down answers, and whoever holds its card; raises `Refused` for anybody else, and once it is answered."""
    if act.me.id not in view.everybody() or view.known is None:
        raise Refused(GONE, clause="P8", code="no_copy")
    if not view.request.is_open:
        raise Refused(already(view, act.me), clause="P8", code="already")
    return view.known


DOES = (Question.by(question), Answer.by(answer))
