"""P13: a form asks about whoever of the would-be readers the words seem to name, and rather once too often."""

from __future__ import annotations

import unicodedata

import regex
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.naming import Named, named_in
from tests.each import each

RUTH = Named("ruth.adeyemi@fernhill.example", "Ruth Adeyemi", "Manager, Human Resources")
HELENA = Named("helena.marsh@fernhill.example", "Helena Marsh", "Head of Customer Success")
HENRIK = Named("henrik.solberg@fernhill.example", "Henrik Sølberg (he/him)", "Deputy Head of Customer Success")
MILES = Named("miles.fairweather@fernhill.example", "Miles Fairweather", "Managing Director")
PEOPLE = (RUTH, HELENA, HENRIK, MILES)

# fmt: off
SENTENCES = [
    # by name
    ("Helena did it", [HELENA]), ("HELENA DID IT", [HELENA]), ("it was adeyemi.", [RUTH]), ("(Ruth)", [RUTH]),
    ("Miles Fairweather played it to Ruth and to Marsh.", [RUTH, HELENA, MILES]), ("Hélèna", [HELENA]),
    ("Solberg knew", [HENRIK]), ("SØLBERG knew", [HENRIK]), ("ask sølberg", [HENRIK]), ("fairweather,ruth;x", [RUTH, MILES]),
    ("Ruth's desk", [RUTH]), ("Ruth’s desk", [RUTH]), ("ruths desk", [RUTH]), ("the Adeyemis", [RUTH]), ("@ruth", [RUTH]),
    ("Ruth-Anne", [RUTH]), ("Marsh, Helena", [HELENA]), ("HelenaMarsh", [HELENA]), ("helena_marsh", [HELENA]),
    ("Mrs. H. Marsh", [HELENA]), ("H\u200belena", []), ("Hele\u00adna", [HELENA]), ("Helena\u200bdid", [HELENA]),
    ("Ｈｅｌｅｎａ", [HELENA]), ("Hele\u0301na", [HELENA]), ("*Helena* ~Marsh~", [HELENA]), ("Ruth/Helena", [RUTH, HELENA]),
    # whole words only
    ("Ruthless, simply ruthless", []), ("truth", []), ("marshland", []), ("Marshall", []), ("smiles", []), ("", []),
    ("Rut h", []), ("a fair weather day", []), ("Helenas", [HELENA]), ("Helenaxs", []), ("Henrika", []),
    # a common word is asked about
    ("It is miles away", [MILES]), ("we walked through the marsh", [HELENA]), ("a mile", []),
    # by address
    ("write to Ruth.Adeyemi@Fernhill.example.", [RUTH]), ("ruth.adeyemi+calls@fernhill.example", [RUTH]), ("ruth.adeyemi", [RUTH]),
    ("<mailto:helena.marsh@fernhill.example>", [HELENA]), ("info@fernhill.example", []), ("anna@ruth.example", []),
    # by title
    ("the Head of Customer Success", [HELENA]), ("head of CS", [HELENA]), ("our CS head", [HELENA]), ("customer success boss", [HELENA]),
    ("the manager of human resources", [RUTH]), ("HR manager", [RUTH]), ("manager, HR", [RUTH]), ("Human Resources' Manager", [RUTH]),
    ("the H.R. manager", [RUTH]), ("the M.D.", [MILES]), ("human-resources manager's", [RUTH]), ("MANAGER (HUMAN RESOURCES)", [RUTH]), ("the head of hr", [RUTH]),
    ("head of the customer success team", [HELENA]), ("manager for human resource", [RUTH]), ("director of our HR department", [RUTH]),
    ("the Managing Director", [MILES]), ("the MD heard it", [MILES]), ("managing directors", [MILES]), ("HoCS", [HELENA]),
    ("deputy head of customer success", [HELENA, HENRIK]), ("the deputy head of CS", [HELENA, HENRIK]),
    ("HR should see this", []), ("my manager", []), ("the head", []), ("customer success", []), ("a customer success manager", []),
    ("Human resources are scarce, said the team leader", []), ("the human manager of resources", []), ("the director was managing", []),
    ("my head hurts. Customer Success knows", []), ("Sales director", []),
]
# fmt: on


