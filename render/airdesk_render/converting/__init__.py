"""Moving in from other tools: their files become manifests, and what cannot come is listed."""
