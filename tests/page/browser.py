"""A headless Chromium on the page: what a reader sees and does, and what the browser tells of it."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

PATIENCE = 60
OWN = ("data:", "blob:", "about:", "chrome:")


def programs() -> list[str] | None:
    """Where Chromium and its driver lie; None where one is missing."""
    found = [shutil.which(name) for name in ("chromium", "chromedriver")]
    return None if None in found else found


@contextmanager
def opened(url: str, width: int, *, dark: bool = False) -> Iterator["Browser"]:
    """A browser for the page at `url`, until the block ends. It looks for nothing on the network, its driver included."""
    browser, driver = programs()
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={width},1400"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield Browser(started, url, width, dark)
    finally:
        started.quit()


@dataclass
class Browser:
    """A window of a width, in light or dark."""

    driver: Chrome
    url: str
    width: int
    dark: bool

    def __post_init__(self) -> None:
        size = {"width": self.width, "height": 1400, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if self.dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def first_view(self) -> float:
        """Open the page; seconds until the year stands there."""
        begun = time.monotonic()
        self.driver.get(self.url)
        self.wait_for("The year")
        return time.monotonic() - begun

    def go(self, title: str) -> None:
        self.until(lambda: self._links(title), f"the link to {title}")
        self._links(title)[0].click()
        self.wait_for(title)

    def _links(self, title: str) -> list[WebElement]:
        return [link for link in self.found("stPageLink-NavLink") if link.text == title]

    def wait_for(self, title: str) -> None:
        """Wait until a page of that title has been drawn."""
        self.until(lambda: [head.text for head in self.driver.find_elements(By.TAG_NAME, "h1")] == [title] and self.is_still(), title)

    def is_still(self) -> bool:
        return self.found("stApp")[0].get_attribute("data-test-script-state") == "notRunning"

    def until(self, holds: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if holds():
                    return
            except (StaleElementReferenceException, IndexError):
                pass  # drawn anew meanwhile
            assert time.monotonic() < deadline, f"{what} does not come: {self.text()[:500]}"
            time.sleep(0.05)

    def found(self, test_id: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, f'[data-testid="{test_id}"]')

    def text(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "body").text

    def scrolls_sideways(self) -> bool:
        root = "document.documentElement"
        return self.driver.execute_script(f"return {root}.scrollWidth > {root}.clientWidth")

    def background(self) -> tuple[int, ...]:
        """Red, green and blue behind the page."""
        colour = self.driver.execute_script("return getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        return tuple(int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])

    def press(self, keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(keys)

    def tab_to(self, reached: str) -> None:
        """Press the tab key until what has the focus is that: an element's tag and its name, as `a Metrics`."""
        self.driver.execute_script("document.activeElement.blur()")
        passed = []
        for _ in range(40):
            self.press(Keys.TAB)
            focused = self.driver.switch_to.active_element
            passed.append(f"{focused.tag_name} {focused.accessible_name}")
            if passed[-1] == reached:
                return
        raise AssertionError(f"the tab key does not reach {reached}: {passed}")

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def foreign_requests(self) -> set[str]:
        """Addresses that were asked for beyond the page's own."""
        events = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        # A request's address stands in it, a web socket's beside it.
        asked = {event["params"].get("request", event["params"]).get("url", "") for event in events}
        return {address for address in asked if address and not address.startswith((f"{self.url}/", f"{self._socket}/", *OWN))}

    @property
    def _socket(self) -> str:
        return self.url.replace("http", "ws", 1)
