"""Amounts of money and the VAT on top of them: exact, in whole pence. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

PENNY = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Vat:
    """How VAT is treated: its words, and the rate in per cent that comes on top."""

    words: str
    rate: Decimal


VAT = {
    "standard": Vat("Add VAT at the standard rate of 20%", Decimal(20)),
    "reduced": Vat("Add VAT at the reduced rate of 5%", Decimal(5)),
    "zero": Vat("No VAT: what we supply is zero-rated or exempt", Decimal(0)),
    "unregistered": Vat("No VAT: we are not registered for it", Decimal(0)),
}
"""The United Kingdom's rates. An answer states one of these; both prices are always given without VAT."""


def is_amount(text: str) -> bool:
    """Whether a text is an amount of money: a number from zero up, in whole pence."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and value >= 0 and value == value.quantize(PENNY)


def with_vat(amount: Decimal, treatment: str) -> Decimal:
    """An amount with VAT on top, to the penny, half a penny upwards; raises KeyError for an unknown treatment."""
    return (amount * (HUNDRED + VAT[treatment].rate) / HUNDRED).quantize(PENNY, ROUND_HALF_UP)
