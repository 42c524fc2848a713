"""B8: there is room for as many connections as the system lets a program have, and not only for those of a careful shell."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from bot.web.connections import ENOUGH, RESERVED
from bot.web.crowd import Limits
from tests.each import each

ROOT = Path(__file__).parents[3]
ASKED = """
import json, resource, sys
soft, hard = json.loads(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
from bot.web.connections import room
print(json.dumps([room().most, *resource.getrlimit(resource.RLIMIT_NOFILE)]))
"""


def _room(soft: int, hard: int) -> tuple[int, int, int]:
    """Connections that there is room for, and the limits afterwards, in a process that begins with these."""
    ours = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if ours != resource.RLIM_INFINITY and ours < hard:
        pytest.skip("whoever runs the tests may not have so many")
    done = subprocess.run(
        [sys.executable, "-c", ASKED, json.dumps([soft, hard])], cwd=ROOT, capture_output=True, text=True, check=True
    )
    most, soft, hard = json.loads(done.stdout)
    return most, soft, hard


@pytest.mark.soak
@each(("hard", "raised"), [(4096, 4096), (ENOUGH + 1, ENOUGH)])
def test_a_low_soft_limit_is_raised_as_far_as_it_may_be(hard: int, raised: int) -> None:
    """By default a shell and systemd give 1024, of which 256 are for everything else."""
    assert _room(512, hard) == (min(Limits().most, raised - RESERVED), raised, hard)


def test_one_that_may_not_be_raised_is_kept_to() -> None:
    assert _room(700, 700) == (700 - RESERVED, 700, 700)


def test_one_that_is_high_enough_is_not_touched() -> None:
    assert _room(ENOUGH + 1, ENOUGH + 2)[1:] == (ENOUGH + 1, ENOUGH + 2)
