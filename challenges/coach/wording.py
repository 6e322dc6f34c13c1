"""Words that name a solution where an outcome should stand, each with the question that turns it round."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from challenges.coach.statement import Finding, Statement, texts

READ_IN: Final = ("title", "strapline", "aim", "good_answer")
"""Where naming a solution prescribes it. What is done today, and why it falls short, may name what is in use."""


@dataclass(frozen=True)
class Kind:
    """A family of words, as a pattern, with what they do to a statement and the question to ask instead."""

    pattern: str
    sentence: str
    question: str


KINDS: Final = (
    Kind(
        r"(?:mobile |web |smartphone )?apps?|websites?|web portals?|portals?|platforms?|dashboards?|chatbots?"
        r"|software|web tools?|online tools?|hubs?|smart cards?|QR codes?",
        "“{}” names a product people would use.",
        "What should someone be able to do or know that they cannot today, whatever they use for it?",
    ),
    Kind(
        r"sensors?|cameras?|CCTV|drones?|beacons?|RFID|GPS|trackers?|smart meters?|LoRaWAN|5G|IoT|internet of things"
        r"|devices?|robots?",
        "“{}” names a device.",
        "What do you need to find out or change, how soon, and how exactly?",
    ),
    Kind(
        r"blockchain|artificial intelligence|AI|machine learning|algorithms?|digital twins?|big data|cloud(?:-based)?"
        r"|augmented reality|virtual reality|APIs?",
        "“{}” names a technique.",
        "Which decision or service should become better, and how would you notice?",
    ),
    Kind(
        r"(?:(?:bike|bicycle|cycle|central|online|digital|modern|national)\s+)*(?:registers?|registry|registries)"
        r"|registration (?:schemes?|systems?)|databases?|(?:management|information|booking|monitoring) systems?",
        "“{}” names a record or system to be kept.",
        "What would the record let people do, and is that the change you want?",
    ),
    Kind(
        r"(?:(?:secure|safe|safer|covered|new|more|cycle|bike|bicycle)\s+)+"
        r"(?:parking(?: (?:spaces?|places?|options?|facilities))?|racks?|lockers?|shelters?|lamp ?posts?"
        r"|bins?|kiosks?)",
        "“{}” names what to put into the street.",
        "What should happen, or stop happening, in that street?",
    ),
    Kind(
        r"(?:(?:install|build|develop|deploy|supply|implement)(?:ing)?|procur(?:e|ing)|purchas(?:e|ing)"
        r"|roll(?:ing)? out)"
        r"(?:\s+(?:an?|the|new|more|modern|smart|secure))+\s+\w+",
        "“{}” says what to make.",
        "What would be different once it is there? Say that, and leave the making to suppliers.",
    ),
    Kind(
        r"(?:minimum|annual) turnover|years(?:’|'| of)? experience|proven track record|(?:similar|previous) contracts",
        "“{}” asks for a past that young firms do not have.",
        "What must the answer prove, and could the pilot prove it instead?",
    ),
    Kind(
        r"\w+\s?[®™]|Google(?: Maps)?|Microsoft(?: \w+)?|Apple|iPhones?|iPads?|Android|WhatsApp|Facebook|Salesforce"
        r"|Oracle|SAP|Esri|ArcGIS|Alexa|Amazon(?: \w+)?|Arduino|Raspberry Pi",
        "“{}” is a brand.",
        "What does it do for you that any product could be asked to do?",
    ),
)
CASE_MATTERS: Final = {"AI", "SAP", "Apple", "Oracle", "Amazon", "Alexa", "Android"}


def solution_words(statement: Statement) -> Iterator[Finding]:
    """Yield a ``should`` for each solution word or brand, once per field, in the order of the page."""
    for field, text in texts(statement).items():
        if field in READ_IN:
            yield from _in_text(field, text)


def _in_text(field: str, text: str) -> Iterator[Finding]:
    matches = sorted(_matches(text), key=lambda item: (item[0].start(), -item[0].end()))
    said: set[str] = set()
    reached = 0
    for match, kind in matches:
        # "modern bike register" says it all; "register" inside it, or a second time, would only repeat it.
        if match.end() > reached and match[0].lower() not in said:
            yield Finding("should", field, match[0], kind.sentence.format(match[0]), kind.question)
            said.add(match[0].lower())
        reached = max(reached, match.end())


def _matches(text: str) -> Iterator[tuple[re.Match[str], Kind]]:
    for kind in KINDS:
        for match in re.finditer(rf"(?<!\w)(?:{kind.pattern})(?!\w)", text, re.IGNORECASE):
            if not _is_ordinary_word(match[0]):
                yield match, kind


def _is_ordinary_word(passage: str) -> bool:
    first = passage.split()[0]
    return any(first.lower() == word.lower() and first != word for word in CASE_MATTERS)
