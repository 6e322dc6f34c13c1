"""The house keeps its shape: known rooms, known names, small files."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = SETTINGS["tool"]["importlinter"]["root_packages"]
APPS = [name for name in PACKAGES if name != "marketplace"]
FORBIDDEN = {"utils", "util", "common", "core", "helpers", "helper", "services", "service", "misc", "lib"}
LONGEST_FILE = 400


def _modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT)


def test_every_top_level_package_is_under_the_import_contracts() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert packages == set(PACKAGES)


def test_the_rooms_are_ordered_in_one_contract() -> None:
    contract = SETTINGS["tool"]["importlinter"]["contracts"][0]
    ordered = {room.strip() for layer in contract["layers"] for room in layer.split("|")}

    assert (contract["type"], ordered) == ("layers", set(PACKAGES))


@pytest.mark.parametrize("app", APPS)
def test_every_app_has_its_models_its_configuration_and_its_migrations(app: str) -> None:
    folder = ROOT / app
    has_models = (folder / "models.py").exists() or (folder / "models" / "__init__.py").exists()

    assert (has_models, (folder / "apps.py").exists(), (folder / "migrations").is_dir()) == (True, True, True)


@pytest.mark.parametrize("app", APPS)
def test_an_app_with_views_has_addresses(app: str) -> None:
    modules = {path.stem for path in (ROOT / app).iterdir()}

    assert not modules & {"views", "api"} or "urls" in modules


def test_no_module_is_named_after_nothing_in_particular() -> None:
    named = [path for path in _modules(*PACKAGES) if FORBIDDEN & {path.stem, *path.parent.parts}]

    assert named == []


def test_files_stay_small_enough_to_read() -> None:
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path in _modules(*PACKAGES)}

    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


USING = {"django_db": {"browser", "conformance", "faults", "integration"}, "faults": {"faults"}, "browser": {"browser"}}


@pytest.mark.parametrize(("mark", "folders"), USING.items(), ids=list(USING))
def test_tests_with_a_mark_stand_where_the_test_command_looks_for_them(mark: str, folders: set[str]) -> None:
    marked = [path for path in _modules("tests") if f"pytest.mark.{mark}" in (ROOT / path).read_text()]

    assert {path.parts[1] for path in marked} == folders


def test_an_address_is_named_in_the_block_that_uses_it() -> None:
    """What `{% url … as home %}` names in one block of a template is unknown in another: its link would be missing."""
    lost = [
        (str(path.relative_to(ROOT)), name)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for name in _lost_names(path.read_text())
    ]

    assert lost == []


def _lost_names(text: str) -> set[str]:
    blocks = dict(re.findall(r"{% block (\w+) %}(.*?){% endblock", text, re.DOTALL))
    named = {block: set(re.findall(r"{% url [^%]* as (\w+) %}", inner)) for block, inner in blocks.items()}
    everywhere = {name for names in named.values() for name in names}
    return {
        name
        for block, inner in blocks.items()
        for name in everywhere - named[block]
        if re.search(rf"url={name}\b|{{{{ {name} }}}}", inner)
    }
