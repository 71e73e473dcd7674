"""DFS Desktop: look after model artifacts in a DataForce Studio (LUML) registry."""

__version__ = "0.1.0"
