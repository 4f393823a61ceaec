"""Functions that the DAGs of these tests call."""


def greet(name, greeting="hello", path=None):
    return f"{greeting} {name}"
