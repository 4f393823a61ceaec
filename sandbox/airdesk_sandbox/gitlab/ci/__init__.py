"""Pipelines: from `.gitlab-ci.yml` to jobs that ran."""
