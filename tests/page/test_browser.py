"""The page as people see it: wide and narrow, light and dark, by mouse and by keyboard, and what it asks of other machines: nothing."""

from collections.abc import Callable

import pytest
from selenium.webdriver import Keys

from tests.page.browser import Browser

TITLES = ("The year", "Metrics", "Models", "Four models, one answer")
OpenAt = Callable[..., Browser]


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (360, False), (360, True)])
def test_each_page_is_whole_at_this_width(open_at: OpenAt, width: int, dark: bool) -> None:
    browser = open_at(width, dark=dark)
    browser.first_view()
    for title in TITLES:
        browser.go(title)
        assert not browser.found("stException"), browser.text()
        assert not browser.scrolls_sideways(), title
        assert "published" in browser.text()
    assert (sum(browser.background()) < 3 * 128) == dark
    assert browser.complaints() == []
    assert browser.foreign_requests() == set()


def test_the_page_works_by_keyboard(open_at: OpenAt) -> None:
    browser = open_at(1440)
    browser.first_view()
    browser.tab_to("a Metrics")
    browser.press(Keys.ENTER)
    browser.wait_for("Metrics")
    browser.tab_to("input Metrics")
    browser.press("Baskets")
    browser.press(Keys.ENTER)
    browser.until(lambda: "Visits to a store" in browser.text() and browser.is_still(), "the metric that was chosen")
    assert not browser.found("stException")


def test_the_year_is_there_soon(open_at: OpenAt) -> None:
    """docs/performance.md has the time of a quiet machine; this one may be busy."""
    assert open_at(1440).first_view() < 20
