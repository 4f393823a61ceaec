def scenarios(severity: str) -> list[dict[str, object]]:
    names = ("rates_up_200", "equities_down_30", "credit_spread_150")
    return [{"name": name, "severity": float(severity)} for name in names]


def run(name: str, severity: float) -> dict[str, object]:
    return {"scenario": name, "loss": round(1_000_000 * severity, 2)}
