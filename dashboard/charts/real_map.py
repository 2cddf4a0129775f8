"""The real map of prefectures or counties: one layer a class, hatched where missing, a click gives the code.

Polygons come by a relative address (`geo/<snapshot>/<level>`), so a rerun carries no geometry; `style.CONFIG`
must be the settings, or Plotly asks an outside server for a world map. The line under the map (its source
and what it may be used for) is the view's. Missing is a hatch, a true zero the lightest class with a 0 on it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import geometry, lettering, names, style
from dashboard.charts.geometry import Shape
from dashboard.charts.tile_map import colour, hover, shown
from dashboard.i18n import Text
from dashboard.theme.tokens import token

HEIGHT = 420
# Labels that would stand on each other on a map of this size are left to hovering.
_NOMINAL = 350
_MOST_LABELS = 40
_HATCHES = 50


def source(snapshot_id: str, level: str) -> str:
    """Return the relative address of a level's polygons ("prefecture" or "county")."""
    return f"geo/{snapshot_id}/{level}"


def figure(
    areas: pl.DataFrame,
    text: Text,
    polygons: str,
    shapes: Mapping[str, Shape],
    *,
    selected: str | None = None,
    borders: str | None = None,
    legend: Sequence[str] = (),
    height: int = HEIGHT,
) -> go.Figure:
    """Return the map of classified areas, `selected` outlined; a click selects `location`, the region's code.

    `areas`: region_id, class_no (0 lightest … 4, null without a value), label_lon, label_lat (degrees); names
    (see `names.py`); and for words either `label` and `hover`, or the columns of a value as in `tile_map`.
    `polygons` is the `source` of the areas' level, `shapes` the same read by `geometry.read`; `borders` the
    source of the prefectures, drawn as thicker lines over a map of counties. `legend` holds the words of the
    classes from the lightest, for a picture that leaves the page and its HTML legend.
    """
    if areas.is_empty():
        return style.empty(text("charts.nothing"), height)
    chart = style.base(height)
    rows = areas.sort("region_id").to_dicts()
    for class_no in sorted({row["class_no"] for row in rows}, key=lambda number: (number is None, number)):
        part = [row for row in rows if row["class_no"] == class_no]
        chart.add_trace(_layer(part, class_no, polygons, text))
    missing = [row["region_id"] for row in rows if row["class_no"] is None]
    if missing:
        chart.add_trace(_hatch(missing, [row["region_id"] for row in rows], shapes))
    if borders:
        parents = sorted({row["region_id"][:4] + "00" for row in rows})
        chart.add_trace(_lines(parents, borders, 1.6, "borders"))
    if selected and selected in {row["region_id"] for row in rows}:
        chart.add_trace(_lines([selected], polygons, 3, "selected", token("ink.text")))
    for trace in _labels(rows, shapes, selected, text):
        chart.add_trace(trace)
    chart.update_geos(
        visible=False,
        projection_type="mercator",
        bgcolor=style.FADED,
        **_bounds([shapes[row["region_id"]] for row in rows if row["region_id"] in shapes]),
    )
    chart.update_layout(clickmode="event+select")
    for number, word in enumerate(legend):
        chart.add_trace(_key(word, colour(number)[0]))
    if legend and missing:
        # No symbol of a map is hatched.
        chart.add_trace(_key(f"/// {text('charts.missing')}", style.FADED, 0))
    if legend:
        style.legend(chart, 0)
        chart.update_layout(margin={"b": 24}, legend={"y": 0, "yanchor": "top"})
    return chart


def _bounds(shapes: list[Shape]) -> dict[str, Any]:
    """The view: what is shown and a narrow margin; without polygons Plotly finds it by the locations."""
    if not shapes:
        return {"fitbounds": "locations"}
    west, east, south, north = geometry.box(shapes)
    margin = 0.02 * max(east - west, north - south)
    return {
        "lonaxis_range": [west - margin, east + margin],
        "lataxis_range": [south - margin, north + margin],
    }


def _layer(part: list[dict[str, Any]], class_no: int | None, polygons: str, text: Text) -> go.Choropleth:
    fill, _ = colour(class_no)
    still = {"marker": {"opacity": 1}}
    return go.Choropleth(
        geojson=polygons,
        featureidkey="id",
        locations=[row["region_id"] for row in part],
        z=[1] * len(part),
        zmin=0,
        zmax=1,
        colorscale=[[0, fill], [1, fill]],
        showscale=False,
        marker={"line": {"color": token("magnitude.border"), "width": 0.8}, "opacity": 1},
        # A click would fade all the others: the outline is ours.
        selected=still,
        unselected=still,
        text=[row.get("hover") or hover(row, text) for row in part],
        hovertemplate="%{text}<extra></extra>",
        name="missing" if class_no is None else f"class {class_no}",
    )


def _key(word: str, fill: str, edge: float = 1) -> go.Scattergeo:
    line = {"color": token("magnitude.border"), "width": edge}
    look = {"symbol": "square", "size": 13, "color": fill, "line": line}
    return go.Scattergeo(lon=[None], lat=[None], mode="markers", marker=look, name=word, showlegend=True)


