"""Reading the document of a case: what is malformed is listed with its place, and nothing is guessed."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from typing import Any, Final

from assessment.inputs.parsing import MalformedError, Unquoted, child
from assessment.scoring import (
    NOT_APPLICABLE,
    Case,
    Clause,
    Criterion,
    Entry,
    Finding,
    Group,
    Mark,
    PanelMarks,
    PriceLine,
    Problem,
    Step,
    corrected_price,
)

MOST_CRITERIA: Final = 500
MOST_SUBMISSIONS: Final = 20_000
MOST_STEPS: Final = 200
LONGEST: Final = 200
LONGEST_TEXT: Final = 20_000
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?")
PRECISE: Final = 100
NOT_A_NUMBER: Final = (
    'is not a decimal number in quotes such as "12.5" (no exponent, at most 15 digits before the point and 12 after it)'
)
EXPLAINED: Final = frozenset({
    "$schema", "title", "description", "notes", "format", "challenge", "round", "assessments", "moderations",
    "clause_findings", "result", "robustness", "decision", "hash",
})  # fmt: skip
WORDS: Final = ("name", "description")
RULES: Final = ("criteria", "groups", "clauses", "tie_breaks", "submissions")


def read(document: object) -> Case:
    """The case that a parsed document holds (`parsing.parse`, or plain JSON data with decimal strings).

    Raises MalformedError with everything that is wrong with its shape. What is inconsistent (weights that do not total
    100, unknown codes, missing marks) is found by `scoring`, which names the same places.
    """
    return _Reader().case(document)


class _Reader:
    """Walks one document and collects what is wrong; whatever cannot be read becomes a stand-in until the end."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def case(self, document: object) -> Case:
        top = self.members(document, "", required=("criteria", "submissions"), optional=(*RULES, *EXPLAINED))
        case = Case(
            criteria=[self.criterion(*each) for each in self.rows(top, "criteria", MOST_CRITERIA)],
            groups=[self.group(*each) for each in self.rows(top, "groups", MOST_CRITERIA)],
            clauses=[self.clause(*each) for each in self.rows(top, "clauses", MOST_CRITERIA)],
            tie_breaks=[self.text(value, path) for value, path in self.rows(top, "tie_breaks", MOST_CRITERIA)],
            entries=[self.entry(*each) for each in self.rows(top, "submissions", MOST_SUBMISSIONS)],
        )
        if self.problems:
            raise MalformedError(self.problems)
        return case

    def criterion(self, value: object, path: str) -> Criterion:
        numbers = ("maximum", "threshold", "maximum_price", "optimal_price", "minimum_quality")
        optional = (*numbers, "formula", "group", "scale", *WORDS)
        row = self.members(value, path, required=("code", "kind", "weight"), optional=optional)
        return Criterion(
            code=self.text(row.get("code"), f"{path}.code"),
            kind=self.one_of(row, "kind", ("quality", "price", "clauses"), path),  # type: ignore[arg-type]
            weight=self.number(row.get("weight", "0"), f"{path}.weight"),
            formula=self.text(row["formula"], f"{path}.formula") if "formula" in row else None,
            group=self.text(row["group"], f"{path}.group") if "group" in row else None,
            scale=tuple(self.step(*each) for each in self.rows(row, "scale", MOST_STEPS, path)),
            **self.numbers(row, numbers, path),
        )

    def step(self, value: object, path: str) -> Step:
        row = self.members(value, path, required=("mark",), optional=("label", "descriptor"))
        label, descriptor = (self.text(row.get(name, ""), f"{path}.{name}", may_be_empty=True) for name in SAID)
        return Step(self.number(row.get("mark", "0"), f"{path}.mark"), label, descriptor)

    def group(self, value: object, path: str) -> Group:
        row = self.members(value, path, required=("code",), optional=("threshold", *WORDS))
        return Group(self.text(row.get("code"), f"{path}.code"), **self.numbers(row, ("threshold",), path))

    def clause(self, value: object, path: str) -> Clause:
        numbers = ("weight", "maximum", "threshold")
        row = self.members(value, path, required=("code", "mode"), optional=(*numbers, *WORDS))
        return Clause(
            code=self.text(row.get("code"), f"{path}.code"),
            mode=self.one_of(row, "mode", ("mandatory", "scored"), path),  # type: ignore[arg-type]
            **self.numbers(row, numbers, path),
        )

    def entry(self, value: object, path: str) -> Entry:
        optional = ("marks", "clause_findings", "price", "corrected_price", "lines", "disregarded", *WORDS)
        row = self.members(value, path, required=("id",), optional=optional)
        marks = self.members(row.get("marks", {}), f"{path}.marks")
        findings = self.members(row.get("clause_findings", {}), f"{path}.clause_findings")
        price, stated = self.price(row, path)
        return Entry(
            id=self.text(row.get("id"), f"{path}.id"),
            marks={code: self.mark(mark, f"{path}.marks.{code}") for code, mark in marks.items()},
            price=price,
            disregarded=self.text(row["disregarded"], f"{path}.disregarded") if "disregarded" in row else None,
            findings={code: self.finding(each, f"{path}.clause_findings.{code}") for code, each in findings.items()},
            stated_price=stated,
        )

    def price(self, row: Mapping[str, Any], path: str) -> tuple[Decimal | None, Decimal | None]:
        """The price that is ranked, and the one stated where that is another."""
        given = self.numbers(row, ("price", "corrected_price"), path)
        lines = [self.line(*each) for each in self.rows(row, "lines", MOST_SUBMISSIONS, path)]
        stated, corrected = given.get("price"), given.get("corrected_price")
        if stated is None:
            for name in ("corrected_price", "lines"):
                if name in row:
                    self.note(f"{path}.price", f"is missing: “{name}” corrects a stated price.")
            return None, None
        if lines:
            found = self.sum_of(lines, stated, path)
            if corrected not in (None, found):
                self.note(f"{path}.corrected_price", f"is not what the lines sum to, which is {found:f}.")
            corrected = found
        return (stated, None) if corrected in (None, stated) else (corrected, stated)

    def sum_of(self, lines: list[PriceLine], stated: Decimal, path: str) -> Decimal:
        total = corrected_price(stated, lines).corrected
        with localcontext(prec=PRECISE):
            exact = Decimal(total.numerator) / Decimal(total.denominator)
        if not NUMBER.fullmatch(f"{exact:f}"):
            self.note(f"{path}.lines", "sum to a figure of more than 15 digits before the point or 12 after it.")
            return stated
        return exact

    def line(self, value: object, path: str) -> PriceLine:
        row = self.members(value, path, required=("quantity", "unit_price"), optional=("description",))
        quantity, each = (self.number(row.get(name, "0"), f"{path}.{name}") for name in ("quantity", "unit_price"))
        return PriceLine(quantity, each)

    def mark(self, value: object, path: str) -> Mark:
        if value == NOT_APPLICABLE.value:
            return NOT_APPLICABLE
        if value is None:
            return None
        if not isinstance(value, dict):
            return self.number(value, path)
        return PanelMarks({
            str(name): tuple(self.number(mark, place) for mark, place in self.rows(value, name, MOST_STEPS, path))
            for name in value
        })  # fmt: skip

    def finding(self, value: object, path: str) -> Finding:
        if value == NOT_APPLICABLE.value:
            return NOT_APPLICABLE
        if value in ("met", "not met", "due later"):
            return value
        return self.number(value, path)

    def members(
        self, value: object, path: str, *, required: tuple[str, ...] = (), optional: tuple[str, ...] | None = None
    ) -> Mapping[str, Any]:
        """The members of an object; where keys are prescribed, missing and unknown ones are noted."""
        if not isinstance(value, dict):
            self.note(path, "should be an object in curly brackets.")
            return {}
        for name in required:
            if name not in value:
                self.note(child(path, name), "is missing.")
        if optional is not None:
            for name in sorted(set(value) - {*required, *optional}):
                self.note(child(path, name), "is not a key of this format.")
        for name in value:
            if not _is_clean(name, LONGEST):
                self.note(child(path, name[:LONGEST]), "is not a usable key: it is empty, too long, or not printable.")
        return value

    def rows(self, row: Mapping[str, Any], name: str, most: int, path: str = "") -> Iterator[tuple[Any, str]]:
        """The elements of a list with their places; an absent list is empty."""
        value, place = row.get(name, []), child(path, name)
        if not isinstance(value, list):
            self.note(place, "should be a list in square brackets.")
        elif len(value) > most:
            self.note(place, f"has {len(value)} elements; at most {most} are read.")
        else:
            yield from ((each, f"{place}[{n}]") for n, each in enumerate(value))

    def text(self, value: object, path: str, *, may_be_empty: bool = False) -> str:
        longest = LONGEST_TEXT if path.endswith(("disregarded", "descriptor")) else LONGEST
        if may_be_empty and value == "":
            return ""
        if not isinstance(value, str) or isinstance(value, Unquoted):
            if value is not None:
                self.note(path, "should be a text in quotes.")
        elif not _is_clean(value, longest):
            self.note(path, f"should be a text of 1 to {longest} printable characters.")
        else:
            return value
        return ""

    def number(self, value: object, path: str) -> Decimal:
        if isinstance(value, str) and not isinstance(value, Unquoted) and NUMBER.fullmatch(value):
            return Decimal(value)
        self.note(path, f"{_quoted(value)} {NOT_A_NUMBER}.")
        return Decimal(0)

    def numbers(self, row: Mapping[str, Any], names: tuple[str, ...], path: str) -> dict[str, Decimal]:
        return {name: self.number(row[name], f"{path}.{name}") for name in names if name in row}

    def one_of(self, row: Mapping[str, Any], name: str, allowed: tuple[str, ...], path: str) -> str:
        value = row.get(name)
        if value in allowed:
            return str(value)
        if name in row:
            self.note(f"{path}.{name}", f"{_quoted(value)} is not one of {', '.join(allowed)}.")
        return allowed[0]

    def note(self, path: str, sentence: str) -> None:
        self.problems.append(Problem(path, sentence))


SAID = ("label", "descriptor")


def _is_clean(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and not any(ord(letter) < 32 and letter not in "\n\t" for letter in text)


def _quoted(value: object) -> str:
    if isinstance(value, Unquoted):
        return str(value)[:40]
    if isinstance(value, str):
        return f"“{value[:40]}”"
    return "this"
