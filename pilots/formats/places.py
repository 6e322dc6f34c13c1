"""Where in a JSON text each key stands, so that what is wrong with a plan has its line."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pilots.formats.problems import Problem

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')


@dataclass
class _Level:
    """An object or list that is being read: `at` is the key or the number of what comes next."""

    prefix: str
    is_list: bool
    at: str = ""
    number: int = 0

    @property
    def path(self) -> str:
        if self.is_list:
            return f"{self.prefix}[{self.number}]"
        return f"{self.prefix}.{self.at}" if self.prefix else self.at


def lines_of(text: str) -> dict[str, int]:
    """The line (from 1) of each key of a JSON text, and of each object in a list, by its path: `guardrails[0].code`."""
    lines: dict[str, int] = {"": 1}
    levels: list[_Level] = []
    line, is_key = 1, False
    for found in _TOKEN.finditer(text):
        mark = found[0]
        line += mark == "\n"
        if mark in "{[":
            path = levels[-1].path if levels else ""
            lines.setdefault(path, line)
            levels.append(_Level(path, mark == "["))
        elif mark in "}]":
            levels = levels[:-1]
        elif mark == "," and levels:
            levels[-1].number += 1
        elif is_key and mark[0] == '"':
            levels[-1].at = _said(mark)
            lines[levels[-1].path] = line
        if mark != "\n":
            is_key = mark in "{," and bool(levels) and not levels[-1].is_list
    return lines


def _said(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return quoted[1:-1]


def with_lines(problems: Sequence[Problem], text: str) -> list[Problem]:
    """The problems with the lines of their keys; of a key that is missing, the line of what it is missing from."""
    if not any(problem.key for problem in problems):
        return list(problems)
    lines = lines_of(text)
    return [replace(each, line=_line(each.key, lines)) if each.key and not each.line else each for each in problems]


def _line(key: str, lines: Mapping[str, int]) -> int:
    while key not in lines:
        key = key.rpartition(".")[0]
    return lines[key]
