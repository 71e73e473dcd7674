"""A file manager in one label: press it and move, and the files named on the command line are dragged."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Starts a drag on the first move. It is its own process, so the nested loop harms nobody."""

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path) for path in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(mime)
        print("dragging", flush=True)
        done = drag.exec(Qt.DropAction.CopyAction)
        print("dropped" if done == Qt.DropAction.CopyAction else "refused", flush=True)


app = QApplication(sys.argv[:1])
label = Source("drag me")
label.setWindowFlag(Qt.WindowType.FramelessWindowHint)
label.setWindowTitle("drag source")
label.setGeometry(0, 0, 120, 60)
label.show()
print("shown", flush=True)
sys.exit(app.exec())
