"""A copy as a Word document, with real headings, so that it can be read aloud, edited and sent round."""

import io
import re

from docx import Document
from docx.document import Document as Written

from suppliers.copies.content import Block, Copy

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LANGUAGE = "en-GB"


def word(copy: Copy) -> bytes:
    """The copy as .docx; its properties name nobody."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.language = _plain(copy.title), LANGUAGE
    properties.author = properties.last_modified_by = properties.comments = ""
    document.add_heading(_plain(copy.title), 0)
    document.add_paragraph(_plain(copy.version))
    for block in copy.blocks:
        _write(document, block)
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


def _write(document: Written, block: Block) -> None:
    if block.kind == "heading":
        document.add_heading(_plain(block.text), block.level)
        return
    if block.kind == "table":
        _table(document, block)
        return
    paragraph = document.add_paragraph()
    if block.term:
        paragraph.add_run(f"{_plain(block.term)}: ").bold = True
    paragraph.add_run(_plain(block.text))


def _table(document: Written, block: Block) -> None:
    table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
    for row in block.rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = _plain(words)


def _plain(text: str) -> str:
    """The text without control characters, which a document cannot hold."""
    return NOT_IN_XML.sub("", text)
