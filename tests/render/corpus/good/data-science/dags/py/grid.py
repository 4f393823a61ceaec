import itertools


def grid(depths, rates):
    return [
        {"DEPTH": str(depth), "RATE": str(rate)} for depth, rate in itertools.product(depths, rates)
    ]
