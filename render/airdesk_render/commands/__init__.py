"""One file per command; file, command and function carry the same name."""
