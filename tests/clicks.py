"""Clicks on charts in a browser: on the point that carries a code."""

from playwright.sync_api import Page

# Where a trace drew the point with a code, in pixels of the window.
_POINT = """([card, name, code, x]) => {
  const chart = document.querySelector(`.st-key-card_${card} .js-plotly-plot`)
  const trace = chart._fullData.find((one) => one.name === name)
  const place = trace.customdata.findIndex((one) => one[0] === code)
  const { xaxis, yaxis } = chart._fullLayout
  const box = chart.getBoundingClientRect()
  return [
    box.left + xaxis._offset + xaxis.d2p(x ?? trace.x[place]),
    box.top + yaxis._offset + yaxis.d2p(trace.y[place]),
  ]
}"""
# Where a map drew a place of the earth.
_PLACE = """([card, lon, lat]) => {
  const chart = document.querySelector(`.st-key-card_${card} .js-plotly-plot`)
  const [x, y] = chart._fullLayout.geo._subplot.projection([lon, lat])
  const box = chart.getBoundingClientRect()
  return [box.left + x, box.top + y]
}"""


def point(page: Page, card: str, trace: str, code: str, x: float | None = None) -> None:
    """Click where a card's chart shows a code (elsewhere in its row by `x`), and wait for the address."""
    page.locator(f".st-key-card_{card} .js-plotly-plot .main-svg").first.wait_for()
    _press(page, page.evaluate(_POINT, [card, trace, code, x]), code)


def place(page: Page, card: str, lon: float, lat: float, code: str) -> None:
    """Click a region of a card's map at a place in it, and wait for the address to follow."""
    page.locator(f".st-key-card_{card} .js-plotly-plot .choroplethlayer path").first.wait_for(
        state="attached"
    )
    _press(page, page.evaluate(_PLACE, [card, lon, lat]), code)


def _press(page: Page, where: list[float], code: str) -> None:
    page.mouse.move(*where)
    page.wait_for_timeout(200)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function("code => location.search.includes(code)", arg=code)
