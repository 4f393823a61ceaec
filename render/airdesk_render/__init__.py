"""Manifests, managed operators, policy, checks and the renderer."""
