"""The Slack bot, its HTTP side and its watchers."""
