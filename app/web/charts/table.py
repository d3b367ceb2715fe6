"""The numbers of a chart as a table, folded away below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from markupsafe import Markup

from stammkunde.app.locale import Locale
from stammkunde.app.web.charts.drawing import Chart, plain


class Row(msgspec.Struct, frozen=True):
    """A heading, which may lead somewhere, and its numbers; of a number in two parts the second stands small below."""

    head: str
    cells: Sequence[str | tuple[str, str]]
    href: str = ""


def table(chart: Chart, heads: Sequence[str], rows: Iterable[Row], locale: Locale) -> Markup:
    """`<details>` with the table; the first of `heads` stands above the rows' headings."""
    columns = [Markup('<th scope="col">{}</th>').format(plain(heads[0]))]
    columns += [Markup('<th scope="col" class="num">{}</th>').format(plain(h)) for h in heads[1:]]
    return Markup(
        '<details class="data"><summary>{summary}</summary>'
        '<div tabindex="0" role="region" aria-label="{label}">'
        '<table class="t tight"><thead><tr>{columns}</tr></thead><tbody>\n{rows}</tbody></table>'
        "</div></details>\n"
    ).format(
        summary=locale.text("Numbers as a table"),
        label=locale.text("Table: {title}", title=plain(chart.title)),
        columns=Markup("").join(columns),
        rows=Markup("").join(map(_row, rows)),
    )


def _row(row: Row) -> Markup:
    head: str = plain(row.head)
    if row.href:
        head = Markup('<a href="{}">{}</a>').format(row.href, head)
    return Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(
        head, Markup("").join(map(_cell, row.cells))
    )


def _cell(cell: str | tuple[str, str]) -> Markup:
    value, note = (cell, "") if isinstance(cell, str) else cell
    small = Markup("<small>{}</small>").format(plain(note)) if note else ""
    return Markup('<td class="num">{}{}</td>').format(plain(value), small)
