"""Rendering only what changed: what the last run read and wrote is kept beside its result.

Nothing here imports the language, the catalogue or the policy before something must be rendered.
"""
