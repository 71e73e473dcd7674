"""What collections take, in words: the types that servers know, and how each generation offers them."""

from dfs_desktop.translation import later, tr

_WORDS = {
    "model": later("models"),
    "dataset": later("datasets"),
    "experiment": later("experiments"),
    "model_dataset": later("models and datasets"),
    "dataset_experiment": later("datasets and experiments"),
    "model_experiment": later("models and experiments"),
    "mixed": later("artifacts of all types"),
}
_OFFERED = {
    "model": later("Models"),
    "dataset": later("Datasets"),
    "experiment": later("Experiments"),
    "model_dataset": later("Models and datasets"),
    "dataset_experiment": later("Datasets and experiments"),
    "model_experiment": later("Models and experiments"),
    "mixed": later("Artifacts of all types"),
}
_OLD = ("model", "dataset")


def words(kind: str) -> str:
    """`models`, `models and datasets`, or `artifacts of all types`; a type that is not known as it is."""
    return tr(_WORDS[kind]) if kind in _WORDS else kind


def offered(generation: str | None) -> list[tuple[str, str]]:
    """The types that a new collection can have, each with its words."""
    kinds = tuple(_OFFERED) if (generation or "A") >= "E" else _OLD
    return [(kind, tr(_OFFERED[kind])) for kind in kinds]
