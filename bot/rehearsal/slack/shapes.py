"""Small checks of JSON, which together describe what Slack accepts; each fault has a pointer."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Report = list[str]
Check = Callable[[Any, str, Report], None]


def note(report: Report, path: str, text: str) -> None:
    report.append(f"{text} [json-pointer:{path}]")


def string(most: int, least: int = 0) -> Check:
    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, str):
            note(report, path, "must be a string")
        elif len(value) > most:
            note(report, path, f"must be less than {most + 1} characters")
        elif len(value) < least:
            note(report, path, f"must be more than {least - 1} characters")

    return check


def pattern(form: str, what: str) -> Check:
    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, str) or not re.fullmatch(form, value):
            note(report, path, f"must be {what}")

    return check


def integer(least: int, most: int) -> Check:
    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            note(report, path, "must be an integer")
        elif not least <= value <= most:
            note(report, path, f"must be between {least} and {most}")

    return check


def boolean(value: Any, path: str, report: Report) -> None:
    if not isinstance(value, bool):
        note(report, path, "must be a boolean")


def anything(value: Any, path: str, report: Report) -> None:
    """Accept anything, for parts that Slack checks and this stand-in doesn't."""


def one_of(*choices: str) -> Check:
    def check(value: Any, path: str, report: Report) -> None:
        if value not in choices:
            note(report, path, f"must be one of: {', '.join(choices)}")

    return check


def listing(each: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, list):
            note(report, path, "must be an array")
            return
        if len(value) > most:
            note(report, path, f"no more than {most} items allowed")
        if len(value) < least:
            note(report, path, f"no fewer than {least} items allowed")
        for place, item in enumerate(value):
            each(item, f"{path}/{place}", report)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    known = {**optional, **required}

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, dict):
            note(report, path, "must provide an object")
            return
        for name in required.keys() - value.keys():
            note(report, path, f"missing required field: {name}")
        for name, part in value.items():
            if name not in known:
                note(report, path, f"invalid additional property: {name}")
            else:
                known[name](part, f"{path}/{name}", report)

    return check


def variant(kinds: Mapping[str, Check]) -> Check:
    """Check an object whose `type` selects its description."""

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, dict):
            note(report, path, "must provide an object")
        elif not isinstance(value.get("type"), str):
            note(report, path, "missing required field: type")
        elif value["type"] not in kinds:
            note(report, path, f"unsupported type: {value['type']}")
        else:
            kinds[value["type"]](value, path, report)

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, path: str, report: Report) -> None:
        for one in checks:
            one(value, path, report)

    return check
