"""The routes and fields of each generation of the registry, and finding out which one answers."""
