"""From records to files: whole artifacts, single members, the folder they go to."""
