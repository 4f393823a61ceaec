"""Block Kit: its structure and limits, and the state of its inputs."""
