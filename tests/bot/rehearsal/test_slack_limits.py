"""Block Kit limits: our numbers against an independent registry, and each fault refused at its place."""

from copy import deepcopy

import pytest
from slackblocks import _limits as registry

from bot.rehearsal.slack import limits
from bot.rehearsal.slack.blockkit import check_message, check_options, check_view
from bot.rehearsal.slack.refusals import SlackError
from tests.each import each

# Limits that the registry does not know; each names its source in limits.py.
OWN = {
    "MESSAGE_TEXT_MAX_LENGTH", "UPDATE_TEXT_MAX_LENGTH", "MESSAGE_BLOCKS_MAX_SIZE", "VIEW_MAX_SIZE",
    "VIEW_STACK_MAX_DEPTH",
}  # fmt: skip
NAMES = [name for name in vars(limits) if name.isupper() and name not in OWN]


@each("name", NAMES)
def test_each_number_is_the_registrys(name):
    assert getattr(limits, name) == getattr(registry, name)


def at(place, message, root="blocks"):
    return f"{message} [json-pointer:/{root}{place}]"


def words(length, kind="plain_text"):
    return {"type": kind, "text": "x" * length}


def button(**more):
    return {"type": "button", "text": words(5), "action_id": "a", **more}


def option(value="1", label=4):
    return {"text": words(label), "value": value}


def select(**more):
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def actions(*elements, **more):
    return {"type": "actions", "elements": list(elements), **more}


def section(**more):
    return {"type": "section", "text": words(10, "mrkdwn"), **more}


def field(element=None, **more):
    element = element or {"type": "plain_text_input", "action_id": "t"}
    return {"type": "input", "label": words(5), "element": element, **more}


def typed(**more):
    return field({"type": "plain_text_input", "action_id": "t", **more})


