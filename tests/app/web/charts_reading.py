"""What a chart shows, read back from its markup."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from stammkunde.app.web.charts.drawing import Drawn

Element = ET.Element


def tree(markup: str) -> Element:
    return ET.fromstring(markup)  # noqa: S314 - of our own making


def parsed(chart: Drawn) -> Element:
    return tree(f"<figure>{chart.__html__()}</figure>")


def table(chart: Drawn) -> list[list[str]]:
    rows = parsed(chart).findall(".//tbody/tr")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def heads(chart: Drawn) -> list[str]:
    return [cell.text or "" for cell in parsed(chart).findall(".//thead/tr/th")]


def of(chart: Drawn, tag: str, *kinds: str) -> list[Element]:
    found = parsed(chart).iter(tag)
    return [each for each in found if not kinds or set(kinds) & set(each.get("class", "").split())]


def words(chart: Drawn) -> list[str]:
    return [each.text or "" for each in of(chart, "text")]


def number(element: Element, name: str) -> float:
    return float(element.attrib[name].removesuffix("%"))


def widths(chart: Drawn, *kinds: str) -> list[float]:
    return [number(each, "width") for each in of(chart, "rect", *kinds)]
