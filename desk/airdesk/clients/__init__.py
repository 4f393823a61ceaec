"""The ports' implementations over the real services; only a `wiring.py` imports them."""
