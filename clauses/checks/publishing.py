"""What has to be public: plain words, impact assessment, statements, evaluation, licence, the API's document."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from clauses.checks.documents import document_of
from clauses.checks.shapes import NAMES, CannotCheck, Case, Finding, Verdict, delivered, reached, shown

EVALUATION_WITHIN = timedelta(days=60)
LONGEST = 400_000
_ABOUT = {
    "what it is for": ("why", "purpose", "because", "to find out", "aim"),
    "who runs it": ("run by", "operated by", "owner", "council", "responsible"),
    "when it ends": ("until", "ends", "end date", "finishes", "removed"),
    "whom to ask": ("contact", "e-mail", "email", "telephone", "phone", "ask"),
}
_SPDX = {
    "MIT License": "MIT", "Apache License": "Apache-2.0", "GNU AFFERO GENERAL PUBLIC": "AGPL",
    "GNU LESSER GENERAL": "LGPL",
    "GNU GENERAL PUBLIC LICENSE": "GPL", "Mozilla Public License": "MPL-2.0",
    "European Union Public Licence": "EUPL-1.2",
    "Redistribution and use in source and binary forms": "BSD", "ISC License": "ISC",
    "This is free and unencumbered": "Unlicense",
}  # fmt: skip
_VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def words_of(body: bytes) -> str:
    """The words that people read in a page or a text file, one line; in time proportional to its length."""
    first, *pieces = body[:LONGEST].decode("utf-8", "replace").split("<")
    parts, hidden = [first], ""
    for piece in pieces:
        tag, _, text = piece.partition(">")
        name = tag[:20].split(maxsplit=1)[0].lower() if tag[:20].split() else ""
        if hidden:
            is_over = name == f"/{hidden}" or (hidden == "!--" and "-->" in piece)
            hidden = "" if is_over else hidden
        elif name.startswith("!--") and "-->" not in piece:
            hidden = "!--"
        elif name in ("script", "style"):
            hidden = name
        if not hidden:
            parts.append(text)
    return " ".join(unescape(" ".join(parts)).split())


def page(case: Case) -> Finding:
    """The public page says what for, who, until when and whom to ask; a person judges whether it says so well."""
    text = _present(case, "page")
    if isinstance(text, Finding):
        return text
    missing = [words for words, signs in _ABOUT.items() if not any(sign in text.lower() for sign in signs)]
    if missing:
        sentence = f"The page does not seem to say {', '.join(missing)}."
        return Finding("page", Verdict.NOT_MET, sentence, shown(text), "Say it in plain words on the page.")
    return Finding(
        "page", Verdict.TO_CONFIRM, "The page is there; read whether it says it in plain words.", shown(text)
    )


def readability(case: Case) -> Finding:
    """Flesch reading ease, as advice: it never fails a page."""
    text = words_of(delivered(case, "page").body)
    words = re.findall(r"[A-Za-z']{1,40}", text[:50_000])
    if len(words) < 50:
        raise CannotCheck("The page has too few words for its reading ease to be worked out.")
    sentences = max(1, len(re.findall(r"[.!?]+(?:\s|$)", text[:50_000])))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower()))) for word in words)
    ease = 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)
    sentence = f"Reading ease {ease:.0f} (60 and more is plain). This is advice."
    return Finding(
        "readability", Verdict.MET, sentence, shown(text, 200), "Shorten the sentences." if ease < 60 else ""
    )


def dpia(case: Case) -> Finding:
    """The summary is public; whether it came before the first record, a person confirms."""
    text = _present(case, "dpia")
    if isinstance(text, Finding):
        return Finding("dpia", text.verdict, text.sentence, text.excerpt, text.to_do)
    first = case.first_reading_at
    words = f" The first reading is of {first:%d %B %Y}: was it published before?" if first else ""
    return Finding("dpia", Verdict.TO_CONFIRM, f"The summary is public.{words}", shown(text))


def statement(case: Case) -> Finding:
    """The accessibility statement names its standard and a contact."""
    text = _present(case, "statement")
    if isinstance(text, Finding):
        return text
    lacking = [] if "wcag" in text.lower() else ["the standard (WCAG)"]
    lacking += [] if any(sign in text.lower() for sign in ("contact", "e-mail", "email", "@")) else ["a contact"]
    if lacking:
        sentence = f"The accessibility statement does not name {' and '.join(lacking)}."
        return Finding("statement", Verdict.NOT_MET, sentence, shown(text), "Complete the statement.")
    return Finding(
        "statement", Verdict.MET, "The accessibility statement names its standard and a contact.", shown(text)
    )


def record(case: Case) -> Finding:
    """The algorithm record is public; a person reads whether its fields are filled."""
    text = _present(case, "record")
    if isinstance(text, Finding):
        return text
    return Finding("record", Verdict.TO_CONFIRM, "The record is public; read whether it is complete.", shown(text))


def repo(case: Case) -> Finding:
    """The licence file is one that is recognised as open source."""
    text = words_of(delivered(case, "repository").body)
    known = next((name for words, name in _SPDX.items() if words.lower() in text.lower()), "")
    if not known:
        raise CannotCheck(
            "No licence that is known was recognised in the file.", "Give the address of the LICENSE file."
        )
    return Finding("repo", Verdict.TO_CONFIRM, f"It reads like {known}.", shown(text, 200))


def published(case: Case) -> Finding:
    """The evaluation is published within sixty days of the end of the pilot."""
    ends = case.ends_on
    if ends is None or case.at.date() <= ends:
        raise CannotCheck("The pilot has not ended: its evaluation is not due.")
    answer, last = case.answers.get("evaluation"), ends + EVALUATION_WITHIN
    if answer is not None and not answer.failure and answer.status == 200:
        sentence = f"The evaluation is public; it was due by {last:%d %B %Y}."
        return Finding("published", Verdict.MET, sentence, shown(words_of(answer.body), 200))
    if case.at.date() <= last:
        raise CannotCheck(f"The evaluation is not there yet; it is due by {last:%d %B %Y}.", "Publish it in time.")
    reached(case, "evaluation")
    sentence = f"Nothing is published at its address; it was due by {last:%d %B %Y}."
    return Finding("published", Verdict.NOT_MET, sentence, "", "Publish the evaluation, good or bad.")


def oas(case: Case) -> Finding:
    """OpenAPI 3 with a version, paths, responses for success and error, and examples; local references resolve."""
    document = document_of(delivered(case, "openapi").body)
    wrong = _wrong_document(document)
    excerpt = shown(", ".join(list(document.get("paths") or {})[:20])) if isinstance(document, dict) else ""
    if wrong:
        return Finding("oas", Verdict.NOT_MET, " ".join(wrong), excerpt, "Correct the OpenAPI document.")
    sentence = f"OpenAPI {shown(document['openapi'], 10)}: {len(document['paths'])} paths, with responses and examples."
    return Finding("oas", Verdict.MET, sentence, excerpt)


def _present(case: Case, kind: str) -> str | Finding:
    """The words of a page that has to be there; a finding where it is not."""
    answer = reached(case, kind)
    if answer.status != 200:
        sentence = f"{NAMES[kind].capitalize()} answers with {answer.status}."
        return Finding(kind, Verdict.NOT_MET, sentence, answer.url, "Publish it at this address.")
    text = words_of(answer.body)
    if len(text) < 20:
        return Finding(kind, Verdict.NOT_MET, f"{NAMES[kind].capitalize()} holds no words.", answer.url, "Write it.")
    return text


def _wrong_document(document: Any) -> list[str]:
    if not isinstance(document, dict) or not re.fullmatch(r"3\.\d+\.\d+", str(document.get("openapi", ""))[:20]):
        return ["It is not an OpenAPI 3 document."]
    info, paths = document.get("info"), document.get("paths")
    found = (
        []
        if isinstance(info, dict) and info.get("title") and info.get("version")
        else ["It names no title or version."]
    )
    if not isinstance(paths, dict) or not paths:
        return [*found, "It describes no paths."]
    operations = [_operation(name, each) for name, path in paths.items() for each in _operations(path)]
    found += [sentence for sentence in operations if sentence][:5]
    text = _flat(document)
    found += [] if "example" in text["keys"] or "examples" in text["keys"] else ["It gives no examples."]
    found += [f"{shown(each, 60)} leads nowhere." for each in sorted(text["refs"]) if not _resolves(document, each)][:5]
    return found


def _operations(path: Any) -> list[Any]:
    return [path[verb] for verb in _VERBS if verb in path] if isinstance(path, dict) else [None]


def _operation(name: str, each: Any) -> str:
    responses = each.get("responses") if isinstance(each, dict) else None
    if not isinstance(responses, dict) or not responses:
        return f"{shown(name, 60)} names no responses."
    codes = {str(code)[:7] for code in responses}
    has_error = any(code[:1] in "45" or code == "default" for code in codes if code)
    return "" if has_error else f"{shown(name, 60)} names no response to an error."


def _flat(document: Any) -> dict[str, set[str]]:
    keys: set[str] = set()
    refs: set[str] = set()
    waiting, left = [document], 200_000
    while waiting and left:
        each, left = waiting.pop(), left - 1
        if isinstance(each, dict):
            keys.update(each)
            if isinstance(each.get("$ref"), str):
                refs.add(each["$ref"])
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return {"keys": keys, "refs": refs}


def _resolves(document: Any, reference: str) -> bool:
    """References into the same document; others are not followed, and taken as they are where they are addresses."""
    if not reference.startswith("#/"):
        return bool(_is_address(reference))
    for part in reference[2:].split("/")[:50]:
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(document, dict) or key not in document:
            return False
        document = document[key]
    return True


def _is_address(reference: str) -> bool:
    try:
        return urlsplit(reference).scheme in ("http", "https")
    except ValueError:
        return False
