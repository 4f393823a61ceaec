def embed(day: str, *, dimensions: int = 256) -> dict[str, object]:
    return {"day": day, "dimensions": dimensions}
