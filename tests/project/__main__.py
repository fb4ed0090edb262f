"""Write docs/conventions.md from the rules: `python -m tests.project`."""

from tests.project import conventions

conventions.PAGE.write_text(conventions.page(), encoding="utf-8")
