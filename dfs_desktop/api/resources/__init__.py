"""The documented methods of the clients, by kind of thing: each written once, run blocking or awaiting."""
