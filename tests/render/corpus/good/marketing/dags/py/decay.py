def half_lives(*names: str, default: int = 7) -> dict[str, int]:
    return {name: default for name in names or ("search", "social")}
