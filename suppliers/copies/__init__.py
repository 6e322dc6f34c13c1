"""A copy of an answer for its own people, as PDF and as a Word document. Made in memory, stored nowhere."""

from suppliers.copies.content import Block, Copy, copy_of, from_document
from suppliers.copies.pdf import pdf
from suppliers.copies.word import word

__all__ = ["Block", "Copy", "copy_of", "from_document", "pdf", "word"]
