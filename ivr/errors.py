"""The error tree and the `Problem` record. Imports nothing of ours; everything may import it.

Children of `IvrError` are named by who must act. Whether to try again is a property of the exception
(`retryable`), decided where it is raised and not guessed by whoever catches it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


class IvrError(Exception):
    """Root of every error this program raises on purpose."""

    code = "error"
    retryable = False

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None):
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigProblem(IvrError):
    """A setting is missing or wrong: the operator must act."""

    code = "config"


class MalformedRequest(IvrError):
    """A peer sent something we cannot accept: answered with 400, never with 500."""

    code = "malformed"


class Forbidden(IvrError):
    """A peer could not show that it may do this: answered with 403."""

    code = "forbidden"


class Unavailable(IvrError):
    """An outside system did not do its part.

    `retryable` says whether trying again can help, `retry_after_s` when the other side named a wait,
    `uncertain` that the effect may have happened all the same (a request that timed out after it was sent).
    """

    code = "unavailable"

    def __init__(self, message: str, *, retryable: bool = True, retry_after_s: float | None = None,
                 uncertain: bool = False, hint: str | None = None, code: str | None = None):
        super().__init__(message, hint=hint, code=code)
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.uncertain = uncertain


class Conflict(IvrError):
    """Another worker changed the same thing first: reload and try again."""

    code = "conflict"
    retryable = True


class Bug(IvrError):
    """Something that cannot happen did: ours to repair."""

    code = "bug"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a bundle, at one place. Line and column count from 1."""

    file: str
    line: int
    column: int
    code: str = field(compare=False)
    """Stable code, e.g. `E-REF`; `ivr explain CODE` knows it."""
    message: str = field(compare=False)
    """What is wrong and what was expected, in one sentence; the author's own word in quotes."""
    consequence: str = field(default="", compare=False)
    """What a caller would notice, in one sentence."""
    hint: str = field(default="", compare=False)
    """One thing to do, phrased as an action."""
    severity: str = field(default="error", compare=False)
    """`error` or `warning`."""
    length: int = field(default=1, compare=False)
    """Width in characters of the word to underline."""
    call: tuple[str, ...] = field(default=(), compare=False)
    """The shortest phone call that shows it, line by line; empty where none is needed."""

    def as_json(self) -> dict:
        return asdict(self)


class BundleProblems(IvrError):
    """A bundle does not load. Carries every problem found in one run, sorted by position."""

    code = "bundle"

    def __init__(self, problems: list[Problem]):
        self.problems = sorted(problems)
        errors = sum(p.severity == "error" for p in self.problems)
        first = next((p for p in self.problems if p.severity == "error"), None)
        where = f"; first at {first.file}:{first.line}:{first.column}: {first.message}" if first else ""
        super().__init__(f"the bundle has {errors} error{'s' if errors != 1 else ''}{where}")
