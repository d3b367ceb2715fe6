"""`./run screenshots`: every page of the made-up company on a phone and a desk, light and dark, for people to look at."""

import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.browser import serving

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
WIDTHS = (360, 1440)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main(*names: str) -> int:
    """Write them, all or those of the pages named; what lay there before is gone."""
    if not serving.CHROMIUM:
        print("Chromium is not installed. On Debian and Ubuntu: apt install chromium")
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        home = serving.made_up_company(Path(folder))
        with serving.served(home) as (address, link), serving.browser() as chromium:
            site = serving.Site(home, address, serving.let_in(chromium, address, link))
            pages = {name: path for name, path in site.pages.items() if name in names or not names}
            for width, theme in product(WIDTHS, THEMES):
                watched = serving.opened(chromium, site, width=width, theme=theme)
                for name, path in pages.items():
                    picture(watched.page, path, FOLDER / f"{name}-{width}-{theme}.png", width)
                watched.page.context.close()
    print(f"{len(pages) * len(WIDTHS) * len(THEMES)} pictures in {FOLDER}")
    return 0


def picture(page: Page, path: str, file: Path, width: int) -> None:
    """The whole page in a window as high as it is: what sticks to the window's end would else cover the middle."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=file)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
