"""Bare Git repositories, read and written with the real git."""
