"""The rules at work: facts in, violations out. One matter per module."""
