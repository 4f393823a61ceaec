"""The company's fiscal calendar."""

import datetime


def fiscal_quarter(day: str, first_month: int = 4) -> str:
    """`2026-05-01` gives `FY26Q1`."""
    date = datetime.date.fromisoformat(day)
    months = (date.year * 12 + date.month) - first_month
    return f"FY{months // 12 % 100}Q{months % 12 // 3 + 1}"
