"""A box for a number that is written and read as everywhere else: comma and point both begin decimals."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox

from dfs_desktop.number_text import exact_text, typed_number


def as_field(box: QAbstractSpinBox) -> None:
    """Its figures begin where the words of other fields do: of the style sheet it takes no padding."""
    if (line := box.lineEdit()) is not None:
        line.setTextMargins(6, 0, 6, 0)


class NumberBox(QDoubleSpinBox):
    """Qt's own box takes the sign of one locale, and the other for a thousands sign: 2.5 became 25."""

    def __init__(self) -> None:
        super().__init__()
        as_field(self)

    def _typed(self, text: str) -> str:
        return text.strip().removesuffix(self.suffix().strip()).strip()

    def textFromValue(self, value: float) -> str:
        return exact_text(round(value, self.decimals()))

    def valueFromText(self, text: str) -> float:
        number = typed_number(self._typed(text))
        return self.value() if number is None else float(number)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Signs that no number has are not taken; a number outside the range may still grow."""
        typed = self._typed(text)
        if (number := typed_number(typed)) is not None:
            inside = self.minimum() <= number <= self.maximum()
            state = QValidator.State.Acceptable if inside else QValidator.State.Intermediate
        elif typed in {"", ".", ","}:
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, position
