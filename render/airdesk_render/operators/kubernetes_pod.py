"""A container of its own in the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.operators.base import Call, Kind, ManagedOperator, Rendering, Workload

IMAGE_PATTERN = (
    r"^[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9][a-z0-9._-]*){0,6}"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$"
)
Word = Annotated[str, Field(max_length=5_000)]
Cpu = Annotated[str, Field(pattern=r"^(?:[1-9][0-9]{0,2}|[1-9][0-9]{1,4}m)$")]
Memory = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}(?:Mi|Gi)$")]


class KubernetesPod(ManagedOperator):
    """Runs a container image in the team's namespace."""

    title: ClassVar[str] = "Kubernetes pod"
    summary: ClassVar[str] = "Run a container image of your own in the cluster."
    docs: ClassVar[str] = (
        "Starts one pod in the team's namespace and waits until it ends; its output goes to the "
        "log. Policy says which images may be used. The pod gets no secret, no volume and no "
        "token of the cluster: what needs a credential is the work of another operator. Jinja is "
        "replaced in `command`, `arguments` and `environment`."
    )
    category: ClassVar[str] = "Code"
    kind: ClassVar[Kind] = "code"
    workload: ClassVar[Workload] = "pod"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("command", "arguments", "environment")
    mappable: ClassVar[Mapping[str, str]] = {"arguments": "arguments", "environment": "env_vars"}
    mappable_at_run: ClassVar[frozenset[str]] = frozenset(("environment",))
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "image": "registry.corp.example/growth/scoring:1.4",
            "arguments": ["--day", "{{ ds }}"],
            "cpu": "2",
            "memory": "4Gi",
        },
    )

    operator: Literal["kubernetes_pod@1"]
    image: str = Field(
        max_length=300,
        pattern=IMAGE_PATTERN,
        description="The image with its tag or digest.",
        examples=["registry.corp.example/growth/scoring:1.4"],
    )
    command: tuple[Word, ...] = Field(
        default=(),
        max_length=50,
        strict=False,
        description="What is started in it, word by word; the image's own if not given.",
    )
    arguments: tuple[Word, ...] = Field(
        default=(), max_length=100, strict=False, description="Arguments, word by word."
    )
    environment: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,99}$")], Word] = Field(
        default_factory=dict, max_length=50, description="Environment variables: no secrets."
    )
    cpu: Cpu = Field(default="1", description="Cores: `2`, or `500m` for half of one.")
    memory: Memory = Field(default="1Gi", description="Memory: `512Mi`, `4Gi`.")

    def images(self) -> tuple[str, ...]:
        return (self.image,)

    def call(self, rendering: Rendering) -> Call:
        size = {"cpu": self.cpu, "memory": self.memory}
        return Call(
            module="airflow.providers.cncf.kubernetes.operators.pod",
            name="KubernetesPodOperator",
            arguments={
                "kubernetes_conn_id": None,
                "in_cluster": True,
                "namespace": rendering.team.kubernetes_namespace,
                "image": self.image,
                **({"cmds": list(self.command)} if self.command else {}),
                **({"arguments": list(self.arguments)} if self.arguments else {}),
                **({"env_vars": self.environment} if self.environment else {}),
                "container_resources": {"requests": size, "limits": dict(size)},
                "container_security_context": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                },
                "automount_service_account_token": False,
                "on_finish_action": "delete_pod",
                "deferrable": False,
            },
        )