CONFIRM = {"title": words(100), "text": words(300), "confirm": words(30), "deny": words(30)}
AT_THE_LIMIT = [
    [section(text=words(3000, "mrkdwn"))],
    [section(fields=[words(20)] * 10)],
    [section(fields=[words(2000)])],
    [section(accessory=button())],
    [{"type": "header", "text": words(150)}],
    [{"type": "divider"}] * 50,
    [actions(*[button(action_id=str(n)) for n in range(25)])],
    [actions(button(text=words(75), value="v" * 2000, url="u" * 3000, accessibility_label="l" * 75))],
    [actions(button(confirm=CONFIRM, style="danger"))],
    [actions(button(action_id="a" * 255), block_id="b" * 255)],
    [actions(select(options=[option(str(n)) for n in range(100)], placeholder=words(150)))],
    [actions(select(options=[option("v" * 150, 75)], initial_option=option("v" * 150, 75)))],
    [actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-11-24"})],
    [{"type": "context", "elements": [words(3000)] + [words(10, "mrkdwn")] * 9}],
    [typed(min_length=0, max_length=3000, initial_value="x" * 3000)],
    [],
]
TOO_MUCH = [
    ([section(text=words(3001, "mrkdwn"))], at("/0/text/text", "must be less than 3001 characters")),
    ([section(text=words(0))], at("/0/text/text", "must be more than 0 characters")),
    ([section(fields=[words(20)] * 11)], at("/0/fields", "no more than 10 items allowed")),
    ([section(fields=[words(2001)])], at("/0/fields/0/text", "must be less than 2001 characters")),
    ([{"type": "section"}], at("/0", "missing required field: text")),
    ([section(accessory=field()["element"])], at("/0/accessory", "unsupported type: plain_text_input")),
    ([{"type": "header", "text": words(151)}], at("/0/text/text", "must be less than 151 characters")),
    ([{"type": "header", "text": words(5, "mrkdwn")}], at("/0/text", "unsupported type: mrkdwn")),
    ([{"type": "divider"}] * 51, at("", "no more than 50 items allowed")),
    ([actions(*[button(action_id=str(n)) for n in range(26)])], at("/0/elements", "no more than 25 items allowed")),
    ([actions()], at("/0/elements", "no fewer than 1 items allowed")),
    ([actions(button(text=words(76)))], at("/0/elements/0/text/text", "must be less than 76 characters")),
    ([actions(button(text=words(5, "mrkdwn")))], at("/0/elements/0/text", "unsupported type: mrkdwn")),
    ([actions(button(value="v" * 2001))], at("/0/elements/0/value", "must be less than 2001 characters")),
    ([actions(button(action_id="a" * 256))], at("/0/elements/0/action_id", "must be less than 256 characters")),
    ([actions(button(style="green"))], at("/0/elements/0/style", "must be one of: primary, danger")),
    ([actions(button(colour="red"))], at("/0/elements/0", "invalid additional property: colour")),
    ([actions(button(), button())], at("/0", "action_id `a` already exists for block_id ``")),
    ([section(block_id="b"), section(block_id="b")], at("/1/block_id", "block_id `b` already exists")),
    ([section(block_id="b" * 256)], at("/0/block_id", "must be less than 256 characters")),
    ([actions(select(options=[]))], at("/0/elements/0/options", "no fewer than 1 items allowed")),
    ([actions(select(initial_option=option("9")))], at("/0/elements/0", "initial option must be one of the options")),
    ([actions({"type": "static_select", "action_id": "s"})], at("/0/elements/0", "missing required field: options")),
    (
        [actions({"type": "datepicker", "action_id": "d", "initial_date": "24/11/2026"})],
        at("/0/elements/0/initial_date", "must be a date like 2026-11-24"),
    ),
    ([{"type": "context", "elements": [words(10)] * 11}], at("/0/elements", "no more than 10 items allowed")),
    ([{"type": "context", "elements": [button()]}], at("/0/elements/0", "unsupported type: button")),
    ([typed(max_length=3001)], at("/0/element/max_length", "must be between 1 and 3000")),
    ([typed(min_length=9, max_length=8)], at("/0/element", "min_length must not be more than max_length")),
    ([typed(focus_on_load=True), typed(focus_on_load=True)], at("", "only one element may have focus_on_load")),
    ([typed(multiline="yes")], at("/0/element/multiline", "must be a boolean")),
    ([{"type": "mystery"}], at("/0", "unsupported type: mystery")),
    ([{"text": "no type"}], at("/0", "missing required field: type")),
    (["text"], at("/0", "must provide an object")),
]


@each("blocks", AT_THE_LIMIT)
def test_what_is_just_within_the_limits_passes(blocks):
    check_message(blocks)


@each(("blocks", "message"), TOO_MUCH)
def test_what_is_just_beyond_is_named_with_its_pointer(blocks, message):
    with pytest.raises(SlackError) as refused:
        check_message(blocks)
    assert refused.value.code == "invalid_blocks"
    assert refused.value.messages == [message]


def test_blocks_that_are_no_list_have_their_own_code():
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        check_message({"type": "section"})


def test_a_message_has_a_hidden_total_limit():
    """slackapi/bolt-js#2509: about 13,200 characters of blocks, though each block is within its limits."""
    check_message([section(text=words(2600))] * 4)
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        check_message([section(text=words(2600))] * 5)


MODAL = {"type": "modal", "title": words(24), "blocks": [section()]}
BAD_VIEWS = [
    ({"title": words(25)}, at("/title/text", "must be less than 25 characters", "view")),
    ({"submit": words(25)}, at("/submit/text", "must be less than 25 characters", "view")),
    ({"close": words(25)}, at("/close/text", "must be less than 25 characters", "view")),
    ({"private_metadata": "x" * 3001}, at("/private_metadata", "must be less than 3001 characters", "view")),
    ({"callback_id": "x" * 256}, at("/callback_id", "must be less than 256 characters", "view")),
    ({"blocks": [{"type": "divider"}] * 101}, at("/blocks", "no more than 100 items allowed", "view")),
    ({"blocks": [field()]}, at("/submit", "missing required field: submit", "view")),
    ({"title": words(5, "mrkdwn")}, at("/title", "unsupported type: mrkdwn", "view")),
    ({"type": "home"}, at("", "unsupported type: home", "view")),
]


@each(("change", "message"), BAD_VIEWS)
def test_a_modal_beyond_its_limits_is_refused(change, message):
    check_view(MODAL | {"submit": words(24), "blocks": [field()] * 100}, "modal")
    with pytest.raises(SlackError) as refused:
        check_view(deepcopy(MODAL) | change, "modal")
    assert (refused.value.code, refused.value.messages) == ("invalid_arguments", [message])


def test_a_view_over_250_kilobytes_is_too_large():
    fat = section(text=words(3000), fields=[words(2000)] * 10)
    check_view({"type": "home", "blocks": [fat] * 10}, "home")
    with pytest.raises(SlackError, match="view_too_large"):
        check_view({"type": "home", "blocks": [fat] * 11}, "home")


def test_a_home_tab_has_no_title():
    with pytest.raises(SlackError, match="invalid_arguments"):
        check_view({"type": "home", "title": words(5), "blocks": []}, "home")


@each("answer", [{}, {"options": [option(str(n)) for n in range(101)]}, {"options": [option(label=76)]}, []])
def test_options_beyond_a_selects_limits_are_refused(answer):
    check_options({"options": []})
    with pytest.raises(SlackError):
        check_options(answer)
