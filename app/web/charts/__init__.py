"""Charts drawn at the server: pure functions from frozen structs to an inline SVG and a table of the same numbers.

Each takes a `Chart` and a `Locale` and gives a `Drawn`, which a template writes as it is. A page picks the words: title,
description and labels come with the data, and only what a chart itself says ("Mean", "today") is in the catalogue.
"""
