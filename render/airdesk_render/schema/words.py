"""What the language's fixed values mean, for editors that explain each as it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MEANINGS: Final[Mapping[object, str]] = {
    # data_class
    "public": "Anybody may see it, outside the company too.",
    "internal": "Anybody in the company may see it.",
    "pii": "Personal data: it runs on the sensitive queue, and no rows appear in messages or logs.",
    # events
    "failure": "A run failed.",
    "recovery": "The first run that succeeds after a failed one.",
    "success": "Every run that succeeds.",
    "late": "A run was not done by its deadline.",
    # trigger_rule
    "all_success": "All upstream tasks succeeded. This is what counts if nothing is said.",
    "all_failed": "All upstream tasks failed.",
    "all_done": "All upstream tasks ended, however that was.",
    "all_skipped": "All upstream tasks were skipped.",
    "one_success": "One upstream task succeeded; the others are not waited for.",
    "one_failed": "One upstream task failed; the others are not waited for.",
    "one_done": "One upstream task succeeded or failed.",
    "none_failed": "No upstream task failed; skipped ones do not matter.",
    "none_skipped": "No upstream task was skipped.",
    "none_failed_min_one_success": "No upstream task failed and one succeeded: after a branch.",
    "always": "It waits for nothing.",
    # weight_rule
    "downstream": "All tasks after it add their weight: the beginning of a DAG goes first.",
    "upstream": "All tasks before it add their weight: the end of a DAG goes first.",
    "absolute": "Its own weight alone counts.",
    # type of a param
    "string": "Text.",
    "integer": "A whole number.",
    "number": "A number, with or without a fraction.",
    "boolean": "Yes or no.",
    "array": "A list.",
    "object": "A mapping.",
    # format of a param
    "date": "A day, chosen in a calendar.",
    "date-time": "A moment, chosen in a calendar.",
    "time": "A time of day.",
    "email": "An address of e-mail.",
    "uri": "A full address such as https://….",
    "multiline": "A text of several lines.",
}
