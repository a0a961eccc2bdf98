"""What can go wrong, with the words of the command line.

An `InputError` about a file of the user shows the lines that it is about. In a notebook it
shows them in colour, in place of a trace through the engine.
"""

from __future__ import annotations

import traceback
from typing import Any


class DetenteError(Exception):
    """Anything that the engine can end with; `str` is the text of the command line."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: where in the user's code, then the text itself."""
        shown = [f"{type(self).__name__}"]
        frames = traceback.extract_tb(self.__traceback__)
        own = [frame for frame in frames if not _is_inner(frame.filename)]
        if own:
            last = own[-1]
            shown.append(f"  line {last.lineno}: {last.line}")
        return [*shown, "", *self._report().splitlines()]

    def _report(self) -> str:
        return str(self)


class InputError(DetenteError, ValueError):
    """Something of the user is wrong: a file, a name, a number.

    Attributes
    ----------
    problems : list of dict
        Of a file of the user, every problem: ``code``, ``message``, ``help`` and ``labels``,
        each with ``offset``, ``length`` (bytes of the file) and ``text``. Else empty.
    """

    def __init__(self, text: str, problems: list[dict[str, Any]] | None = None, colored: str = "") -> None:
        super().__init__(text)
        self.problems: list[dict[str, Any]] = problems or []
        self._colored = colored

    def _report(self) -> str:
        return self._colored or str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (str(self), self.problems, self._colored))


class NoEquilibrium(DetenteError, ArithmeticError):
    """The model has no answer: the text names the market that fails, and what to try."""


def _is_inner(file: str) -> bool:
    """True for lines of this package and of the notebook's machinery."""
    return "IPython" in file or "/detente/" in file.replace("\\", "/")
