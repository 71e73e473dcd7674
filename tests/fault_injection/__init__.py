"""The fault kit: a cloud that misbehaves on request, an engine without a window, and what must hold."""
