"""As much of SQL as it takes to tell statements apart and to translate them; Trino does the parsing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from infra.local_athena.athena.errors import hive_failure

TOKEN = re.compile(
    r"""
    (?P<skip>\s+|--[^\n]*|/\*.*?\*/)
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
    | (?P<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<mark>.)
    """,
    re.DOTALL | re.VERBOSE,
)
OPEN, CLOSE = "([<", ")]>"


@dataclass(frozen=True)
class Token:
    """A piece of SQL: `text` is what it means (a string's content, an unquoted name), `start` and `end` where it stands."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.upper() in words

    def is_mark(self, mark: str) -> bool:
        return self.kind == "mark" and self.text == mark


def tokens(sql: str) -> list[Token]:
    """The statement's tokens, without comments and white space."""
    found = []
    for match in TOKEN.finditer(sql):
        kind, text = str(match.lastgroup), match[0]
        if kind != "skip":
            if kind in ("string", "quoted"):
                text = text[1:-1].replace(text[0] * 2, text[0])
            found.append(Token(kind, text, match.start(), match.end()))
    return found


def with_doubles(sql: str) -> str:
    """Athena reads the literal 1.5 as a double, Trino as a decimal: give such literals an exponent."""
    written, done = [], 0
    for token in tokens(sql):
        if token.kind == "number" and "." in token.text and "e" not in token.text.lower():
            written += [sql[done : token.end], "E0"]
            done = token.end
    return "".join(written) + sql[done:]


def literal(value: object) -> str:
    """A SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL name."""
    return '"' + name.replace('"', '""') + '"'


class Cursor:
    """Reads a Hive-style statement from left to right; what it does not expect is Athena's parse failure."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = tokens(sql)
        self.at = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token | None:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def take(self) -> Token:
        token = self.peek()
        if token is None:
            raise self.failure()
        self.at += 1
        return token

    def accept(self, *words: str) -> bool:
        """Pass the words if they all come next, in this order."""
        following = [self.peek(ahead) for ahead in range(len(words))]
        if all(token and (token.is_word(word) or token.is_mark(word)) for token, word in zip(following, words, strict=True)):
            self.at += len(words)
            return True
        return False

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise self.failure()

    def name(self) -> str:
        """An identifier, lower-cased, as Glue stores it."""
        token = self.take()
        if token.kind not in ("word", "quoted"):
            self.at -= 1
            raise self.failure()
        return token.text.lower()

    def names(self) -> list[str]:
        """A dotted name's parts; a part in one pair of backticks may hold the whole (`db.table`)."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return parts

    def string(self) -> str:
        token = self.take()
        if token.kind != "string":
            self.at -= 1
            raise self.failure()
        return token.text

    def enclosed(self) -> list[list[Token]]:
        """The comma-separated items of a parenthesized list."""
        if not self.accept("("):
            raise self.failure()
        items: list[list[Token]] = [[]]
        depth = 1
        while True:
            token = self.take()
            if token.kind == "mark":
                depth += (token.text in OPEN) - (token.text in CLOSE)
                if depth == 0:
                    return [item for item in items if item]
                if depth == 1 and token.text == ",":
                    items.append([])
                    continue
            items[-1].append(token)

    def properties(self) -> dict[str, str]:
        """('key' = 'value', …)"""
        found = {}
        for item in self.enclosed():
            if len(item) != 3 or not item[1].is_mark("="):
                raise self.failure(item[0])
            found[item[0].text] = item[2].text
        return found

    def end(self) -> None:
        if not self.done:
            raise self.failure()

    def rest(self) -> str:
        """The statement from here on, as written."""
        token = self.peek()
        return self.sql[token.start :] if token else ""

    def failure(self, token: Token | None = None) -> Exception:
        token = token or self.peek()
        if token is None:
            return hive_failure("ParseException mismatched input '<EOF>'")
        before = self.sql[: token.start]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n") - 1
        return hive_failure(f"ParseException line {line}:{column} mismatched input '{token.text}'")


def text_of(sql: str, items: Sequence[Token]) -> str:
    """The tokens' own text, as written."""
    return sql[items[0].start : items[-1].end] if items else ""
