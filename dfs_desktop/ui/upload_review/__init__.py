"""The sheet between a drop and its uploads."""
