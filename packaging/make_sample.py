"""Trains a tiny classifier and writes it as resources/sample/sample-classifier.fnnx with fnnx.

Run it again and the same bytes come out: the data are drawn with a fixed seed, and fnnx writes
members without times or owners. Usage: python packaging/make_sample.py [FILE]
"""

import json
import random
import sys
from pathlib import Path
from typing import Any, NamedTuple

from fnnx.extras.builder import PyfuncBuilder, PyFuncSpec
from fnnx.extras.pydantic_models.manifest import NDJSON, Var

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "resources" / "sample" / "sample-classifier.fnnx"
REGISTRY_METRICS = "dataforce.studio::registry_metrics:v1"
MEANS = {"amber": (0.0, 0.0), "birch": (3.0, 1.0), "cedar": (1.0, 3.5)}
SPREAD = 1.0


class Point(NamedTuple):
    """One example of the training or test data."""

    place: tuple[float, float]
    label: str


def draw(generator: random.Random, each: int) -> list[Point]:
    """`each` points per label, scattered around the label's mean."""
    return [
        Point((generator.gauss(x, SPREAD), generator.gauss(y, SPREAD)), label)
        for label, (x, y) in MEANS.items()
        for _ in range(each)
    ]


def train(points: list[Point]) -> dict[str, list[float]]:
    """The centroid of each label, rounded so that it prints the same everywhere."""
    centroids = {}
    for label in MEANS:
        places = [point.place for point in points if point.label == label]
        centroids[label] = [round(sum(axis) / len(places), 4) for axis in zip(*places, strict=True)]
    return centroids


def predict(centroids: dict[str, list[float]], place: tuple[float, float]) -> str:
    """The label of the nearest centroid."""
    return min(
        centroids,
        key=lambda label: sum((a - b) ** 2 for a, b in zip(place, centroids[label], strict=True)),
    )


def evaluate(centroids: dict[str, list[float]], points: list[Point]) -> dict[str, float]:
    """Accuracy and macro F1 on points that were not trained on."""
    pairs = [(point.label, predict(centroids, point.place)) for point in points]
    scores = []
    for label in MEANS:
        hits = sum(true == found == label for true, found in pairs)
        wrong = sum((true == label) != (found == label) for true, found in pairs)
        scores.append(2 * hits / (2 * hits + wrong))
    accuracy = sum(true == found for true, found in pairs) / len(pairs)
    return {"accuracy": round(accuracy, 4), "f1": round(sum(scores) / len(scores), 4)}


def build(target: Path) -> None:
    """Train, evaluate and write the artifact."""
    generator = random.Random(20251)
    centroids = train(draw(generator, 200))
    metrics = evaluate(centroids, draw(generator, 100))

    def write_metadata(archive: Any) -> None:
        entry = {
            "id": "evaluation",
            "producer": "dfs-desktop",
            "producer_version": "1",
            "producer_tags": [REGISTRY_METRICS],
            "payload": {"metrics": metrics},
        }
        archive.create_file("meta.json", json.dumps([entry], indent=2))

    builder = PyfuncBuilder(
        PyFuncSpec(str(HERE / "sample_classifier.py"), "NearestCentroid"),
        model_name="Sample classifier",
        model_version="1.0",
        model_description="Tells three clusters of points apart by the nearest centroid.",
        create_meta_callback=write_metadata,
        python_version="3.11.0",
    )
    builder.set_producer_info("dfs-desktop", "1", ["dfs-desktop::sample:v1"])
    builder.set_extra_values({"centroids": centroids})
    points: list[str | int] = ["batch", 2]
    builder.add_input(
        NDJSON(name="points", content_type="NDJSON", dtype="NDContainer[float]", shape=points)
    )
    builder.add_output(
        NDJSON(name="labels", content_type="NDJSON", dtype="NDContainer[string]", shape=["batch"])
    )
    builder.add_output(
        NDJSON(
            name="distances", content_type="NDJSON", dtype="NDContainer[float]", shape=["batch", 3]
        )
    )
    builder.add_dynamic_attribute(
        Var(name="margin", description="Say “unsure” when two centroids are closer than this.")
    )
    builder.add_runtime_dependency("fnnx>=0.1")
    target.parent.mkdir(parents=True, exist_ok=True)
    builder.save(str(target))
    print(f"{target}: {target.stat().st_size} bytes, {metrics}")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
