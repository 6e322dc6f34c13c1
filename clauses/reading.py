"""Reads the clause library from its TOML files: one file per family, and `sets.toml` with the clause sets.

Pure: no Django, no writing. `read_library` returns the whole library or raises `LibraryError` with every
fault found, so that whoever edits a file sees the complete list.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from clauses.tables import Faults, Table, load_toml, repeated

FAMILIES = ("open-data", "security", "privacy", "interoperability", "inclusion", "ethics")
MODES = ("mandatory", "scored")
RESPONSE_TYPES = ("yes_no_evidence", "graded", "file", "url")
DUE = ("bid", "before_pilot_start", "during_pilot", "before_award")
APPLIES_WHEN = (
    "always",
    "api",
    "bespoke_code",
    "connected_devices",
    "connects_to_council_or_holds_data",
    "personal_data",
    "public_realm_sensors",
    "publishes_data",
    "residents_use",
    "uses_ai",
    "web_ui",
)
CHECK_KINDS = ("machine", "assisted", "human")
SEEN = ("yes", "partly", "reported", "general knowledge")
LEVELS = ("0", "1", "2", "3", "4")
CODE = re.compile(r"[A-Z]{2}-\d{2}")


class LibraryError(ValueError):
    """The clause library cannot be used; `faults` lists every reason, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("The clause library cannot be read:\n" + "\n".join(f"- {fault}" for fault in faults))


@dataclass(frozen=True)
class SourceText:
    """Where a clause comes from, and how much of the source's own words was seen when it was written down."""

    framework: str
    ref: str
    seen: str


@dataclass(frozen=True)
class CheckStep:
    """One thing a machine can do during a pilot, with the rule that decides whether it passes."""

    id: str
    method: str
    inputs: tuple[str, ...]
    pass_rule: str
    schedule: str
    tool: str


@dataclass(frozen=True)
class CheckText:
    """How a clause is checked: by machine, assisted or by people, and what the check cannot show."""

    kind: str
    steps: tuple[CheckStep, ...]
    limits: str


@dataclass(frozen=True)
class ClauseText:
    """One clause as the library words it; `descriptors` holds the levels 0 to 4, or nothing when not graded."""

    code: str
    family: str
    title: str
    requirement: str
    why: str
    mode: str
    default_weight: int
    response_type: str
    due: str
    applies_when: str
    evidence: tuple[str, ...]
    sources: tuple[SourceText, ...]
    descriptors: tuple[str, ...]
    check: CheckText

    @property
    def is_mandatory(self) -> bool:
        """Say whether failing the clause disregards a submission."""
        return self.mode == "mandatory"


@dataclass(frozen=True)
class SetText:
    """A named choice of clauses; `yes_no_at_submission` asks no more than a yes before the pilot stage."""

    code: str
    name: str
    description: str
    codes: tuple[str, ...]
    yes_no_at_submission: bool
    asked_at_submission_at_most: int


@dataclass(frozen=True)
class Library:
    """Every clause and clause set of one version."""

    version: int
    clauses: tuple[ClauseText, ...]
    sets: tuple[SetText, ...]

    def by_code(self) -> dict[str, ClauseText]:
        """Return the clauses by their codes."""
        return {clause.code: clause for clause in self.clauses}


def read_library(folder: Path) -> Library:
    """Read the library in a folder; raise `LibraryError` with all faults when any file is wrong."""
    faults = Faults()
    clauses = [clause for family in FAMILIES for clause in _read_family(folder / f"{family}.toml", family, faults)]
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in (*FAMILIES, "sets"):
            faults.append(f"{path.name}: unknown family “{path.stem}”; the families are: {', '.join(FAMILIES)}.")
    for code in repeated([clause.code for clause in clauses]):
        faults.append(f"The code {code} is used by more than one clause.")
    library = _read_sets(folder / "sets.toml", clauses, faults)
    if faults:
        raise LibraryError(faults)
    return library


def _read_family(path: Path, family: str, faults: Faults) -> list[ClauseText]:
    table = load_toml(path, faults)
    if not table.data:
        return []
    if table.text("family") != family:
        table.fault(f"unknown family “{table.data.get('family')}”; this file holds the family “{family}”.")
    clauses = [_read_clause(item, family) for item in table.tables("clauses", "code")]
    table.finish()
    return clauses


