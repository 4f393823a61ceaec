"""How rows are told as JSON, in GitLab's shapes."""
