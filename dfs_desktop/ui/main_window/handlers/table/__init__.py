"""What is done with the table: columns, filter line, saved views."""
