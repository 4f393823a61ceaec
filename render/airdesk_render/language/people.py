"""Names of people, and words to find a DAG by."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

PERSON_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"
PersonName = Annotated[str, Field(pattern=PERSON_PATTERN)]
TAG_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 _./-]{0,49}$"
Tag = Annotated[str, Field(pattern=TAG_PATTERN)]
