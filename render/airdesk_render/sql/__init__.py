"""Is a text SQL of a dialect, and does it only read?

sql_problems("select 1") -> nothing to object to
sql_problems(text, dialect="hive", writes=True, several=True) -> what no statement may do
"""

from __future__ import annotations

from airdesk_render.sql.dialects import DIALECTS, GENERIC
from airdesk_render.sql.rules import SqlProblem
from airdesk_render.sql.texts import sql_problems

__all__ = ["DIALECTS", "GENERIC", "SqlProblem", "sql_problems"]