@each(("words", "named"), SENTENCES)
def test_p13_words_name(words: str, named: list[Named]) -> None:
    assert list(named_in(words, PEOPLE)) == named


WILL = Named("w.sanders@fernhill.example", "Will Sanders")
MAY = Named("may.king@fernhill.example", "May King")
# fmt: off
HARD = [
    ("I think she will do it again. You may ask.", []), ("He will need help, may I?", []), ("By then it will speed up", []),
    ("I heard that Will played it", [WILL]), ("Will you look into it?", [WILL]), ("I saw it with will's phone", [WILL]),
    ("I know will did it", [WILL]), ("It was played by will", [WILL]), ("Then will played it", [WILL]), ("I told may", [MAY]),
    ("she will do it again", [WILL]), ("SHE WILL DO IT", [WILL]), ("i think she will", [WILL]),  # capitals say nothing here
    ("It was will sanders", [WILL]), ("It was sanders, will", [WILL]), ("May 24, 10 o'clock", [MAY]), ("On 24 may, I think", []),
    ("Perhaps may king", [MAY]), ("A king", [MAY]),
]
# fmt: on


@each(("words", "named"), HARD)
def test_p13_a_name_that_is_a_word_of_every_text_takes_more_than_the_word(words: str, named: list[Named]) -> None:
    """“She will do it” names no Will, save in a text without capital letters: there nothing tells."""
    assert list(named_in(words, (WILL, MAY))) == named


# fmt: off
NAMES = [
    ("Anna van der Berg", "berg", True), ("Anna van der Berg", "the van der came", False), ("Anna van der Berg", "Van Der Berg", True),
    ("Al Green", "al did it", True), ("Dr. Anna Quill", "the dr", False), ("Dr. Anna Quill", "quill", True),
    ("J. R. Okafor", "j r", False), ("J. R. Okafor", "J.R. Okafor", True), ("ADEYEMI, Ruth", "ruth adeyemi", True),
    ("Quinn Abara | Fernhill", "Fernhill", False), ("Quinn Abara - Sales", "Sales", False), ("Quinn Abara [left]", "left", False),
    ("Quinn Abara (she/her)", "with her", False), ("Jean-Pierre Blanc", "pierre", True), ("Jean-Pierre Blanc", "Jean‐Pierre", True),
    ("Siobhán O’Brien", "OBrien", True), ("Siobhán O’Brien", "o'brien's", True), ("Siobhán O’Brien", "siobhan", True),
    ("Chris James", "James' phone", True), ("Chris James", "james's phone", True), ("Łukasz Groß", "Lukasz", True),
    ("Łukasz Groß", "gross", True), ("张伟", "我听说张伟做了", True), ("山田 太郎", "山田太郎さん", True), ("Ольга Иванова", "ОЛЬГА", True),
    ("Νίκος Παππάς", "νικος", True), ("मीरा राव", "मीरा ने", True), ("", "anybody at all", False), ("An Nguyen", "an hour", True),
    ("An Nguyen", "That was an hour", False), ("Ng", "NG", True),
]
# fmt: on


@each(("name", "words", "found"), NAMES)
def test_p13_names_as_people_bear_them(name: str, words: str, found: bool) -> None:
    assert named_in(words, (Named("x1@fernhill.example", name),)) == (
        (Named("x1@fernhill.example", name),) if found else ()
    )


# fmt: off
ADDRESSES = [
    ("ruth.adeyemi@x.example", "Ruth knew", True), ("ruth.adeyemi@x.example", "adeyemi ruth", True), ("radeyemi@x.example", "radeyemi", True),
    ("ruth2@x.example", "ruth", True), ("hr@x.example", "hr", False), ("hr@x.example", "HR@x.example", True), ("ra@x.example", "ra", False),
    ("head.sales@x.example", "head", False), ("head.sales@x.example", "head.sales", True), ("r2d2@x.example", "r2d2@X.example", True),
    ("r2d2@x.example", "r2d2@y.example", False), ("r2d2@x.example", "ar2d2@x.example", False),
]
# fmt: on


@each(("email", "words", "found"), ADDRESSES)
def test_p13_somebody_whose_name_nobody_knows_is_found_by_the_address(email: str, words: str, found: bool) -> None:
    assert bool(named_in(words, (Named(email),))) is found


