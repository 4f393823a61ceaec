"""What is left of a traceback for whoever wrote the DAG."""

from __future__ import annotations

from airdesk.follow.import_error import MAX_CHARS, useful_part

TRACE = """\
Traceback (most recent call last):
  File "/opt/airflow/lib/site-packages/airflow/dag_processing/importer.py", line 90, in parse
    loader.exec_module(new_module)
  File "<frozen importlib._bootstrap_external>", line 940, in exec_module
  File "/var/bundles/central/tracking_repo/growth/delays.py", line 12, in <module>
    from helpers import nothing
ImportError: cannot import name 'nothing'
"""


def test_the_teams_own_frames_and_the_exception_are_left():
    assert useful_part(TRACE, "growth") == (
        '  File "growth/delays.py", line 12, in <module>\n'
        "    from helpers import nothing\n"
        "ImportError: cannot import name 'nothing'"
    )


def test_of_a_chain_the_last_exception_is_left():
    chain = f"{TRACE}\nDuring handling of the above exception, another exception occurred:\n\n"
    last = (
        "Traceback (most recent call last):\n"
        '  File "/usr/lib/python3.11/site-packages/airflow/policies.py", line 4, in dag_policy\n'
        "    raise\n"
        "AirflowClusterPolicyViolation: growth.delays must have owners.\nAdd at least one.\n"
    )
    assert useful_part(chain + last, "growth") == (
        "AirflowClusterPolicyViolation: growth.delays must have owners.\nAdd at least one."
    )


def test_what_is_no_traceback_stays_as_it_is():
    assert useful_part(" Timed out after 30 s. ", "growth") == "Timed out after 30 s."
    assert useful_part("", "growth") == ""


def test_a_long_text_keeps_its_end():
    found = useful_part("x" * 9000 + "\nValueError: the end", "growth")
    assert len(found) <= MAX_CHARS + 1
    assert found.endswith("ValueError: the end")
