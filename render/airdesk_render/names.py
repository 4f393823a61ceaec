"""Every name that follows from a team's name, in one place.

A team is a directory group, a GitLab group and repository, a first folder and `dag_id` prefix in
the central repository, a Vault prefix and an Airflow role. Whoever needs one of these asks here,
so that no two parts of the platform can disagree about who owns what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TEAM_PATTERN = r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$"
DAG_NAME_PATTERN = r"^[a-z][a-z0-9_]{0,99}$"
CONNECTION_NAME_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"

MANIFEST_FOLDER = "dags"
MANIFEST_ENDINGS = (".dag.yaml", ".dag.yml", ".dag.json")


@dataclass(frozen=True)
class Team:
    """A team, known by its name (lower-case letters, digits and hyphens, 3 to 40 characters).

    Raises:
        ValueError: the name cannot be a team's; it would not survive as a GitLab path.
    """

    name: str

    def __post_init__(self) -> None:
        if not re.fullmatch(TEAM_PATTERN, self.name):
            raise ValueError(f"{self.name!r} is not a team name: use a-z, 0-9 and hyphens.")

    @property
    def gitlab_group(self) -> str:
        return self.name

    @property
    def repository(self) -> str:
        """Full path of the team's GitLab project that holds its manifests."""
        return f"{self.name}/pipelines"

    @property
    def folder(self) -> str:
        """First folder in the central repository."""
        return self.name

    @property
    def airflow_role(self) -> str:
        return f"team-{self.name}"

    @property
    def code_queue(self) -> str:
        """The Celery queue on which the team's own code (bash, Python) runs."""
        return f"team-{self.name}"

    @property
    def kubernetes_namespace(self) -> str:
        """Where pods of the team's own run."""
        return f"team-{self.name}"

    def dag_id(self, dag_name: str) -> str:
        """`growth` and `delays` give `growth.delays`, the id under which Airflow knows the DAG."""
        return f"{self.name}.{dag_name}"

    def central_file(self, dag_name: str) -> str:
        """Path of the rendered Python file in the central repository."""
        return f"{self.folder}/{dag_name}.py"

    def conn_id(self, connection: str) -> str:
        """`growth` and `warehouse` give `growth.warehouse`, Airflow's connection id."""
        return f"{self.name}.{connection}"

    def asset(self, name: str) -> str:
        """`growth` and `orders` give `growth.orders`, the name under which Airflow knows it."""
        return f"{self.name}.{name}"

    def asset_uri(self, name: str) -> str:
        """The address of the same asset; Airflow tells assets apart by name and address.

        A scheme that begins with `x-` is private: for any other, Airflow loads all its providers
        to ask whose it is, which takes longer than parsing hundreds of DAGs.
        """
        return f"x-airdesk://{self.name}/{name}"

    def vault_connection(self, connection: str) -> str:
        """Path below the KV mount, without the `data/` of its HTTP address."""
        return f"connections/{self.name}/{connection}"

    @property
    def vault_grants(self) -> str:
        """Path below the KV mount of the team's grants document."""
        return f"grants/{self.name}"


def team_of_dag(dag_id: str) -> Team:
    """The team that owns a published `dag_id`.

    Raises:
        ValueError: the id carries no team prefix.
    """
    team, dot, rest = dag_id.partition(".")
    if not dot or not rest:
        raise ValueError(f"{dag_id!r} has no team prefix.")
    return Team(team)


def dag_name_of(dag_id: str) -> str:
    """`growth.delays` gives `delays`."""
    return dag_id.partition(".")[2]


def is_manifest(path: str) -> bool:
    """Whether a path in a team's repository names a manifest."""
    return path.startswith(f"{MANIFEST_FOLDER}/") and path.endswith(MANIFEST_ENDINGS)