def _lines(codes: list[str], polygons: str, width: float, name: str, ink: str = "") -> go.Choropleth:
    """Outlines of regions, without a fill and without a touch."""
    still = {"marker": {"opacity": 1}}
    return go.Choropleth(
        geojson=polygons,
        featureidkey="id",
        locations=codes,
        z=[1] * len(codes),
        colorscale=[[0, style.FADED], [1, style.FADED]],
        showscale=False,
        marker={"line": {"color": ink or token("magnitude.border"), "width": width}, "opacity": 1},
        selected=still,
        unselected=still,
        hoverinfo="skip",
        name=name,
    )


def _hatch(missing: list[str], codes: list[str], shapes: Mapping[str, Shape]) -> go.Scattergeo:
    west, east, south, north = geometry.box([shapes[code] for code in codes if code in shapes])
    # As dense on a prefecture's map as on the province's; rounded, so that the cached lines serve again.
    spacing = round(max(east - west, north - south) / _HATCHES, 2) or 0.01
    lon: list[float | None] = []
    lat: list[float | None] = []
    for code in missing:
        for (x0, y0), (x1, y1) in geometry.hatch(shapes[code], spacing) if code in shapes else []:
            lon += [x0, x1, None]
            lat += [y0, y1, None]
    line = {"color": token("magnitude.hatch"), "width": 1}
    return go.Scattergeo(
        lon=lon, lat=lat, mode="lines", line=line, hoverinfo="skip", showlegend=False, name="hatch"
    )


def _labels(
    rows: list[dict[str, Any]], shapes: Mapping[str, Shape], selected: str | None, text: Text
) -> list[go.Scattergeo]:
    """Names over values in a dark and a light trace, as many as find room."""
    size = 12 if text.lang == "zh" else 11
    words = _fitting(rows, shapes, selected, size, text)
    traces = []
    for ink, halo in ((token("ink.text"), token("magnitude.missing")), (token("ink.inverse"), None)):
        part = [row for row in rows if words.get(row["region_id"]) and colour(row["class_no"])[1] == ink]
        halo = halo or token("magnitude.classes")[4]
        traces.append(
            go.Scattergeo(
                lon=[row["label_lon"] for row in part],
                lat=[row["label_lat"] for row in part],
                text=[words[row["region_id"]] for row in part],
                mode="text",
                textfont={"color": ink, "size": size, "shadow": ", ".join([f"0 0 2px {halo}"] * 4)},
                selected={"textfont": {"color": ink}},
                unselected={"textfont": {"color": ink}},
                hoverinfo="skip",
                showlegend=False,
                name="labels",
            )
        )
    return traces


def _fitting(
    rows: list[dict[str, Any]], shapes: Mapping[str, Shape], selected: str | None, size: int, text: Text
) -> dict[str, str]:
    """Return the label of each region that finds room: name and value, else the name, else nothing."""
    known = [row for row in rows if row["region_id"] in shapes and row["label_lon"] is not None]
    if len(known) > _MOST_LABELS or not known:
        return {}
    west, east, south, north = geometry.box([shapes[row["region_id"]] for row in known])
    top, bottom = geometry.mercator(north), geometry.mercator(south)
    scale = min(_NOMINAL / (east - west), _NOMINAL / (top - bottom))
    # The selected one first, then the large ones: they have room and their labels mislead least.
    known.sort(key=lambda row: (row["region_id"] != selected, -_extent(shapes[row["region_id"]])))
    taken: list[geometry.Box] = []
    words: dict[str, str] = {}
    for count in (2, 1):
        for row in (row for row in known if row["region_id"] not in words):
            word = "<br>".join(_lines_of(row, text)[:count])
            wide, tall = lettering.margin_for([word], size) - 8, 1.3 * size * (word.count("<br>") + 1)
            box = (row["label_lon"] * scale, geometry.mercator(row["label_lat"]) * scale, wide, tall)
            if geometry.is_free(box, taken):
                taken.append(box)
                words[row["region_id"]] = word
    return words


def _extent(shape: Shape) -> float:
    west, east, south, north = shape.box
    return (east - west) * (north - south)


def _lines_of(row: dict[str, Any], text: Text) -> list[str]:
    """Return what stands on an area: its name without 州 (only prefectures have it), and its value."""
    name = names.short(row, text)
    if row["region_id"].endswith("00"):
        name = name.removesuffix("州")
    value = row["label"] if "label" in row else shown(row, text)
    return [name, f"<b>{value}</b>"] if value else [name]


def finding(areas: pl.DataFrame, text: Text) -> str:
    """Return what the map says in a sentence: how many areas are in each class, how many are missing."""
    if areas.is_empty():
        return text("charts.nothing")
    missing = areas["class_no"].null_count()
    said = text("charts.map_finding", n=areas.height, values=areas.height - missing)
    return said + (text("charts.map_missing", n=missing) if missing else "")
