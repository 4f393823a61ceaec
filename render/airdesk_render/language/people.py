"""Names of people, and words to find a DAG by."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

PERSON_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"
PersonName = Annotated[str, Field(pattern=PERSON_PATTERN)]
Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _./-]{0,49}$")]
