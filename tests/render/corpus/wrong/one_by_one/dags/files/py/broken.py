def score(day):
    return day +
