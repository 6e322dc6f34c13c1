"""Whether a text names its supplier, so that the panel would know whose it is. Pure.

It finds the registered name (with or without its legal form, run together or apart), the first word of that name where
the text uses it as a name, the company number, the people's full names, and the domain of their addresses or website.
It cannot find what is written otherwise.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LEGAL_FORMS = frozenset({"ltd", "limited", "llp", "lp", "plc", "cic", "cio", "inc", "company", "co", "uk"})
OPEN_TO_ALL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk", "yahoo.com",
    "yahoo.co.uk", "icloud.com", "me.com", "aol.com", "btinternet.com", "proton.me", "protonmail.com",
})  # fmt: skip
SHORTEST, SHORTEST_RUN_TOGETHER, SHORTEST_FIRST_WORD = 3, 7, 5
# Firms begin their names with these as often as other people begin sentences with them.
EVERYDAY = frozenset({
    "about", "better", "bright", "british", "clean", "clear", "community", "council", "digital", "first", "fresh",
    "global", "great", "green", "local", "london", "modern", "national", "north", "northern", "public", "simple",
    "smart", "south", "southern", "street", "their", "these", "under", "united", "urban", "water", "where", "which",
    "world",
})  # fmt: skip


@dataclass(frozen=True)
class Names:
    """What would give a supplier away."""

    name: str
    company_number: str
    people: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """One place that names the supplier: which, and by what words."""

    place: str
    words: str


def named_in(places: Iterable[tuple[str, str]], names: Names) -> list[Named]:
    """Every place (what it is called, its text) that names the supplier, each place and each word once."""
    return [Named(place, words) for place, text in places for words in _found(text, names)]


def core(name: str) -> str:
    """A registered name without its legal form: “Solver Works Ltd” is “Solver Works”."""
    words = name.split()
    while len(words) > 1 and words[-1].lower().replace(".", "").strip("()") in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def first_word(name: str) -> str:
    """The first word of a registered name, where it is one that a text would be recognised by; otherwise empty."""
    word = re.sub(r"\(.*?\)", " ", core(name)).split()[:1]
    fits = bool(word) and word[0].isalpha() and len(word[0]) >= SHORTEST_FIRST_WORD and word[0].lower() not in EVERYDAY
    return word[0] if fits else ""


def _found(text: str, names: Names) -> list[str]:
    plain, together, whole = _words(text), _words(text).replace(" ", ""), core(names.name)
    found = [phrase for phrase in (whole, *names.people) if _has(plain, phrase)]
    if whole not in found and _runs_together(together, whole):
        found.append(whole)
    if whole not in found and _is_used_as_a_name(text, first_word(names.name)):
        found.append(first_word(names.name))
    numbers = {names.company_number, names.company_number.lstrip("0")}
    if any(_has(plain, number) for number in numbers if len(number) > SHORTEST):
        found.append(names.company_number)
    return found + [domain for domain in names.domains if domain not in OPEN_TO_ALL and domain in text.lower()]


def _has(plain: str, phrase: str) -> bool:
    wanted = _words(phrase).strip()
    return len(wanted) >= SHORTEST and f" {wanted} " in plain


def _runs_together(together: str, name: str) -> bool:
    wanted = _words(name).replace(" ", "")
    return len(wanted) >= SHORTEST_RUN_TOGETHER and wanted in together


def _is_used_as_a_name(text: str, word: str) -> bool:
    """Whether a text writes this word with a capital and never without: in a sentence, or more than once. What has no
    spaces is the name of a file, where capitals say nothing."""
    if not word or " " not in text.strip():
        return bool(word) and _has(_words(text), word)
    if re.search(rf"\b{word.lower()}\b", text):
        return False
    places = [found.start() for found in re.finditer(rf"\b(?:{word.capitalize()}|{word.upper()}|{word})\b", text)]
    within = any(text[:place].rstrip(" ")[-1:] not in ("", ".", "!", "?", ":", "\n", "•") for place in places)
    return within or len(places) > 1


def _words(text: str) -> str:
    """The words in small letters between single spaces; whatever is not a letter or digit parts them."""
    words = re.findall(r"[^\W_]+", text.lower())
    return f" {' '.join(words)} "
