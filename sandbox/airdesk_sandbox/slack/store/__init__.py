"""What the workspace remembers, in SQLite: conversations, messages, views, grants."""
