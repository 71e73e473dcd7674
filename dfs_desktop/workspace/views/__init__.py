"""How the table is arranged, place by place, and what is kept of it under a name."""
