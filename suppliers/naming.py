"""Whether a text names its supplier, so that the panel would know whose it is. Pure.

It finds the registered name (with or without its legal form, run together or apart), the company number, the people's
full names, and the domain of their addresses or website. It cannot find what is written otherwise.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LEGAL_FORMS = frozenset({"ltd", "limited", "llp", "lp", "plc", "cic", "cio", "inc", "company", "co", "uk"})
OPEN_TO_ALL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk", "yahoo.com",
    "yahoo.co.uk", "icloud.com", "me.com", "aol.com", "btinternet.com", "proton.me", "protonmail.com",
})  # fmt: skip
SHORTEST, SHORTEST_RUN_TOGETHER = 3, 7


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


def _found(text: str, names: Names) -> list[str]:
    plain, together = _words(text), _words(text).replace(" ", "")
    found = [phrase for phrase in (core(names.name), *names.people) if _has(plain, phrase)]
    if core(names.name) not in found and _runs_together(together, core(names.name)):
        found.append(core(names.name))
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


def _words(text: str) -> str:
    """The words in small letters between single spaces; whatever is not a letter or digit parts them."""
    words = re.findall(r"[^\W_]+", text.lower())
    return f" {' '.join(words)} "
