"""Stand-ins for what `ops` works with: an operator who answers from a list, and a console that remembers."""

from __future__ import annotations

from collections.abc import Callable


class Answers:
    """An operator who gives these answers in order, and notes what was asked; a wrong shape is given up on."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    def secret(self, question: str, shape: Callable[[str], str]) -> str:
        """Answer the next question."""
        self.questions.append(question)
        answer = self.answers.pop(0)
        assert shape(answer) == ""
        return answer

    def text(self, question: str, shape: Callable[[str], str], *, option: str = "") -> str:
        """Answer the next question."""
        assert not option or option.startswith("--")
        return self.secret(question, shape)

    def choice(self, question: str, answers: tuple[str, ...]) -> str:
        """Answer the next question with one of these."""
        self.questions.append(question)
        answer = self.answers.pop(0)
        assert answer in answers
        return answer


class Lines:
    """A console whose lines can be read afterwards, each behind the word for its kind."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __getattr__(self, kind: str) -> Callable[[str], None]:
        """Remember a line of this kind."""
        return lambda text: self.said.append(f"{kind}: {text}")

    @property
    def text(self) -> str:
        """Return everything that was said."""
        return "\n".join(self.said)
