"""One viewer for each kind of content: tables, trees, tensors, curves, pictures, documents."""
