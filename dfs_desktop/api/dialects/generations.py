"""The dialect of each generation of the registry, by its letter."""

from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.translation import tr

from .dataforce import Dialect
from .luml import LumlDialect, PagedDialect, PrefixedDialect, RenamedDialect

_DIALECTS: dict[str, type[Dialect]] = {
    **dict.fromkeys("ABC", Dialect),  # which reads the answers of B and C too
    "D": PagedDialect,
    "E": RenamedDialect,
    "F": PrefixedDialect,
    "G": LumlDialect,
}


def dialect_for(generation: str) -> Dialect:
    """The dialect of a generation, A to G."""
    if generation not in _DIALECTS:
        raise ConfigurationError(
            tr("There is no generation {generation!r}; there are A to G.", generation=generation)
        )
    return _DIALECTS[generation]()
