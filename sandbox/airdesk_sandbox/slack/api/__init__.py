"""Slack's Web API: one module per family of methods, one registry, one gate in front of them."""
