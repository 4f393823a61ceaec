"""GitLab and Slack for one machine, and the demo that starts everything; for development only."""
