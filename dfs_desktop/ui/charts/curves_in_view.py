"""The curves of a chart as they are seen now: smoothed, zoomed, thinned; made in short steps."""

import math
from collections.abc import Iterator, Sequence

from .scale import Scale, exact_scale, scale_for
from .series import COLUMNS, Band, Series, banding, seen, smoothing


class CurvesInView:
    """Set what is to be seen, then walk `steps` to its end: until then all stays as it was.

    `x` and `y` are the scales that are seen, `zoom_x` and `zoom_y` what was zoomed into (None: all).
    Without `zoom_y` the height follows what is seen.
    """

    def __init__(self) -> None:
        self.raw: list[Series] = []
        self.smooth = 0.0
        self.log_x = self.log_y = False
        self.columns = COLUMNS
        self.zoom_x: Scale | None = None
        self.zoom_y: Scale | None = None
        self.x: Scale | None = None
        self.y: Scale | None = None
        self.whole: list[Series] = []  # smoothed
        self.thin: list[Series | Band] = []
        self.faint: list[Series | Band] = []  # what was smoothed, to be seen behind it
        self._all_x: Scale | None = None
        self._all_y: Scale | None = None
        self._made_of: float | None = None  # the smoothing of `whole`

    def show(self, raw: Sequence[Series]) -> None:
        """Take other curves; what was zoomed into stays."""
        self.raw = list(raw)
        self._made_of = None

    def steps(self) -> Iterator[None]:
        """Make what is to be seen."""
        if self._made_of != self.smooth:
            whole = []
            for each in self.raw:
                values: list[float] = []
                for piece in smoothing(each.ys, self.smooth) if self.smooth else ():
                    values += piece
                    yield
                whole.append(Series(each.name, each.xs, tuple(values)) if self.smooth else each)
            self.whole = whole
            self._made_of = self.smooth
        whole = self.whole
        ends = [x for each in whole for x in _ends(each, log=self.log_x)]
        self._all_x = exact_scale(ends, log=self.log_x)
        x = self.zoom_x or self._all_x
        thin: list[Series | Band] = []
        faint: list[Series | Band] = []
        for each, before in zip(whole, self.raw, strict=True):
            for curve, result in ((each, thin), (before, faint))[: 2 if self.smooth else 1]:
                points: Series | Band | None = seen(curve, x, self.columns)
                if points is None and x is not None:
                    points = band = Band(curve.name, [], [], [], self.columns)
                    yield from banding(curve, x, self.columns, band)
                if points is not None:
                    result.append(points)
                yield
        fit = scale_for(_within(thin, x), log=self.log_y)
        if self.zoom_x is None or self._all_y is None:
            self._all_y = fit
        self.x, self.y = x, self.zoom_y or fit
        self.thin, self.faint = thin, faint

    def reset(self) -> None:
        """All is to be seen."""
        self.zoom_x = self.zoom_y = None

    def zoom(self, across: tuple[float, float], up: tuple[float, float] | None = None) -> None:
        """See what lies between these places (0 to 1 of what is seen), from the left and from below."""
        view = self.zoom_x or self.x
        if self._all_x is not None and view is not None:
            self.zoom_x = self._all_x.zoomed(view, *across)
        if up is not None and self._all_y is not None and self.y is not None:
            self.zoom_y = self._all_y.zoomed(self.zoom_y or self.y, *up)

    def zoom_around(self, place: float, factor: float) -> None:
        """Make what is seen so many times as wide; the place stays where it is."""
        self.zoom((place - place * factor, place + (1 - place) * factor))

    def move(self, across: float, up: float = 0.0) -> None:
        """Go along the axes by a share of what is seen; not beyond the ends."""
        if self.zoom_x is not None and across:
            self.zoom((across, 1 + across))
        if self.zoom_y is not None and up and self._all_y is not None:
            self.zoom_y = self._all_y.zoomed(self.zoom_y, up, 1 + up)


def _ends(series: Series, *, log: bool) -> tuple[float, ...]:
    if not series.xs:
        return ()
    if not log or series.xs[0] > 0:
        return series.xs[0], series.xs[-1]
    return next((x for x in series.xs if x > 0), -1.0), series.xs[-1]


def _within(curves: Sequence[Series | Band], x: Scale | None) -> list[float]:
    """The values that are seen; the points at both sides, to which lines lead, only if need be."""
    if x is None:
        return []
    found: list[float] = []
    beside: list[float] = []
    for each in curves:
        if isinstance(each, Band):
            found += each.lows
            found += each.highs
            continue
        for at, y in zip(each.xs, each.ys, strict=True):
            (found if x.low <= at <= x.high and math.isfinite(y) else beside).append(y)
    return found or beside
