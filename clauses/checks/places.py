"""Where a record lies: degrees of WGS84 as they are, British National Grid turned into them."""

import math
from collections.abc import Iterable

from clauses.checks.samples import Sample

Place = tuple[float, float]  # longitude, latitude in degrees (WGS84)
# Airy 1830, and the Transverse Mercator projection of the National Grid; Ordnance Survey, "A guide to coordinate
# systems in Great Britain", annexes A to C. The seven-parameter shift there is good to about five metres.
_A, _B, _SCALE, _TRUE_NORTH, _TRUE_WEST = 6377563.396, 6356256.909, 0.9996012717, math.radians(49), math.radians(-2)
_EAST, _NORTH = 400_000.0, -100_000.0
_SHIFT, _PARTS, _TURN = (446.448, -125.157, 542.060), -20.4894e-6, (0.1502, 0.2470, 0.8421)
_WGS_A, _WGS_B = 6378137.0, 6356752.3141
MOST_EAST, MOST_NORTH = 700_000.0, 1_300_000.0


def places_of(sample: Sample) -> tuple[str, list[Place | None]] | None:
    """In which system the records name places, and each record's place; None where no columns are known for it."""
    degrees = sample.column("longitude", "lon", "lng", "long"), sample.column("latitude", "lat")
    if all(degrees):
        read = [(_number(row.get(degrees[0]), 180), _number(row.get(degrees[1]), 90)) for row in sample.rows]
        return "degrees of WGS84", [_whole(each) for each in read]
    metres = sample.column("easting", "eastings"), sample.column("northing", "northings")
    if all(metres):
        pairs = [
            (_number(row.get(metres[0]), MOST_EAST), _number(row.get(metres[1]), MOST_NORTH)) for row in sample.rows
        ]
        return "metres of the British National Grid", [_from_grid(_whole(each)) for each in pairs]
    return None


def outside(places: Iterable[Place | None], boundary: tuple[float, float, float, float]) -> list[Place]:
    """Those that lie outside west, south, east, north."""
    west, south, east, north = boundary
    return [each for each in places if each and not (west <= each[0] <= east and south <= each[1] <= north)]


def wgs84(easting: float, northing: float) -> Place:
    """Metres of the National Grid as degrees of WGS84."""
    latitude, longitude = _unprojected(easting, northing)
    return _degrees(*_shifted(*_cartesian(latitude, longitude)))


def _unprojected(easting: float, northing: float) -> tuple[float, float]:
    square = 1 - (_B / _A) ** 2
    latitude, arc = _TRUE_NORTH, 0.0
    for _ in range(20):
        latitude += (northing - _NORTH - arc) / (_A * _SCALE)
        arc = _arc(latitude)
        if abs(northing - _NORTH - arc) < 1e-5:
            break
    sine, tangent, secant = math.sin(latitude), math.tan(latitude), 1 / math.cos(latitude)
    across = _A * _SCALE / math.sqrt(1 - square * sine**2)
    along = across * (1 - square) / (1 - square * sine**2)
    eta, step = across / along - 1, easting - _EAST
    seventh = tangent / (2 * along * across)
    eighth = tangent / (24 * along * across**3) * (5 + 3 * tangent**2 + eta - 9 * tangent**2 * eta)
    ninth = tangent / (720 * along * across**5) * (61 + 90 * tangent**2 + 45 * tangent**4)
    tenth, eleventh = secant / across, secant / (6 * across**3) * (across / along + 2 * tangent**2)
    twelfth = secant / (120 * across**5) * (5 + 28 * tangent**2 + 24 * tangent**4)
    return (
        latitude - seventh * step**2 + eighth * step**4 - ninth * step**6,
        _TRUE_WEST + tenth * step - eleventh * step**3 + twelfth * step**5,
    )


def _arc(latitude: float) -> float:
    n = (_A - _B) / (_A + _B)
    less, more = latitude - _TRUE_NORTH, latitude + _TRUE_NORTH
    return _B * _SCALE * (
        (1 + n + 1.25 * n**2 + 1.25 * n**3) * less
        - (3 * n + 3 * n**2 + 2.625 * n**3) * math.sin(less) * math.cos(more)
        + (1.875 * n**2 + 1.875 * n**3) * math.sin(2 * less) * math.cos(2 * more)
        - 35 / 24 * n**3 * math.sin(3 * less) * math.cos(3 * more)
    )  # fmt: skip


def _cartesian(latitude: float, longitude: float) -> tuple[float, float, float]:
    square = 1 - (_B / _A) ** 2
    across = _A / math.sqrt(1 - square * math.sin(latitude) ** 2)
    level = across * math.cos(latitude)
    return level * math.cos(longitude), level * math.sin(longitude), across * (1 - square) * math.sin(latitude)


def _shifted(x: float, y: float, z: float) -> tuple[float, float, float]:
    turn_x, turn_y, turn_z = (math.radians(each / 3600) for each in _TURN)
    grown = 1 + _PARTS
    return (
        _SHIFT[0] + grown * x - turn_z * y + turn_y * z,
        _SHIFT[1] + turn_z * x + grown * y - turn_x * z,
        _SHIFT[2] - turn_y * x + turn_x * y + grown * z,
    )


def _degrees(x: float, y: float, z: float) -> Place:
    square, level = 1 - (_WGS_B / _WGS_A) ** 2, math.hypot(x, y)
    latitude = math.atan2(z, level * (1 - square))
    for _ in range(6):
        across = _WGS_A / math.sqrt(1 - square * math.sin(latitude) ** 2)
        latitude = math.atan2(z + square * across * math.sin(latitude), level)
    return math.degrees(math.atan2(y, x)), math.degrees(latitude)


def _from_grid(metres: Place | None) -> Place | None:
    return wgs84(*metres) if metres is not None and min(metres) >= 0 else None


def _whole(pair: tuple[float | None, float | None]) -> Place | None:
    first, second = pair
    return None if first is None or second is None else (first, second)


def _number(value: object, most: float) -> float | None:
    try:
        read = float(str(value)[:40])
    except ValueError:
        return None
    return read if -most <= read <= most else None