def _read_clause(table: Table, family: str) -> ClauseText:
    clause = ClauseText(
        code=table.text("code"),
        family=family,
        title=table.text("title"),
        requirement=table.text("requirement"),
        why=table.text("why", ""),
        mode=table.one_of("mode", MODES),
        default_weight=table.whole("default_weight"),
        response_type=table.one_of("response_type", RESPONSE_TYPES),
        due=table.one_of("due", DUE),
        applies_when=table.one_of("applies_when", APPLIES_WHEN),
        evidence=table.texts("evidence"),
        sources=tuple(_read_source(item) for item in table.tables("sources", "framework")),
        descriptors=_read_descriptors(table),
        check=_read_check(table.table("check")),
    )
    table.finish()
    _judge_clause(clause, table)
    return clause


def _judge_clause(clause: ClauseText, table: Table) -> None:
    if not CODE.fullmatch(clause.code):
        table.fault(f"the code “{clause.code}” is not two capital letters, a hyphen and two digits.")
    if clause.mode == "mandatory" and clause.default_weight != 0:
        table.fault("a mandatory clause carries no weight; its default_weight must be 0.")
    if clause.mode == "scored" and clause.default_weight <= 0:
        table.fault("a scored clause needs a default_weight above 0.")
    if not clause.sources:
        table.fault("names no source.")


def _read_source(table: Table) -> SourceText:
    source = SourceText(table.text("framework"), table.text("ref"), table.one_of("seen", SEEN))
    table.finish()
    return source


def _read_descriptors(table: Table) -> tuple[str, ...]:
    graded = table.data.get("response_type") == "graded"
    if not graded and "descriptors" not in table.data:
        return ()
    levels = table.table("descriptors")
    missing = [level for level in LEVELS if not str(levels.data.get(level, "")).strip()]
    for level in missing:
        table.fault(f"the descriptor for level {level} is missing.")
    texts = tuple(levels.text(level) for level in LEVELS if level not in missing)
    levels.read.update(missing)
    levels.finish()
    return texts


def _read_check(table: Table) -> CheckText:
    steps = tuple(_read_step(item) for item in table.tables("steps", "id", required=False))
    check = CheckText(table.one_of("kind", CHECK_KINDS), steps, table.text("limits", ""))
    table.finish()
    if check.kind == "human" and steps:
        table.fault("a check made by people only must list no machine steps.")
    if check.kind in ("machine", "assisted") and not steps:
        table.fault(f"the check is “{check.kind}” but lists no steps.")
    return check


def _read_step(table: Table) -> CheckStep:
    step = CheckStep(
        id=table.text("id"),
        method=table.text("method"),
        inputs=table.texts("inputs"),
        pass_rule=table.text("pass_rule"),
        schedule=table.text("schedule"),
        tool=table.text("tool", ""),
    )
    table.finish()
    return step


def _read_sets(path: Path, clauses: list[ClauseText], faults: Faults) -> Library:
    table = load_toml(path, faults)
    version, sets = 0, []
    if table.data:
        version = table.whole("version")
        if version < 1:
            table.fault("the version must be 1 or more.")
        sets = [_read_set(item, {clause.code: clause for clause in clauses}) for item in table.tables("sets", "code")]
        table.finish()
    for code in repeated([chosen.code for chosen in sets]):
        table.fault(f"the set “{code}” occurs more than once.")
    return Library(version, tuple(clauses), tuple(sets))


def _read_set(table: Table, clauses: dict[str, ClauseText]) -> SetText:
    chosen = SetText(
        code=table.text("code"),
        name=table.text("name"),
        description=table.text("description"),
        codes=table.texts("clauses"),
        yes_no_at_submission=table.flag("yes_no_at_submission", False),
        asked_at_submission_at_most=table.whole("asked_at_submission_at_most", len(clauses)),
    )
    table.finish()
    _judge_set(chosen, clauses, table)
    return chosen


def _judge_set(chosen: SetText, clauses: dict[str, ClauseText], table: Table) -> None:
    for code in chosen.codes:
        if code not in clauses:
            table.fault(f"the code {code} is not in the library.")
    for code in repeated(chosen.codes):
        table.fault(f"the code {code} is listed more than once.")
    asked = [code for code in chosen.codes if code in clauses and clauses[code].due == "bid"]
    if len(asked) > chosen.asked_at_submission_at_most:
        table.fault(
            f"asks {len(asked)} clauses at submission ({', '.join(asked)}), "
            f"but at most {chosen.asked_at_submission_at_most} are allowed."
        )
