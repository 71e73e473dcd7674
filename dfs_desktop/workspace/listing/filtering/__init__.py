"""What is typed into the filter line: parsed, completed, and applied to rows."""
