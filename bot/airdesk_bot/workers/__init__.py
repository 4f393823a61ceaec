"""Threads that do what was asked, follow changes, report runs, and keep knowledge fresh."""
