"""What every way out for letters promises through the Mailer port: nothing counts as accepted that was not (P8)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.ports import LetterRefused, OutcomeUnknown, Unavailable
from tests.bot.mail.benches import LETTER, TO, Bench, FakeBench, SmtpBench
from tests.bot.mail.post_office import PostOffice
from tests.each import each

STEPS = ("MAIL", "RCPT", "DATA", "text")


@pytest_asyncio.fixture(params=["memory", "smtp"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "memory":
        yield FakeBench()
        return
    async with PostOffice().open() as office:
        yield SmtpBench(office)


async def test_p8_a_letter_arrives_whole_and_the_servers_answer_is_given_back(bench: Bench) -> None:
    answer = await bench.mailer.send(LETTER)
    assert bench.got() == [LETTER]
    assert answer.startswith("250 2.0.0 queued as ")


@pytest.mark.parametrize("step", STEPS)
async def test_p8_what_is_put_off_was_not_accepted_and_goes_out_later(bench: Bench, step: str) -> None:
    bench.answers(step, "451 4.7.1 Please try again later")
    with pytest.raises(Unavailable) as later:
        await bench.mailer.send(LETTER)
    assert (later.value.code, later.value.answer) == ("smtp_451", "451 4.7.1")
    assert bench.got() == []
    bench.is_well()
    await bench.mailer.send(LETTER)
    assert bench.got() == [LETTER]


@each(
    ("step", "answer", "code"),
    [
        *((step, "550 5.1.1 No such mailbox", "smtp_550") for step in STEPS[1:]),
        ("MAIL", "552 5.3.4 Message size exceeds fixed limit", "smtp_552"),
    ],
)
async def test_p8_what_is_refused_for_good_says_so(bench: Bench, step: str, answer: str, code: str) -> None:
    bench.answers(step, answer)
    with pytest.raises(LetterRefused) as refused:
        await bench.mailer.send(LETTER)
    assert (refused.value.code, refused.value.answer) == (code, answer[:9])
    assert bench.got() == []


@pytest.mark.parametrize("way", ["hangs_up", "falls_silent"])
async def test_p8_what_is_lost_before_the_text_left_nothing_there_and_after_it_leaves_it_unknown(
    bench: Bench, way: str
) -> None:
    code = {"hangs_up": "no_connection", "falls_silent": "timeout"}[way]
    getattr(bench, way)(before=True)
    with pytest.raises(Unavailable, match=code):
        await bench.mailer.send(LETTER)
    assert bench.got() == []
    getattr(bench, way)(before=False)
    with pytest.raises(OutcomeUnknown, match=code):
        await bench.mailer.send(LETTER)
    bench.is_well()
    await bench.mailer.send(LETTER)
    assert [one.message_id for one in bench.got()] == [LETTER.message_id] * 2, "the same letter is known by its id"


async def test_p8_a_sender_that_is_refused_is_no_fault_of_the_letter_which_goes_out_later(bench: Bench) -> None:
    bench.answers("MAIL", "550 5.7.60 Client does not have permissions to send as this sender")
    with pytest.raises(Unavailable) as later:
        await bench.mailer.send(LETTER)
    assert (later.value.code, later.value.outage) == ("sender_refused", True)
    assert later.value.answer.startswith("550 5.7.60")
    assert bench.got() == []
    bench.is_well()
    await bench.mailer.send(LETTER)
    assert bench.got() == [LETTER]


@each("to", ["jo", "jo doe@x.example", "jo@", "@x.example", "jo@x", '"jo"@x.example', "jö@x.example", "jo@1.2.3.4"])
async def test_p8_an_address_that_no_letter_reaches_is_refused_before_anyone_hears_of_it(bench: Bench, to: str) -> None:
    with pytest.raises(LetterRefused) as refused:
        await bench.mailer.send(replace(LETTER, to=to))
    assert refused.value.code == "address"
    assert bench.got() == []


async def test_p8_an_examination_hands_nothing_over_and_fails_as_a_letter_would(bench: Bench) -> None:
    await bench.mailer.examine()
    assert bench.got() == []
    bench.answers("MAIL", "451 4.7.1 Please try again later")
    with pytest.raises(Unavailable, match="smtp_451"):
        await bench.mailer.examine()
    bench.answers("MAIL", "553 5.7.1 Sender refused")
    with pytest.raises(Unavailable, match="sender_refused") as refused:
        await bench.mailer.examine()
    assert refused.value.outage
    assert TO not in str(bench.got())
