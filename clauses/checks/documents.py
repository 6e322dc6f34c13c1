"""Documents in YAML, as OpenAPI is often written: read within bounds, without references from one place to another."""

from typing import Any

import yaml

from clauses.checks.kinds import is_page
from clauses.checks.samples import DEEPEST, json_of, text_of
from clauses.checks.shapes import CannotCheck, NotReadHere, shown

LONGEST = 2_000_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def document_of(body: bytes) -> Any:
    """A document in JSON or YAML, its keys as texts; raises CannotCheck with what is wrong with it."""
    if is_page(body):
        raise CannotCheck("A web page came, not the document.", "Give the address of the document itself.")
    text = text_of(body)
    if text.lstrip()[:1] in ("{", "["):
        return json_of(body)
    if len(text) > LONGEST:
        raise NotReadHere(f"It is YAML of more than {LONGEST // 1_000_000} MB, which is not read.", "Offer it as JSON.")
    try:
        _refuse_hostile(text)
        return _with_text_keys(yaml.load(text, Loader=_LOADER))  # noqa: S506 - one of the two safe loaders
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CannotCheck(f"It is neither JSON nor YAML: {shown(error, 120)}.", "Send a valid document.") from error


def _refuse_hostile(text: str) -> None:
    """Before anything is built: what is nested without an end, or refers back and so grows when it is walked."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise NotReadHere("It uses YAML's references (& and *), which are not read.", "Offer it as JSON.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise CannotCheck("It is nested too deeply to be read.", "Send a plain document.")


def _with_text_keys(found: Any) -> Any:
    """As JSON has it: 200 and "200" are one key."""
    if isinstance(found, dict):
        return {str(key): _with_text_keys(value) for key, value in found.items()}
    return [_with_text_keys(each) for each in found] if isinstance(found, list) else found
