"""Whole stories through the sandbox; a package, so that its stack ends with its last test."""
