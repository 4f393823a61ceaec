"""What Slack hands out for a while: trigger ids and response URLs."""
