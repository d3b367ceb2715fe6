"""Theme, language and single keys: kept on the device, sent back to the page they were chosen on."""

import pytest

from tests.app.web.conftest import Web, post


@pytest.mark.parametrize(
    ("wish", "before", "after"),
    [
        ({"theme": "dark"}, "<html", 'data-theme="dark"'),
        ({"language": "de"}, 'lang="en-CH"', 'lang="de-CH"'),
        ({"keys": "off"}, "Switch keys off", 'data-keys="off"'),
    ],
)
def test_a_wish_is_kept_until_it_is_taken_back(
    web: Web, wish: dict[str, str], before: str, after: str
) -> None:
    with web.visitor("reader") as client:
        page = client.get("/keys").text
        assert before in page
        assert after not in page
        sent = post(client, "/display", **wish)
        assert sent.status_code == 303
        cookie = sent.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert after in client.get("/keys").text
        post(client, "/display", **dict.fromkeys(wish, "en" if "language" in wish else ""))
        assert after not in client.get("/keys").text


@pytest.mark.parametrize("wish", [{"theme": "x"}, {"language": "<b>"}, {"keys": "maybe"}, {}])
def test_an_unknown_wish_changes_nothing(web: Web, wish: dict[str, str]) -> None:
    with web.visitor("reader") as client:
        sent = post(client, "/display", **wish)
        assert (sent.status_code, sent.headers.get("set-cookie")) == (303, None)


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://127.0.0.1/review?at=1", "/review?at=1"),
        ("https://evil.example//evil.example/x", "/"),
        ("//evil.example", "/"),
        ("http://[", "/"),
        ("", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_goes_back_to_a_path_of_ours_alone(web: Web, referer: str, target: str) -> None:
    with web.visitor("reader") as client:
        client.headers["referer"] = referer
        assert post(client, "/display", theme="dark").headers["location"] == target


def test_all_keys_stand_on_one_page(web: Web) -> None:
    with web.visitor("reader") as client:
        page = client.get("/keys").text
    for key in ("/", "?", "1", "2", "3", "K", "N", "X", "S", "Z", "Esc", "Enter"):
        assert f"<kbd>{key}</kbd>" in page
