"""Managed operators: one file per family, one class per operator and version."""
