"""Privacy: nobody can be recognised in open data, and every device stands in the public register."""

import re
from typing import Any

from clauses.checks.samples import Sample, sample_of
from clauses.checks.shapes import CannotCheck, Case, Finding, Verdict, delivered, share, shown
from clauses.checks.timing import seen_devices

# Every pattern has bounded quantifiers: whatever stands in a cell, looking at it takes a moment.
_PERSONAL = {
    "an e-mail address": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
    "a telephone number": re.compile(r"(?<![\d.])(?:\+44\s?\(?0?\)?|0)(?:\d[\s-]?){9,10}(?![\d.])"),
    "a number plate": re.compile(r"\b[A-HJ-PR-Y]{2}[0-9]{2}\s?[A-HJ-PR-Z]{3}\b"),
    "a MAC address": re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"),
    "a National Insurance number": re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2}\s?(?:\d{2}\s?){3}[A-D]\b"),
}
_IMEI = re.compile(r"(?<!\d)\d{15}(?!\d)")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s?[0-9][A-Z]{2}\b")
_COUNTS = ("count", "n", "number", "people", "persons", "households", "visitors", "users", "residents")
LONGEST = 500


def pii(case: Case) -> Finding:
    """No direct identifier in the published sample; a hit is shown by its place and kind, never by itself."""
    sample = _published(case)
    hits = [hit for number, row in enumerate(sample.rows) for hit in _hits(number, row, sample)]
    if hits:
        sentence = f"{len(hits):,} cells look like personal data, {hits[0][1]} first."
        excerpt = shown("; ".join(f"record {number + 1}, {column}: {words}" for number, words, column in hits[:6]))
        return Finding("pii", Verdict.NOT_MET, sentence, excerpt, "Take the data down, remove what identifies people.")
    _refuse_cut(sample)
    sentence = f"No direct identifier was found in {len(sample.rows):,} records."
    return Finding("pii", Verdict.MET, sentence, shown(", ".join(sample.columns)))


def smallcells(case: Case) -> Finding:
    """No count between 1 and one less than the agreed threshold is published."""
    sample, least = _published(case), case.stated.least_count
    columns = _counted(sample, case.stated.count_column)
    if not columns:
        raise CannotCheck("No column of counts is known in the published data.", "Say which column counts people.")
    small = [
        (number, column)
        for number, row in enumerate(sample.rows)
        for column in columns
        if 1 <= _count(row.get(column)) < least
    ]
    if small:
        sentence = f"{len(small):,} counts of {len(sample.rows):,} records lie between 1 and {least - 1}."
        excerpt = shown("; ".join(f"record {number + 1}, {column}" for number, column in small[:10]))
        return Finding("smallcells", Verdict.NOT_MET, sentence, excerpt, "Suppress or merge small counts.")
    _refuse_cut(sample)
    return Finding(
        "smallcells",
        Verdict.MET,
        f"No count of 1 to {least - 1} in {len(sample.rows):,} records.",
        shown(", ".join(columns)),
    )


def register(case: Case) -> Finding:
    """Every device that reports stands in the public register."""
    listed = sample_of(delivered(case, "register"))
    column = listed.device_column or listed.column("id", "name")
    if not column:
        raise CannotCheck("The register names no devices in a column that is known.", "Name the column device.")
    known = {str(row.get(column) or "").strip().lower() for row in listed.rows}
    seen = sorted(seen_devices(case))
    missing = [device for device in seen if device.lower() not in known]
    sentence = f"{share(len(seen) - len(missing), len(seen))} of the {len(seen):,} devices that report are registered."
    if missing:
        to_do = "Enter these devices, with location, type and owner."
        return Finding("register", Verdict.NOT_MET, sentence, shown(", ".join(missing[:20])), to_do)
    if not seen:
        raise CannotCheck("No device has reported yet.")
    lacking = [words for words, names in _ABOUT.items() if not listed.column(*names)]
    if lacking:
        return Finding(
            "register", Verdict.NOT_MET, f"The register does not say {', '.join(lacking)}.",
            shown(", ".join(listed.columns)), "Give every device its location, type and owner.",
        )  # fmt: skip
    return Finding("register", Verdict.MET, sentence, shown(", ".join(listed.columns)))


_ABOUT = {
    "where each stands": ("location", "place", "address", "latitude", "lat", "site"),
    "what each is": ("type", "kind", "what", "senses"),
    "who runs it": ("owner", "operator", "who"),
}


def _published(case: Case) -> Sample:
    sample = sample_of(delivered(case, "published"))
    if not sample.rows:
        raise CannotCheck("The published data hold no records.")
    return sample


def _counted(sample: Sample, stated: str) -> list[str]:
    """The columns that count people: those that were named, separated by commas, else those whose names say so."""
    named = [sample.column(each.strip().lower()) for each in stated.split(",") if each.strip()]
    if named and not all(named):
        raise CannotCheck(f"The published data have no column “{shown(stated, 60)}”.", "Name the columns as they are.")
    return named or [column for column in sample.columns if column.strip().lower() in _COUNTS]


def _refuse_cut(sample: Sample) -> None:
    if sample.is_cut:
        raise CannotCheck("There are more records than are read, so nothing can be said about all of them.")


def _hits(number: int, row: dict[str, Any], sample: Sample) -> list[tuple[int, str, str]]:
    cells = [(column, str(value)[:LONGEST]) for column, value in row.items() if value not in (None, "")]
    found = [
        (number, words, shown(column, 40))
        for column, text in cells
        for words, pattern in _PERSONAL.items()
        if pattern.search(text)
    ]
    found += [(number, "an IMEI", shown(column, 40)) for column, text in cells if _is_imei(text)]
    if any(_count(row.get(column)) == 1 for column in (sample.column(*_COUNTS),) if column):
        words = "a full postcode beside a count of one"
        found += [(number, words, shown(column, 40)) for column, text in cells if _POSTCODE.search(text)]
    return found


def _is_imei(text: str) -> bool:
    """Fifteen digits of which the last checks the others (Luhn): instants and counters seldom do."""
    found = _IMEI.search(text)
    if found is None:
        return False
    digits = [int(sign) for sign in found[0]]
    return sum(sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(digits)) % 10 == 0


def _count(value: object) -> float:
    try:
        return float(str(value)[:30])
    except ValueError:
        return 0.0
