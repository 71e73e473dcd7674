"""`dfs-desktop ls`, `get`, `put` …: what a terminal or a script does with artifacts, without the window."""
