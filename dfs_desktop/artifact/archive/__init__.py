"""Archives and bytes: tar and zip directories, and the sources they are read from."""