# fmt: off
TITLES = [
    ("Chief People Officer", "the CPO", True), ("Chief People Officer", "people officer chief", True), ("Owner", "the owner’s car", True),
    ("Owner", "ownership", False), ("General Counsel", "general counsel", True), ("General Counsel", "the GC", True),
    ("Head of IT", "hi all", False), ("Head of IT", "it head", True), ("Director, Sales & Service", "director of sales and service", True),
    ("Deputy", "the deputy", True), ("Acting Managing Director", "the acting MD", True), ("Acting Managing Director", "the MD", False),
    ("", "", False), ("the", "the", False),
]
# fmt: on


@each(("title", "words", "found"), TITLES)
def test_p13_titles_as_companies_give_them(title: str, words: str, found: bool) -> None:
    assert bool(named_in(words, (Named("x1@fernhill.example", "", title),))) is found


SEPARATORS = st.sampled_from([" ", "\n", ", ", ". ", "; ", " (", ") ", "/", " – ", "“", "” ", "!", "? ", "*", ":"])
# Without those whose plain form has a dot behind it: what follows is a word of its own.
LETTERS = st.characters(categories=["Ll", "Lu"], max_codepoint=0x24F, exclude_characters="Ŀŀ")
anybody = st.builds(
    lambda first, last: Named("x1@fernhill.example", f"{first.title()} {last.title()}"),
    st.sampled_from(["ruth", "zoë", "jürgen", "helena", "mark", "siobhán", "åsa"]),
    st.sampled_from(["adeyemi", "o’brien", "groß", "nuñez", "marsh", "king-smith", "van dyke"]),
)


@given(anybody, st.text(max_size=40), st.text(max_size=40), SEPARATORS, SEPARATORS, st.data())
def test_p13_a_name_is_found_wherever_it_stands_as_a_word(
    person: Named, before: str, after: str, left: str, right: str, data: st.DataObject
) -> None:
    first, _, last = person.name.partition(" ")
    said = data.draw(st.sampled_from([first, last.rpartition(" ")[2], person.name, f"{last}, {first}"]))
    said = data.draw(st.sampled_from([said, said.upper(), said.lower(), f"{said}'s", f"{said}’s"]))
    assert named_in(f"{before}{left}{said}{right}{after}", (RUTH, person))[-1:] == (person,)


@given(st.sampled_from([RUTH, MILES, HENRIK]), st.text(LETTERS, max_size=3), st.text(LETTERS, max_size=3))
def test_p13_a_name_within_a_longer_word_names_nobody(person: Named, before: str, after: str) -> None:
    first = person.name.partition(" ")[0]
    longer = f"{before}{first}{after}"
    plain = regex.sub(r"\p{M}", "", unicodedata.normalize("NFKD", after)).casefold()
    assert bool(named_in(longer, (person,))) is (not before and plain in ("", "s"))


@given(st.text())
def test_p13_whatever_is_typed_names_some_of_them_in_their_order(words: str) -> None:
    found = named_in(words, PEOPLE)
    assert list(found) == [one for one in PEOPLE if one in found]
    assert named_in(words, ()) == ()


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.sampled_from([one for one, _ in SENTENCES]), max_size=3))
def test_p13_more_words_take_no_name_away(before: str, after: str, sentences: list[str]) -> None:
    words = " ".join(sentences)
    assert set(named_in(words, PEOPLE)) <= set(named_in(f"{before} {words} {after}", PEOPLE))


@given(st.text(), st.text(max_size=30), st.text(max_size=30))
def test_p13_nobody_s_name_or_title_breaks_it(words: str, name: str, title: str) -> None:
    assert named_in(words, (Named("x1@fernhill.example", name, title),)) in (
        (),
        (Named("x1@fernhill.example", name, title),),
    )


def test_p13_no_row_of_signs_keeps_it_busy() -> None:
    """Whoever types can't make it look through the same signs again and again."""
    for sign in ("a", "a.", "@", "a@", "' ", "a'", "[", "( ", " - ", "Will "):
        named_in(sign * 20_000, PEOPLE)
        named_in("x", (Named("x1@fernhill.example", sign * 2_000, sign * 2_000),))
