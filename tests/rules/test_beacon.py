"""P10: which round of a public beacon decides about a list, and that only the beacon's own signature is taken for it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_ecc.bls import point_compression as bls
from py_ecc.fields import optimized_bls12_381_FQ as FQ
from py_ecc.optimized_bls12_381 import optimized_curve as curve
from py_ecc.optimized_bls12_381.optimized_pairing import pairing

from bot.rehearsal.beacon import sign
from handlers.policy.terms import QUICKNET
from handlers.rules import draw_file as rule

ROUND = 657413
SIGNATURE = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
RANDOMNESS = "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"
field_modulus, curve_order = FQ.field_modulus, curve.curve_order
START = datetime.fromtimestamp(QUICKNET.genesis, UTC)


@pytest.mark.long
def test_p10_a_published_round_of_quicknet_verifies_and_no_other_round_or_key_does() -> None:
    """As `drand` published it, which loads the library and computes four pairings."""
    other_key = f"{QUICKNET.public_key[:-1]}b"
    assert rule.is_signed(QUICKNET.public_key, ROUND, SIGNATURE)
    assert not rule.is_signed(QUICKNET.public_key, ROUND + 1, SIGNATURE)
    assert not rule.is_signed(QUICKNET.public_key, ROUND, sign(20261130, ROUND))
    assert not rule.is_signed(other_key, ROUND, SIGNATURE)
    assert rule.round_randomness(SIGNATURE).hex() == RANDOMNESS
    for wrong in ("", "zz", "00" * 48, "c0" + "00" * 47, SIGNATURE[:-2], f"{SIGNATURE}00", SIGNATURE[:-1] + "c"):
        assert not rule.is_signed(QUICKNET.public_key, ROUND, wrong), wrong
    assert not rule.is_signed("", ROUND, SIGNATURE)


@pytest.mark.long
def test_p10_no_second_signature_of_a_round_is_taken_though_the_pairing_alone_would_take_it() -> None:
    """A point outside the group, added to a signature, changes no pairing: without a look at the group a bot could pick among many."""
    signature = bls.decompress_G1(int(SIGNATURE, 16))  # type: ignore[arg-type]
    x = next(FQ(one) for one in range(1, 100) if pow(one**3 + 4, (field_modulus - 1) // 2, field_modulus) == 1)
    y = FQ(pow(int(x) ** 3 + 4, (field_modulus + 1) // 4, field_modulus))
    beside = curve.multiply((x, y, FQ.one()), curve_order)
    other = curve.add(signature, beside)
    assert not curve.is_inf(beside) and pairing(curve.G2, other) == pairing(curve.G2, signature)
    assert not rule.is_signed(QUICKNET.public_key, ROUND, f"{bls.compress_G1(other):096x}")


@given(st.integers(0, 10**9), st.integers(0, 999_999))
def test_p10_the_round_is_the_first_that_is_published_ten_minutes_later(seconds: int, micros: int) -> None:
    frozen = START + timedelta(seconds=seconds, microseconds=micros)
    number = rule.round_after(QUICKNET, frozen)
    assert rule.published_at(QUICKNET, number) >= frozen + rule.AHEAD > rule.published_at(QUICKNET, number - 1)
