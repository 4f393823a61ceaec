"""The page about the policy's rules, `docs/policy.md`, made from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator

from airdesk_render.policy.rule import Rule
from airdesk_render.policy.rulebook import RULES

_HEAD = """\
# Policy

The platform's rules are one YAML file, `policy.yaml` in the project `platform/airdesk-ci`. The \
same rules speak in the Slack form, in `airdesk-render check`, in the publisher and in Airflow's \
cluster policies, so what passes in one place passes in all. This page is made by \
`airdesk-render policy docs`; each finding's code is a heading here.

- `airdesk-render policy > policy.yaml` prints the built-in policy, to begin from.
- `airdesk-render policy check policy.yaml` says with line and column what is wrong with one, and \
which exceptions are over or end soon.
- `airdesk-render policy show --team growth` prints what counts for a team, all parts put together.
- `airdesk-render policy rules` lists the codes; `--format json` for programs.
- `airdesk-render policy schema > policy.schema.json` lets an editor complete and explain.

## How it is read

`rules` holds for everybody. `teams` says what differs for some (`growth`, or several by `ml-*`); \
a list replaces the platform's, except `deny`, which adds to it and always wins. Names are matched \
with `*` and `?`; `{team}` stands for the team's name. What no list allows is denied.

An option of `tasks` and `dags` has a `default` (where an author says nothing), `least` and `most` \
(how far an author may go) or `force` (what it is, whoever says otherwise). Options without any of \
these are the author's choice.

**The queue** of a task is the first of: the data class (`pii` always has a queue of its own, and \
no author, team or exception changes it), the operator, the workload, the default. An author's \
`queue` counts where it is the same, or where the team's list allows it.

**Exceptions** name the rules they lift, the team, DAG and task, an owner, a reason and the last \
day. `most` moves a limit instead of lifting it. In effect, an exception is an `info` finding that \
reviewers see; after its day it no longer counts, in CI and in Airflow alike.

**Approvals.** `risk` gives a change its class ([what a change does](diff.md)), and `approvals` \
says whose approvals that class needs before the publisher takes it ([for leads](leads.md)): \
`lead`, a Maintainer of the team's project, or a kind of your own that `groups` ties to a GitLab \
group. As shipped, every class but `none` needs one lead. With a group for security this becomes

```yaml
approvals:
  security: [lead, security]
  groups: {security: company/security}
```

## Rules
"""


def policy_page() -> str:
    """The page, as Markdown."""
    return "\n".join([_HEAD, *(_section(rule) for rule in RULES.values())]).rstrip("\n") + "\n"


def _section(rule: Rule) -> str:
    facts = "; ".join(_facts(rule))
    return f"### {rule.code}\n\n{rule.reason}\n\nWhat to do: {rule.help}\n\n*{facts}.*\n"


def _facts(rule: Rule) -> Iterator[str]:
    words = {"error": "Stops a change", "warning": "Warns", "info": "Informs"}
    yield words[rule.severity]
    if rule.policy:
        yield f"set by {', '.join(f'`{part}`' for part in rule.policy.split(', '))}"
    if rule.code.startswith("airflow-"):
        yield "kept by Airflow's cluster policies"
    elif rule.airflow:
        yield "kept by Airflow's cluster policies too"
    if rule.severity == "error":
        yield "an exception may lift it" if rule.liftable else "nothing lifts it"
