"""The public faces of the flows: one blocking and one awaiting class for each kind of thing."""
