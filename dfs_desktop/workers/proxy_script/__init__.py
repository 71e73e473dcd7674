"""Evaluates a proxy script (PAC) in a child process that is given the script, and nothing else."""
