"""Which texts there are to translate, for `pybabel extract` (its mapping is `app/locale/babel.cfg`).

Beside `text("…")` and `plural("…", "…")` these are what is raised or returned as a refusal (`SettingError("…")`), what
`Message("…")` and `N_("…")` mark, the `help` of options, the docstrings of commands without their examples, those
sentences in the docstring of a connector's `Settings` that name one, the titles and definitions of figures, and the
words of a few tables.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import IO

from stammkunde.connectors.registry import sentences

TABLES = frozenset({"WORDS", "GROUPS", "COMMANDS", "TEXTS", "CLICK_TEXTS", "TYPES", "EXPECTED"})
"""Module-level tuples of texts, or of their two forms, and dicts whose values are shown, the last part of those in parts."""

REFUSALS = frozenset(
    {
        "BadRowError", "Broken", "ConnectorError", "CredentialsError", "CursorConflictError", "DecisionError", "HomeError",
        "KeyStoreError",
        "PeriodError", "SegmentError", "SettingError", "SettingsError", "StammkundeError", "UnavailableError", "UnknownError",
        "Unreadable", "WrongCall",
    }
)  # fmt: skip
"""The exceptions that speak to people, whose first argument is a text."""

_CALLS = REFUSALS | {"text", "_text", "N_", "Message"}
"""All functions and classes whose first argument is a text."""

Message = tuple[int, str | None, str | tuple[str, str], list[str]]


def extract(
    file: IO[bytes],
    keywords: Mapping[str, object],
    comment_tags: Collection[str],
    options: Mapping[str, object],
) -> Iterator[Message]:
    """The messages of a Python file as babel wants them: line, function, text or its two forms, comments."""
    del keywords, comment_tags, options
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.FunctionDef) and _is_command(node):
            docstring = ast.get_docstring(node, clean=False) or ""
            for part in paragraphs(docstring):
                yield node.lineno, None, part, []
        elif isinstance(node, ast.ClassDef) and _is_settings(node):
            for sentence in _of_settings(node):
                yield node.lineno, None, sentence, []
        elif isinstance(node, ast.Tuple):
            yield from _of_tuple(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _of_table(node)


def paragraphs(docstring: str) -> list[str]:
    """A command's docstring in paragraphs on one line each, without its examples."""
    parts = inspect.cleandoc(docstring).split("\n\n")
    return [" ".join(part.split()) for part in parts if part and not part.startswith("\b")]


def _is_settings(node: ast.ClassDef) -> bool:
    """Whether it is what a connector can be told; that refuses unknown keys."""
    return node.name == "Settings" and any(
        keyword.arg == "forbid_unknown_fields" for keyword in node.keywords
    )


def _of_settings(settings: ast.ClassDef) -> Iterator[str]:
    fields = [part.target for part in settings.body if isinstance(part, ast.AnnAssign)]
    names = [f"`{field.id}`" for field in fields if isinstance(field, ast.Name)]
    for sentence in sentences(ast.get_docstring(settings, clean=False) or ""):
        if any(name in sentence for name in names):
            yield sentence


def _of_call(call: ast.Call) -> Iterator[Message]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    words = [
        argument.value if isinstance(argument, ast.Constant) else None for argument in call.args
    ]
    texts = [word if isinstance(word, str) else "" for word in words]
    if name in _CALLS and texts and texts[0]:
        yield call.lineno, None, texts[0], []
    elif name == "plural" and len(texts) > 1 and texts[0]:
        yield call.lineno, "ngettext", (texts[0], texts[1]), []
    elif name == "Figure":
        for title in texts[2:4]:
            yield call.lineno, None, title, []
    for keyword in call.keywords:
        is_text = isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
        if keyword.arg in ("help", "short_help") and is_text:
            yield call.lineno, None, str(ast.literal_eval(keyword.value)), []


def _is_command(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(decorator, ast.Call)
        and getattr(decorator.func, "attr", "") in ("command", "group")
        for decorator in function.decorator_list
    )


def _of_table(node: ast.Assign | ast.AnnAssign) -> Iterator[Message]:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if not (isinstance(target, ast.Name) and target.id in TABLES):
        return
    is_list = isinstance(node.value, ast.Tuple)
    values = getattr(node.value, "values", getattr(node.value, "elts", []))
    for value in values:
        if is_list and isinstance(value, ast.Tuple):
            one, many = ast.literal_eval(value)
            yield value.lineno, "ngettext", (one, many), []
            continue
        shown = value.elts[-1] if isinstance(value, ast.Tuple) else value
        if isinstance(shown, ast.Constant):
            yield shown.lineno, None, str(shown.value), []


def _of_tuple(node: ast.Tuple) -> Iterator[Message]:
    """`("…", "{n} item", "{n} items")`, as a loop goes through them."""
    forms = [part.value for part in node.elts[-2:] if isinstance(part, ast.Constant)]
    if len(forms) == 2 and all(isinstance(form, str) and "{n}" in form for form in forms):
        yield node.lineno, "ngettext", (str(forms[0]), str(forms[1])), []
