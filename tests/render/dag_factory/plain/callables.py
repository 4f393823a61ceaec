"""Functions that the DAGs of these tests call."""


def count_rows(table, day):
    return {"table": table, "day": day}


def score(weight, day):
    return weight


def regions():
    return [{"region": "north"}, {"region": "south"}]


def load(region):
    return region


def double(number, label="once"):
    return number * 2
