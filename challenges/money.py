"""How money is written, on every page and in every letter. Pure."""

from decimal import Decimal
from fractions import Fraction

SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "US$"}
PENNY = Decimal("0.01")


def money(amount: Decimal | Fraction | int | float | str | None, currency: str = "GBP") -> str:
    """An amount in its currency, `£1,250` or `£1,250.50` or `950,000 SEK`; nothing for None or an empty string."""
    if amount is None or amount == "":
        return ""
    value = as_decimal(amount).quantize(PENNY)
    figure = f"{abs(value):,.0f}" if value == value.to_integral_value() else f"{abs(value):,.2f}"
    sign = "−" if value < 0 else ""
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{figure}" if symbol else f"{sign}{figure} {currency}"


def as_decimal(number: Decimal | Fraction | float | str) -> Decimal:
    """A number in tenths, hundredths and so on; a fraction is rounded to 28 digits."""
    if isinstance(number, Fraction):
        return Decimal(number.numerator) / Decimal(number.denominator)
    return Decimal(str(number))
