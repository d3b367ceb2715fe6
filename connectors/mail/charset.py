"""Bytes to text as mail needs it: declared charset, then UTF-8, Windows-1252, Latin-1; and RFC 2047 encoded words."""

from __future__ import annotations

import binascii
import codecs
import re
from functools import lru_cache

_ALIASES = {
    # Latin-1 is read as browsers do (WHATWG Encoding): curly quotes live in 0x80-0x9f.
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    # Who declares ASCII and sends more has not declared anything.
    "ansi_x3.4-1968": "utf-8",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-e": "iso-8859-6",
    "iso-8859-6-i": "iso-8859-6",
    # Supersets: what is labelled with the old name often holds the newer characters.
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-cn": "gb18030",
    "big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-ce": "mac_latin2",
    "x-mac-cyrillic": "mac_cyrillic",
    "cp-850": "cp850",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
}
_UNSAFE = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
"""Codecs that Python counts as text and no mail means: they raise, escape, or take quadratic time."""

_STATEFUL = re.compile(r"^(?:iso2022|hz|utf-7|utf-16|utf-32)")
_CHARSET_NAME = re.compile(r"[^a-z0-9._-]+")
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
_GAP = re.compile(r"(=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?=)")
_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


@lru_cache(maxsize=512)
def codec(charset: str) -> str:
    """The name of the Python codec for a declared charset, or the empty string where there is none to be trusted."""
    name = _CHARSET_NAME.sub("", charset.lower()).strip("-._")
    name = _ALIASES.get(name, name)
    if name.startswith("x-"):
        name = name[2:]
    elif name.startswith("windows-"):
        name = f"cp{name[8:]}"
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name not in _UNSAFE else ""


def decode(raw: bytes, charset: str = "") -> str:
    """Text of any bytes: declared charset, UTF-8 strictly, Windows-1252, Latin-1. No NUL and no lone surrogate is left."""
    name = codec(charset) if charset else ""
    if raw.isascii() and not (name and _STATEFUL.match(name)):
        text = raw.decode("ascii")
    else:
        text = _first_that_fits(raw, name)
    return text.replace("\0", "") if "\0" in text else text


def _first_that_fits(raw: bytes, name: str) -> str:
    for candidate in (name, "utf-8", "cp1252"):
        if not candidate:
            continue
        try:
            text = raw.decode(candidate)
        except (UnicodeError, ValueError):
            continue
        if candidate == "utf-7":  # the only one of them that lets a lone surrogate through
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text
    return raw.decode("latin-1")


def base64_bytes(raw: bytes) -> bytes:
    """Base64 as far as it goes: foreign characters are skipped, missing padding is added (RFC 2045 §6.8)."""
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        clean = _NOT_BASE64.sub(b"", raw.partition(b"=")[0])
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def decode_words(value: str, charset: str = "") -> str:
    """A header's value with its RFC 2047 encoded words decoded.

    Neighbouring words of one charset are decoded together, since senders split characters between them. `charset`
    is the fall-back for words whose own one is unknown (`unknown-8bit`).
    """
    if "=?" not in value:
        return value
    value = _GAP.sub(r"\1", value)
    pieces: list[str] = []
    pending = b""
    pending_charset = ""
    at = 0
    for match in _WORD.finditer(value):
        name = match[1].partition("*")[0].lower()  # RFC 2231 §5: charset*language
        if pending and (match.start() > at or name != pending_charset):
            pieces.append(_word(pending, pending_charset, charset))
            pending = b""
        pieces.append(value[at : match.start()])
        pending += _word_bytes(match[2], match[3])
        pending_charset = name
        at = match.end()
    pieces.append(_word(pending, pending_charset, charset))
    pieces.append(value[at:])
    return "".join(pieces)


def _word(raw: bytes, charset: str, other: str) -> str:
    text = decode(raw, charset if codec(charset) else other)
    # An encoded line break is a header injection or a slip; RFC 2047 §5 allows neither.
    return text.replace("\r", " ").replace("\n", " ")


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "bB":
        return base64_bytes(raw)
    return _ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), raw.replace(b"_", b" "))
