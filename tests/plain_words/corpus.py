"""The sentences that people write (`sentences.txt`), and how many of them are understood: `python -m tests.plain_words.corpus`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from handlers.policy import load_policy
from handlers.rules.plain_words import Leaning, Meant, understand

HERE = Path(__file__).parent
OWN, UNSEEN = HERE / "sentences.txt", HERE / "unseen.txt"
POLICY = HERE.parents[1] / "policy.yaml"


class Sentence(NamedTuple):
    """One, behind which command it was typed, what is meant by it, and whether nothing else could be."""

    words: str
    leaning: Leaning
    kind: str
    sure: bool


def sentences(file: Path) -> Iterator[Sentence]:
    """All of a file, in its order."""
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            told, _, words = line.partition("|")
            kind, _, leaning = told.strip().partition(" ")
            yield Sentence(words.strip(), leaning.strip(), kind.rstrip("?"), not kind.endswith("?"))  # type: ignore[arg-type]


def missed(file: Path) -> list[tuple[Sentence, Meant]]:
    """Those that are taken for something else."""
    policy = load_policy(POLICY.read_text())
    read = ((one, understand(policy, one.words, one.leaning)) for one in sentences(file))
    return [(one, meant) for one, meant in read if (meant.kind, meant.sure) != (one.kind, one.sure)]


def main() -> None:
    """Print how many are understood, and each that is not."""
    for file in (OWN, UNSEEN):
        if not file.exists():
            continue
        wrong, all_of = missed(file), len(list(sentences(file)))
        print(f"{file.stem}: {all_of - len(wrong)} of {all_of} understood ({(all_of - len(wrong)) / all_of:.1%})")
        for one, meant in wrong:
            print(
                f"  {one.kind}{'' if one.sure else '?'} taken for {meant.kind}{'' if meant.sure else '?'}: {one.words}"
            )


if __name__ == "__main__":
    main()
