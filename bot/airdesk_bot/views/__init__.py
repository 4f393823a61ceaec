"""What people see in Slack: pure functions from state to Block Kit.

No file here does I/O or reads a clock, so the same state always gives the same bytes and a digest
decides whether a message must be updated.
"""
