"""Reports as pages show them, with something in every part."""

from __future__ import annotations

from handlers.breach.known import CallView, HandlerView, ReporterView, Said, StepView


def an_own_view() -> ReporterView:
    said = (
        Said("You", "Tue 24 Nov", "Bram played CS-10442 to friends at the pub.", "filed"),
        Said("Ruth Adeyemi", "Wed 25 Nov", "Thank you. Do you remember who else was there?", "question"),
    )
    return ReporterView(
        "Acknowledged. You are asked something.", "Tue 24 Nov", "Wed 25 Nov, in time", "by Tue 8 Dec", said, question=True,
        open=True, evidence="Ruth Adeyemi, in person",
    )  # fmt: skip


def a_view(recording: int) -> HandlerView:
    everything = (
        "acknowledge", "ask", "note", "accuse", "step", "gather", "keep", "outcome", "close",
    )  # fmt: skip
    calls = (
        CallView(recording, "CS-10442 · Tue 24 Nov, 13:04 Sydney · from …678 · 1 min 3 s", ("Anna Quill, Wed 25 Nov, 0:00 to 1:03, by approval of Tara Lindqvist",)),
        CallView(2, "CS-10443 · Mon 23 Nov, 09:12 Sydney · to …211 · 4 min 8 s", (), "kept-1", "hear"),
        CallView(3, "CS-10444 · Fri 20 Nov, 16:40 Sydney · from …902 · 12 min", (), "kept-2", "decide", "Helena Marsh", "helena.marsh@fernhill.example"),
        CallView(4, "CS-10445 · Fri 20 Nov, 10:02 Sydney · from …118 · 2 min", (), "kept-3", "ask"),
    )  # fmt: skip
    return HandlerView(
        "B-7F3KQ2XM", "Open. No one has acknowledged it yet.", "Manager, Human Resources", ("Helena Marsh, Head of Customer Success",),
        "Both of those who normally read a report read this one.", "Tue 24 Nov", "by Thu 26 Nov, 17:00 Sydney", "by Tue 8 Dec, 17:00 Sydney",
        (("What happened", "Bram played a customer’s call to friends.\nThey laughed about her."), ("When", "Saturday night"), ("Who it is about", "Bram, from Sales")),
        (Said("Reporter", "Tue 24 Nov", "It was CS-10442."), Said("Ruth Adeyemi", "Wed 25 Nov, 10:02", "Thank you. Who else was there?")),
        (Said("Rule", "Tue 24 Nov", "Read by both."), Said("Ruth Adeyemi", "Wed 25 Nov, 10:00", "Opened it.")),
        (StepView(1, "Secure what can be lost", "Ruth Adeyemi, Wed 25 Nov"), StepView(2, "Hear whoever is accused"), StepView(3, "Write down the outcome")),
        calls, (("bram.tolliver@fernhill.example", "Bram Tolliver"), ("anna.quill@fernhill.example", "Anna Quill")), frozenset(everything),
        reference="", outcome="", closing="", notes=(Said("Helena Marsh", "Wed 25 Nov, 11:00", "I speak to his team leader on Friday."),),
    )  # fmt: skip
