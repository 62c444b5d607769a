"""The comments and blank lines of a YAML text, each taken once by what it stands at. Pure. Used by `author.syntax`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Remarks:
    """Comments by line. `next` is the first line whose remarks were not given out yet."""

    def __init__(self, lines: Sequence[str], words: Iterable[tuple[int, int]]):
        """`words` are the places (from, to) of all scalars: a # inside one begins no comment."""
        self.next = 0
        self._comments: dict[int, tuple[int, str]] = {}
        self._blank: set[int] = set()
        self._total = len(lines)
        covered = _mask(sum(len(line) + 1 for line in lines), words)
        begin = 0
        for n, line in enumerate(lines):
            column = _comment_in(line, covered[begin:begin + len(line)])
            if column is not None:
                self._comments[n] = column, line[column:].rstrip()
            elif not line.strip() and not any(covered[begin:begin + len(line) + 1]):
                self._blank.add(n)
            begin += len(line) + 1
        self._alone = {n for n, (column, _) in self._comments.items() if not lines[n][:column].strip()}

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self._comments.values()]

    def above(self, line: int) -> list[str]:
        """Everything that was not given out and stands on lines of its own before `line`."""
        found = self._given_out(range(self.next, min(line, self._total)))
        self.next = max(self.next, line + 1)
        return found

    def beside(self, line: int) -> tuple[str, int]:
        """The comment at the end of a line and its column."""
        self.next = max(self.next, line + 1)
        if line in self._alone or line not in self._comments:
            return "", 0
        column, text = self._comments.pop(line)
        return text, column

    def tail(self, column: int) -> list[str]:
        """Comments that follow, at least as far in as `column`: they belong to the block that ends here."""
        end = line = self.next
        while line in self._blank or (line in self._alone and self._comments[line][0] >= column):
            line += 1
            end = end if line - 1 in self._blank else line
        found = self._given_out(range(self.next, end))
        self.next = end
        return found

    def any_between(self, first: int, last: int) -> bool:
        """Whether comments or blank lines stand between these lines, the last one's end left out."""
        return any(n in self._comments or n in self._blank for n in range(first, last))

    def pass_over(self, first: int, last: int) -> None:
        """They are kept by somebody else."""
        for n in range(first, last):
            self._comments.pop(n, None)
        self.next = max(self.next, last)

    def _given_out(self, lines: range) -> list[str]:
        found = []
        for n in lines:
            if n in self._blank:
                found.append("")
            elif n in self._alone and n in self._comments:
                found.append(self._comments.pop(n)[1])
        return found


def _mask(size: int, words: Iterable[tuple[int, int]]) -> bytearray:
    covered = bytearray(size)
    for begin, end in words:
        covered[begin:end] = b"\1" * (end - begin)
    return covered


def _comment_in(line: str, covered: bytearray) -> int | None:
    """The column at which the line's comment begins."""
    column = line.find("#")
    while column >= 0:
        if not covered[column] and (column == 0 or line[column - 1] in " \t"):
            return column
        column = line.find("#", column + 1)
    return None
