"""The Monday page on paper: two sheets of A4, front and back."""

import re

from tests.browser.conftest import Open

A4 = (595, 842)
"""Points, to the nearest."""


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page. Chromium leaves its page objects uncompressed (ISO 32000-1, 7.7.3.3)."""
    pages = [part for part in pdf.split(b"endobj") if re.search(rb"/Type\s*/Page\b", part)]
    boxes = [re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", page) for page in pages]
    return [(round(float(box[1])), round(float(box[2]))) for box in boxes if box]


def test_monday_is_two_sheets(visit: Open) -> None:
    page = visit("/").page
    assert sheets(page.pdf(format="A4", prefer_css_page_size=True)) == [A4, A4]


def test_it_is_two_in_the_dark_theme_and_in_english_too(visit: Open) -> None:
    page = visit("/", theme="dark", language="en-GB").page
    assert sheets(page.pdf(format="A4", prefer_css_page_size=True)) == [A4, A4]
