"""What collections take, in words: the types that servers know, and how each generation offers them."""

from dfs_desktop.translation import tr

_WORDS = {
    "model": tr("models"),
    "dataset": tr("datasets"),
    "experiment": tr("experiments"),
    "model_dataset": tr("models and datasets"),
    "dataset_experiment": tr("datasets and experiments"),
    "model_experiment": tr("models and experiments"),
    "mixed": tr("artifacts of all types"),
}
_OFFERED = {
    "model": tr("Models"),
    "dataset": tr("Datasets"),
    "experiment": tr("Experiments"),
    "model_dataset": tr("Models and datasets"),
    "dataset_experiment": tr("Datasets and experiments"),
    "model_experiment": tr("Models and experiments"),
    "mixed": tr("Artifacts of all types"),
}
_OLD = ("model", "dataset")


def words(kind: str) -> str:
    """`models`, `models and datasets`, or `artifacts of all types`; a type that is not known as it is."""
    return _WORDS.get(kind, kind)


def offered(generation: str | None) -> list[tuple[str, str]]:
    """The types that a new collection can have, each with its words."""
    kinds = tuple(_OFFERED) if (generation or "A") >= "E" else _OLD
    return [(kind, _OFFERED[kind]) for kind in kinds]
