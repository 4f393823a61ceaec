def lines():
    """Parameters of the notebook, one mapping per line."""
    return [{"line": f"L{number}", "shift": "early"} for number in range(1, 5)]
