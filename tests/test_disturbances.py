"""Each disturbance has one owner beneath the features, which don't mention it (docs/architecture.md)."""

from __future__ import annotations

import re
from pathlib import Path

from tests.each import each

ROOT = Path(__file__).parents[1]
DISTURBANCES = {
    "another recording has a call's name": (
        r"another recording|another call (has|is|took)|call_changed|operators_before|changed_at|_replaced\b|name_anew|recordings\.unname\(",
        {"handlers/recordings.py", "handlers/retention/closing.py"},
    ),
    "a person has several addresses": (
        r"\baliases|former.?address|\b(every|all|other) address|people\.(had|by_key|bearing)\(|all_selves\(",
        {"handlers/matters/asking.py", "handlers/people.py", "handlers/customers/filing.py"},
    ),
    "a person is known by an address before it is known who that is": (
        r"email_key|operator_key|\b(by|their) address(es)?\b",
        {
            # where the policy, a platform, the phone system, a colleague who searches, or a customer's letter names one
            "handlers/acting.py", "handlers/people.py", "handlers/recordings.py", "handlers/finding.py",
            "handlers/retention/closing.py", "handlers/digest/steps.py", "handlers/breach/filing.py", "handlers/breach/state.py",
            "handlers/customers/cards.py", "handlers/customers/filing.py", "handlers/customers/forms.py",
            "handlers/policy/file.py", "handlers/policy/terms.py", "handlers/policy/values.py",
            "handlers/rules/customer_names.py", "handlers/rules/identity.py", "handlers/rules/searching.py",
        },
    ),
    "somebody can't be reached": (
        r"\.unreachable\b|\bunreachable=|\.out_of_reach\(|\.may_act\(|reached_again|\.seen_since\(",
        {"handlers/matters/asking.py", "handlers/rules/routing.py", "handlers/people.py"},
    ),
    "somebody is away": (
        r"\.is_away\(|policy\.away\(",
        # what the policy file says of it, what is entered, and what a route makes of it
        {
            "handlers/matters/asking.py", "handlers/policy/file.py", "handlers/rules/availability.py", "handlers/rules/routing.py",
            "handlers/away.py",
        },
    ),
    "those who were asked are silent": (
        r"deciding_deputies|next_authorities|asked_instead",
        {"handlers/matters/asking.py", "handlers/rules/routing.py", "handlers/access/waiting.py"},
    ),
    "a matter is passed on": (r'passed_on=|part == "passed"|asking\.PASSED', {"handlers/matters/case.py", "handlers/matters/asking.py", "handlers/rules/routing.py"}),
    "nobody is left to ask": (r"whom_to_tell|\bWarn\(|\bAlert\(", {"handlers/matters/asking.py", "handlers/rules/availability.py"}),
    "the database was restored": (
        r"restor(e|ed|es|ing)\b|recall|checkpoint",
        {
            "handlers/journal.py", "handlers/retention/guard.py", "handlers/retention/cards.py",
            "handlers/rules/retention.py",
        },
    ),
    "somebody changed the database behind the log": (
        r"row_key|mark_check|storage\.marks|owes_entry",
        {"handlers/door.py"},
    ),
    "a row can't be read": (r"\blegible|unreadable row|row (that )?can.t be read|storage\.unreadable", set()),
    "older versions of our own data": (r"(older|earlier|newer|former) version|version (of )?before", set()),
}  # fmt: skip
"""By the disturbance: the words that only its owners in handlers/ may use."""


@each("disturbance", DISTURBANCES)
def test_no_feature_mentions_a_disturbance_that_is_anothers(disturbance: str) -> None:
    words, owners = DISTURBANCES[disturbance]
    files = {file.relative_to(ROOT).as_posix(): file for file in sorted((ROOT / "handlers").rglob("*.py"))}
    found = {
        f"{name}:{number}: {line.strip()}"
        for name, file in files.items()
        if name not in owners
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(words, line, re.IGNORECASE)
    }
    assert found == set()
    assert owners <= files.keys()
