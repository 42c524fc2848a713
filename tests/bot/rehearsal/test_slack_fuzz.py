"""Nothing sent to the stand-in makes it stumble, and what an independent builder makes is accepted."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import slackblocks as sb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.rehearsal.slack import Channel, Member, Rates, Workspace
from bot.rehearsal.slack.api import _perform
from bot.rehearsal.slack.blockkit import EVERYWHERE, check_message, check_options, check_view
from bot.rehearsal.slack.elements import CHOICES, MULTI_SELECTS, PRESSABLE, SELECTS, TYPED
from bot.rehearsal.slack.methods import METHODS
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.state import carried, complaints, filled
from bot.rehearsal.slack.views import dressed

TYPES = [
    *EVERYWHERE,
    *CHOICES,
    *MULTI_SELECTS,
    *PRESSABLE,
    *SELECTS,
    *TYPED,
    "plain_text",
    "mrkdwn",
    "modal",
    "home",
]
NAMES = ["type", "text", "elements", "element", "accessory", "fields", "options", "option_groups", "block_id"]
NAMES += [
    "action_id",
    "label",
    "title",
    "submit",
    "blocks",
    "value",
    "initial_option",
    "initial_options",
    "url",
]
BRIEF = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([*TYPES, "", "x" * 200, "a"])
json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)


@BRIEF
@given(json)
def test_any_json_is_accepted_or_refused(value):
    for check in (
        check_message,
        check_options,
        lambda v: check_view(v, "modal"),
        lambda v: check_view(v, "home"),
    ):
        with suppress(SlackError):
            check(value)


def workspace():
    return Workspace(
        people=[Member("UANNA", "Anna Quill", "anna@fernhill.example")],
        channels=[Channel("C1", "support", ("UANNA",), app=True)],
        bot_token="xoxb-1",
        signing_secret="s",
        bot_url=None,
        rates=Rates.unlimited(),
        now=lambda: datetime(2026, 11, 24, tzinfo=UTC),
    )


ARGS = [
    "channel",
    "text",
    "blocks",
    "view",
    "ts",
    "user",
    "users",
    "user_id",
    "view_id",
    "trigger_id",
    "email",
]
ARGS += ["limit", "cursor", "types", "attachments", "metadata", "hash", "external_id", "thread_ts"]


@BRIEF
@given(
    st.sampled_from(sorted(METHODS)),
    st.dictionaries(st.sampled_from(ARGS), json | st.sampled_from(["C1", "UANNA", "support"])),
)
def test_any_arguments_are_answered_with_ok_or_an_error(name, args):
    token = "xapp-1-rehearsal" if METHODS[name].app_level else "xoxb-1"
    answer = _perform(workspace(), name, token, args)
    assert answer["ok"] is True or isinstance(answer["error"], str)


INPUTS = [
    {"type": "input", "block_id": kind, "element": {"type": kind, "action_id": "a"}, "label": {}}
    for kind in (*TYPED, *SELECTS, *MULTI_SELECTS, *CHOICES)
]


@BRIEF
@given(st.dictionaries(st.sampled_from([b["block_id"] for b in INPUTS]), json | st.dictionaries(st.just("a"), json)))
def test_any_values_leave_a_state_of_the_views_own_fields(given_):
    values = filled(INPUTS, {}, given_)
    assert list(values) == [block["block_id"] for block in INPUTS]
    assert filled(INPUTS, values, {}) == values == carried(INPUTS, values)
    complaints(INPUTS, values, {})


OPTIONS = [sb.Option(text=sb.PlainText(f"Option {n}"), value=str(n)) for n in range(3)]
CONFIRM = sb.ConfirmationDialogue(title="Sure?", text="It is final.", confirm="Yes", deny="No")


def test_cards_that_slackblocks_builds_are_accepted():
    blocks = [
        sb.HeaderBlock("Access request"),
        sb.SectionBlock("*Anna* asks", fields=["one", "two"], accessory=sb.Button("Details", action_id="d")),
        sb.DividerBlock(),
        sb.ContextBlock([sb.Text("R-1 · P7"), sb.Image("https://fernhill.example/a.png", "A wave")]),
        sb.ActionsBlock(
            [
                sb.Button("Approve", action_id="yes", value="R-1", style="primary", confirm=CONFIRM),
                sb.StaticSelectMenu(action_id="s", placeholder="Pick", options=OPTIONS),
                sb.DatePicker(action_id="day", initial_date="2026-11-24"),
                sb.OverflowMenu(action_id="more", options=OPTIONS),
                sb.CheckboxGroup(action_id="c", options=OPTIONS),
                sb.RadioButtonGroup(action_id="r", options=OPTIONS, initial_option=OPTIONS[0]),
            ]
        ),
        sb.ImageBlock("https://fernhill.example/a.png", "A wave"),
        sb.MarkdownBlock("**Hello**"),
    ]
    made = [block._resolve() for block in blocks]
    check_message(made)
    assert all("block_id" in block for block in dressed(made))


def test_forms_that_slackblocks_builds_are_accepted():
    elements = [
        sb.PlainTextInput(action_id="t", multiline=True, min_length=1, max_length=3000, placeholder="Why"),
        sb.EmailInput(action_id="e"),
        sb.NumberInput(is_decimal_allowed=False, action_id="n"),
        sb.StaticSelectMenu(action_id="s", options=OPTIONS, initial_option=OPTIONS[1]),
        sb.ExternalSelectMenu(action_id="x", min_query_length=0),
        sb.StaticMultiSelectMenu(action_id="ms", options=OPTIONS, max_selected_items=2),
        sb.ExternalMultiSelectMenu(action_id="mx", min_query_length=0, max_selected_items=10),
        sb.UserSelectMenu(action_id="u"),
        sb.TimePicker(action_id="time", initial_time="17:00"),
        sb.DateTimePicker(action_id="dt"),
    ]
    inputs = [sb.InputBlock("Label", element, hint="Why we ask", optional=True) for element in elements]
    view = sb.ModalView(title="Ask", submit="Send", close="Cancel", blocks=[*inputs], private_metadata="x")
    check_view(view.to_dict(), "modal")
    check_view(sb.HomeTabView(blocks=[sb.DividerBlock()]).to_dict(), "home")
