"""Comparing artifacts: the sides, what each holds, whether they are equal."""
