"""Figures of landing pages."""


def pages(day: str, most: int = 10) -> list[dict[str, object]]:
    """Arguments of `score`, one mapping per page."""
    names = ["/", "/pricing", "/partners", "/blog"]
    return [{"page": name, "day": day} for name in names[:most]]


def score(page: str, day: str, weight: float = 1.0) -> dict[str, object]:
    return {"page": page, "day": day, "score": round(weight * len(page), 2)}
