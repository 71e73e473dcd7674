"""What collections take, in words: the types that servers know, and how each generation offers them."""

from dfs_desktop.translation import tr

_WORDS = {"model": "models", "dataset": "datasets", "experiment": "experiments"}
_OLD = ("model", "dataset")
_NEW = (*_OLD, "experiment", "model_dataset", "dataset_experiment", "model_experiment", "mixed")


def words(kind: str) -> str:
    """`models`, `models and datasets`, or `artifacts of all types`; a type that is not known as it is."""
    if kind == "mixed":
        return tr("artifacts of all types")
    parts = kind.split("_")
    if all(part in _WORDS for part in parts):
        return " and ".join(_WORDS[part] for part in parts)
    return kind


def offered(generation: str | None) -> list[tuple[str, str]]:
    """The types that a new collection can have, each with its words."""
    kinds = _NEW if (generation or "A") >= "E" else _OLD
    return [(kind, words(kind).capitalize()) for kind in kinds]
