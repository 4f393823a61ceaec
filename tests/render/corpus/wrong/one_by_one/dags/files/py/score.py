def score(day, weight=1.0):
    return {"day": day, "score": weight}


async def later():
    return None
