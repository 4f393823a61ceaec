"""The publisher: from merged manifests to signed DAGs in the central repository."""
