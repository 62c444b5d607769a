"""One file of a bundle in the common layout. Pure. Called by `ivr fmt`.

What the strict reader refuses is refused with its problems. What it takes says the same afterwards: the new text is read
once more and compared, down to the comments, before anybody may write it.
"""

from __future__ import annotations

from ivr.author.drawing import draw
from ivr.author.node_order import in_order
from ivr.author.syntax import Block, comments_in, read_syntax
from ivr.errors import BundleProblems, IvrError
from ivr.flow.source import read_tree
from ivr.flow.source_text import readable
from ivr.flow.tree import plain


def laid_out(data: bytes, file: str) -> bytes:
    """The file in the common layout; BundleProblems when it cannot be read, IvrError when its spelling is too rare."""
    tree, problems = read_tree(data, file)
    if problems:
        raise BundleProblems(problems)
    text, _ = readable(data, file)
    if tree is None or text is None:
        return data
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    piece, below = read_syntax(text)
    if piece is None:
        return data
    if isinstance(piece, Block):
        in_order(piece)
    drawn = draw(piece, below)
    _compare(text, drawn, file)
    return drawn.encode()


def _compare(before: str, after: str, file: str) -> None:
    """The safety net: a layout that would change what a file says is never written."""
    was, _ = read_tree(before, file)
    now, problems = read_tree(after, file)
    if problems or plain(was) != plain(now) or comments_in(before) != comments_in(after):
        raise IvrError("its spelling is so rare that it cannot be laid out without changing it", code="layout",
                       hint="leave it as it is, or write text blocks without a number or +, and comments on lines of their own")
