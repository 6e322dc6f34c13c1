"""Amounts of money and the VAT on top of them: exact, in whole pence. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from challenges.money import money

PENNY = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Vat:
    """How VAT is treated: the supplier's words, the rate in per cent that comes on top, and a note beside a price."""

    words: str
    rate: Decimal
    note: str


VAT = {
    "standard": Vat("Add VAT at the standard rate of 20%", Decimal(20), "plus 20% VAT"),
    "reduced": Vat("Add VAT at the reduced rate of 5%", Decimal(5), "plus 5% VAT"),
    "zero": Vat("No VAT: what we supply is zero-rated or exempt", Decimal(0), "no VAT: zero-rated or exempt"),
    "unregistered": Vat("No VAT: we are not registered for it", Decimal(0), "no VAT: not registered for it"),
}
"""The United Kingdom's rates. An answer states one of these; both prices are always given without VAT."""


def vat_note(treatment: str) -> str:
    """What stands beside a price: the VAT that comes on top, as the supplier said; that it was not said where so."""
    return VAT[treatment].note if treatment in VAT else "VAT not stated"


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


def too_high(prices: Mapping[str, str], budget: Decimal | None, ceiling: Decimal | None, currency: str) -> list[str]:
    """What to say of prices as they are saved that are above the money published with the call, in its currency.

    They are no fault: an answer may be submitted with them. No award can be made above that money.
    """
    published = {"pilot": (budget, "for the pilot", "each pilot"), "contract": (ceiling, "for the contract", "it")}
    return [
        f"Your price {what}, {money(asked, currency)}, is above the {money(most, currency)} that the council has for "
        f"{whom}: no award can be higher than that."
        for name, (most, what, whom) in published.items()
        if most is not None and is_amount(asked := prices.get(name, "")) and Decimal(asked) > most
    ]
