"""Polygons for what Plotly's maps cannot do: a hatch clipped to a region, and which labels find room.

The map itself takes its polygons by address (`real_map.py`); only what is missing is drawn from here.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Shape:
    """The rings of a region in degrees; holes are rings too (inside is where an odd number of rings is)."""

    rings: tuple[tuple[Point, ...], ...]

    @property
    def box(self) -> Box:
        """West, east, south and north in degrees."""
        lon = [x for ring in self.rings for x, _ in ring]
        lat = [y for ring in self.rings for _, y in ring]
        return min(lon), max(lon), min(lat), max(lat)


@lru_cache(maxsize=8)
def read(body: bytes) -> Mapping[str, Shape]:
    """Return the shapes of a GeoJSON of polygons by the id of the feature (the bytes of `geo/…`)."""
    shapes = {}
    for feature in json.loads(body)["features"]:
        geometry = feature["geometry"]
        parts = geometry["coordinates"]
        polygons = [parts] if geometry["type"] == "Polygon" else parts
        rings = tuple(tuple((x, y) for x, y, *_ in ring) for polygon in polygons for ring in polygon)
        shapes[feature["id"]] = Shape(rings)
    return shapes


def box(shapes: Iterable[Shape]) -> Box:
    """Return west, east, south and north of all these shapes."""
    west, east, south, north = zip(*(shape.box for shape in shapes), strict=True)
    return min(west), max(east), min(south), max(north)


@lru_cache(maxsize=1024)
def hatch(shape: Shape, spacing: float) -> list[tuple[Point, Point]]:
    """Return the pieces inside a shape of the rising diagonals `spacing` degrees apart.

    A diagonal is y − x = c, c a multiple of the spacing: the hatches of neighbours go on in each other.
    """
    cuts: dict[int, list[float]] = {}
    for ring in shape.rings:
        for (x0, y0), (x1, y1) in pairwise(ring):
            c0, c1 = y0 - x0, y1 - x1
            low, high = min(c0, c1), max(c0, c1)
            # Half open, so that a diagonal through a corner is cut by one of its two edges.
            for number in range(math.ceil(low / spacing), math.ceil(high / spacing)):
                share = (number * spacing - c0) / (c1 - c0)
                cuts.setdefault(number, []).append(x0 + share * (x1 - x0))
    lines = []
    for number in sorted(cuts):
        crossings, c = sorted(cuts[number]), number * spacing
        for x0, x1 in zip(crossings[::2], crossings[1::2], strict=True):
            lines.append(((round(x0, 3), round(x0 + c, 3)), (round(x1, 3), round(x1 + c, 3))))
    return lines


def mercator(latitude: float) -> float:
    """Return the height of a latitude on the map, in degrees of longitude."""
    return math.degrees(math.asinh(math.tan(math.radians(latitude))))


def is_free(label: Box, taken: Iterable[Box]) -> bool:
    """Say if a label (centre x, centre y, width, height) stands clear of all that are there."""
    x, y, w, h = label
    return all(abs(x - a) >= (w + c) / 2 or abs(y - b) >= (h + d) / 2 for a, b, c, d in taken)
