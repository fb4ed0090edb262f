"""The page of the metrics says what they say of themselves."""

from typing import Any

from serving import metrics_page


def test_the_page_is_the_one_that_the_command_writes(manifest: dict[str, Any]) -> None:
    written = metrics_page.PAGE.read_text(encoding="utf-8")
    assert written == metrics_page.page(manifest), "run `make build`, then `python -m serving metrics --page`"
    assert "| `net_sales` |" in written
