"""Pictures decoded and drawn into pixels, in the child only: Qt without a window, on its main thread."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from dfs_desktop.artifact.formats.pictures import Picture, is_endless, plain_png
from dfs_desktop.artifact.safety.svg_sanitizer import sanitize_svg
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

_LONGEST_SIDE = 2400  # pixels of a picture that is kept
DAMAGED = later(
    "The picture cannot be decoded. It may be damaged, or of a kind that is not known here."
)

T = TypeVar("T")


class Pixels(Struct, frozen=True):
    """A picture as rows of 32 bits a pixel, alpha premultiplied, in this machine's byte order.

    `measures` are those of the picture in the file.
    """

    width: int
    height: int
    data: bytes
    measures: str = ""


class PictureRefusedError(ValueError):
    """The picture is not shown; the text says why."""


_on_main_thread: Callable[[Callable[[], Any]], Any] = lambda work: work()  # noqa: E731


def use_main_thread(run: Callable[[Callable[[], Any]], Any]) -> None:
    """Have Qt used on the thread on which `run` runs what it is given."""
    global _on_main_thread  # noqa: PLW0603 - there is one main thread in a process
    _on_main_thread = run


def decoded(data: bytes, media_type: str) -> Pixels:
    """The picture, scaled down while it is decoded; PictureRefusedError."""
    return _with_qt(lambda: _decoded(data, media_type))


def drawn(data: bytes) -> tuple[Pixels, bool]:
    """An SVG as a picture, without what reaches outside, and whether it is as large as it should be.

    SvgRefusedError, PictureRefusedError."""
    clean = sanitize_svg(data)
    return _with_qt(lambda: _drawn(clean))


def _with_qt(work: Callable[[], T]) -> T:
    def run() -> T:
        _begin_qt()
        return work()

    found: T = _on_main_thread(run)
    return found


_application: list[Any] = []


def _begin_qt() -> None:
    """Fonts and plugins need an application; it gets no window and no loop."""
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is None:
        _application.append(QGuiApplication(["reader"]))


def _decoded(data: bytes, media_type: str) -> Pixels:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
    from PySide6.QtGui import QImage, QImageReader

    buffer = QBuffer()
    buffer.setData(QByteArray(plain_png(data) if media_type == "image/png" else data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    width, height = max(0, size.width()), max(0, size.height())
    if not width * height:
        raise PictureRefusedError(tr(DAMAGED))
    jpeg = media_type == "image/jpeg"
    endless = jpeg and is_endless(data, width, height)
    if endless or Picture(media_type, width, height).too_large:
        raise PictureRefusedError(
            tr(
                "The picture is too large or too complex to be shown here: {width} × "
                "{height} pixels. Save it to look at it.",
                width=number_text(width),
                height=number_text(height),
            )
        )
    keep = Qt.AspectRatioMode.KeepAspectRatio
    if jpeg and max(width, height) > _LONGEST_SIDE:
        reader.setScaledSize(size.scaled(QSize(_LONGEST_SIDE, _LONGEST_SIDE), keep))
    image = reader.read()
    if image.isNull():
        raise PictureRefusedError(tr(DAMAGED))
    if max(image.width(), image.height()) > _LONGEST_SIDE:
        if image.depth() > 32:  # before there are two of them
            image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        image = image.scaled(_LONGEST_SIDE, _LONGEST_SIDE, keep)
    return _pixels(image, f"{width} × {height}")


def _drawn(clean: bytes) -> tuple[Pixels, bool]:
    from PySide6.QtCore import QByteArray
    from PySide6.QtSvg import QSvgRenderer

    from .svg_rendering import painted

    renderer = QSvgRenderer(QByteArray(clean))
    if not renderer.isValid():
        raise PictureRefusedError(tr("The drawing cannot be shown."))
    image, whole = painted(renderer)
    return _pixels(image, ""), whole


def _pixels(image: "QImage", measures: str) -> Pixels:
    from PySide6.QtGui import QImage

    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return Pixels(image.width(), image.height(), bytes(image.constBits()), measures)
