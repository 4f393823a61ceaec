"""A GitLab for one machine: REST v4, git over smart HTTP, OAuth, pipelines and plain pages."""
