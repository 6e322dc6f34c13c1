"""A copy as a tagged PDF: headings, language and reading order are in the file for people who listen to it.

The page is fixed; what people wrote reaches it as data that is shown and never run.
"""

import json
from dataclasses import asdict
from typing import Final

import typst

from suppliers.copies.content import Copy

ACCESSIBLE: Final = "ua-1"
PAGE = b"""
#let copy = json(bytes(sys.inputs.copy))
#set document(title: copy.title)
#set page(paper: "a4", margin: 22mm, numbering: "1 of 1")
#set text(lang: "en", region: "GB", size: 11pt, hyphenate: false)
#set par(justify: false, leading: 0.7em)
#show heading: set block(above: 1.4em, below: 0.7em)
#title()
#text(copy.version)
#for block in copy.blocks {
  if block.kind == "heading" { heading(level: block.level, text(block.text)) }
  else if block.kind == "fact" { terms.item(text(block.term), text(block.text)) }
  else if block.kind == "table" {
    table(
      columns: block.rows.at(0).len(), stroke: 0.5pt, inset: 6pt,
      table.header(..block.rows.at(0).map(cell => strong(text(cell)))),
      ..block.rows.slice(1).flatten().map(cell => text(cell)),
    )
  }
  else { par(text(block.text)) }
}
"""


def pdf(copy: Copy) -> bytes:
    """The copy as PDF/UA; as an ordinary tagged PDF where a letter has no shape in our fonts."""
    data = {"copy": json.dumps(asdict(copy), ensure_ascii=False)}
    try:
        return bytes(typst.compile(PAGE, format="pdf", sys_inputs=data, pdf_standards=ACCESSIBLE))
    except typst.TypstError:
        return bytes(typst.compile(PAGE, format="pdf", sys_inputs=data))
