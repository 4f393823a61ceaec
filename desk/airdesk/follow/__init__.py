"""Looking at one change: in GitLab, in the central repository, in Airflow.

Each look takes what was known and returns what is known now; a look that fails takes nothing back.
"""
