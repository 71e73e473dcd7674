"""A line above content that is read: that bytes are coming, or what went wrong and the way on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.workers.process.failures import OverstayError
from dfs_desktop.workspace.tasks import Tasks

from .dialogs import link_button
from .labels import mark, plain_label, say
from .layouts import TOP, column, row

T = TypeVar("T")

READING = later("Reading…")
STOPPED = later("Reading was stopped")
SOON = 120  # milliseconds within which most looks are there: the page is laid out once for them


class ReadingLine(QWidget):
    """One line above the content: what is going on, or what went wrong and the way to try again."""

    def __init__(
        self,
        tasks: Tasks,
        again: Callable[[], object],
        before: Callable[[], object] = lambda: None,
    ) -> None:
        """`before`: makes room for what is said of a wait or of a fault, just before."""
        super().__init__()
        self._before = before
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None
        self._title = plain_label(wrap=True, dim=True)
        self._detail = plain_label(wrap=True, dim=True)
        self.again = link_button(tr("Try again"), again, name="readAgainButton")
        self.stop = link_button(tr("Stop"), self._stop, name="stopReadingButton")
        words = (column(self._title, self._detail, spacing=2), 1)
        buttons = (self.again, TOP), (self.stop, TOP)
        row(words, *buttons, of=self, margins=(5, 8, 16, 8), spacing=4)
        self._soon = single_shot(self, 0, self._say_reading)
        self.hide()

    def read(
        self,
        ask: Callable[[], Awaitable[T]],
        show: Callable[[T], object],
        note: Callable[[Exception], object],
        name: str,
    ) -> None:
        """Show what is asked for, in place of what is being read now; what fails is noted and said."""
        self.cancel()
        self._task = self._tasks.start(self._read(ask, show, note), name)

    async def _read(
        self,
        ask: Callable[[], Awaitable[T]],
        show: Callable[[T], object],
        note: Callable[[Exception], object],
    ) -> None:
        def fail(error: ArtifactError | DataForceError) -> None:
            if reading is self._task:
                note(error)
                self.fail(error)

        reading = asyncio.current_task()
        try:
            found = await ask()
        except (ArtifactError, DataForceError) as error:
            fail(error)
        except OSError as error:
            fail(ArtifactError(tr("The file cannot be read"), disk_errors.explain(error)))
        except Exception:
            fail(ArtifactError(tr("This cannot be shown"), tr("The reason is in the log.")))
            raise
        else:
            if reading is self._task:
                show(found)

    @property
    def busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def cancel(self) -> None:
        """Nobody waits any more for what is being read."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _stop(self) -> None:
        self.cancel()
        self.fail(ArtifactError(tr(STOPPED), tr("What is read again begins anew.")))

    def _say_reading(self) -> None:
        self._before()
        self.say(tr(READING))

    def wait(self) -> None:
        """Say that something is being read, unless it is there at once."""
        self.say("")
        self._soon.start(SOON)

    def fail(self, error: ArtifactError | DataForceError) -> None:
        """Say why nothing can be shown; with a way on where it only takes very much."""
        self._before()
        insist = isinstance(error, OverstayError)
        self.again.setText(tr("Open all the same") if insist else tr("Try again"))
        self.say(error.title, error.detail, failed=True)

    def say(self, title: str, detail: str = "", *, failed: bool = False) -> None:
        """Show these words; "" hides the line."""
        self._soon.stop()
        self._title.setText(visible(title))
        say(self._detail, visible(detail))
        if self._title.property("failed") != failed:
            mark(self._title, failed=failed, dim=not failed)
        self.again.setVisible(failed)
        self.stop.setVisible(title == tr(READING))
        self.setVisible(bool(title))

    @property
    def failed(self) -> bool:
        """Whether it says that something went wrong."""
        return not self.isHidden() and bool(self._title.property("failed"))

    def words(self) -> str:
        """What the line says now; "" when it is hidden."""
        return "" if self.isHidden() else self._title.text()
