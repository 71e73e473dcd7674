"""The model inside the sample artifact: nearest centroid, in plain Python."""

from math import dist
from typing import Any

from fnnx.variants.pyfunc import PyFunc


class NearestCentroid(PyFunc):  # type: ignore[misc]  # fnnx carries no types
    """Gives each point the label of the closest centroid, or "unsure" between two of them."""

    def warmup(self) -> None:
        centroids: dict[str, list[float]] = self.fnnx_context.get_value("centroids") or {}
        self._labels = list(centroids)
        self._centres = list(centroids.values())

    def compute(self, inputs: dict[str, Any], dynamic_attributes: dict[str, str]) -> dict[str, Any]:
        margin = float(dynamic_attributes.get("margin") or 0.0)
        points = inputs["points"].data
        distances = [[dist(point, centre) for centre in self._centres] for point in points]
        return {
            "labels": [self._label(row, margin) for row in distances],
            "distances": distances,
        }

    async def compute_async(
        self, inputs: dict[str, Any], dynamic_attributes: dict[str, str]
    ) -> dict[str, Any]:
        return self.compute(inputs, dynamic_attributes)

    def _label(self, distances: list[float], margin: float) -> str:
        nearest, second = sorted(distances)[:2]
        if second - nearest < margin:
            return "unsure"
        return self._labels[distances.index(nearest)]
