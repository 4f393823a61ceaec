"""What a change card tells below its progress line, one block per matter, only where it is true."""

from __future__ import annotations

from urllib.parse import quote

from airdesk.model import ChangeView, Job, Run, Stage
from airdesk_render.findings import Finding

from airdesk_bot.views.behaviour import behaviour
from airdesk_bot.views.blocks import MAX_SECTION, context, section
from airdesk_bot.views.card import Block
from airdesk_bot.views.failure import failed_task, may_show_data
from airdesk_bot.views.standing import (
    FAILED_PIPELINE,
    clashes,
    is_own,
    is_running,
    is_taken_back,
    is_withheld,
    reached,
    run_ended,
    run_succeeded,
)
from airdesk_bot.views.table import rows_caption, table
from airdesk_bot.views.text import (
    bold,
    code,
    code_block,
    duration,
    joined,
    line,
    link,
    log_block,
    mention,
    moment,
)

MAX_FINDINGS = 8
MAX_APPROVALS = 10
MAX_OVERLAPS = 5


def details(view: ChangeView) -> list[Block]:
    """What needs eyes first, and last in small print who approved and which commits it is."""
    return [
        *_clash(view),
        *_findings(view),
        *_failed_jobs(view),
        *behaviour(view),
        *_withheld(view),
        *_import_error(view),
        *_run(view),
        *_rollback(view),
        *_small_print(view),
    ]


def _clash(view: ChangeView) -> list[Block]:
    """That it cannot be rebased by itself, and who else changes the same files."""
    if view.stage is not Stage.REVIEW or view.merge_request is None:
        return []
    blocks = []
    if clashes(view):
        author = line(view.merge_request.author_name, 80)
        target = code(view.merge_request.target_branch or "main", 80)
        blocks.append(
            section(
                f"⚔️ *It cannot be rebased by itself:* what was merged to {target} meanwhile "
                f"changes the same lines. {author} has to rebase it and choose what stands, in "
                "GitLab or with git; its checks run again then."
            )
        )
    if view.overlaps:
        others = ", ".join(
            f"{link(one.url, f'!{one.iid}', 20)} by {line(one.author_name, 80)}"
            for one in view.overlaps[:MAX_OVERLAPS]
        )
        told = f"👥 *Also being changed:* the same files in {others}."
        blocks.append(section(f"{told} Whoever merges second has to rebase."))
    return blocks


def _findings(view: ChangeView) -> list[Block]:
    if not view.findings or reached(view, Stage.MERGED):
        return []
    errors = sum(finding.severity == "error" for finding in view.findings)
    lines = [_finding(view, finding) for finding in view.findings[:MAX_FINDINGS]]
    hidden = len(view.findings) - len(lines)
    if hidden:
        lines.append(f"…and {hidden} more in the pipeline")
    title = (
        f"{errors} {'thing' if errors == 1 else 'things'} to correct" if errors else "Worth a look"
    )
    return [section(f"*{title}*\n{joined(lines, MAX_SECTION - 100)}")]


def _finding(view: ChangeView, finding: Finding) -> str:
    mark = "•" if finding.severity == "error" else "◦ (warning)"
    meant = f" Did you mean {code(finding.suggestion, 80)}?" if finding.suggestion else ""
    return f"{mark} {_place(view, finding)}: {line(finding.message, 500)}{meant}"


def _place(view: ChangeView, finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}"
    if view.merge_request is None or ".." in finding.file or finding.file.startswith("/"):
        return code(place)
    project, dash, _ = view.merge_request.url.partition("/-/")
    if not dash:
        return code(place)
    file = quote(finding.file)
    return link(f"{project}/-/blob/{view.merge_request.sha}/{file}#L{finding.line}", place)


def _failed_jobs(view: ChangeView) -> list[Block]:
    """Which job is red, where no finding says it better."""
    if view.pipeline is None or view.findings or reached(view, Stage.MERGED):
        return []
    if view.pipeline.status not in FAILED_PIPELINE:
        return []
    red = [job for job in view.pipeline.jobs if job.status == "failed" and not job.allow_failure]
    names = ", ".join(_job(job) for job in red[:5])
    if not names:
        return [
            section("The pipeline did not finish. Open it to see why, then run it again in GitLab.")
        ]
    return [section(f"*Failed in the pipeline:* {names}. Its log says why.")]


def _job(job: Job) -> str:
    return link(job.url, job.name, 60)


def _withheld(view: ChangeView) -> list[Block]:
    if not is_withheld(view) or view.publication is None:
        return []
    reason = view.publication.reason or "The publisher gave no reason; ask the platform team."
    return [section(f"✋ *Merged, but not published.* {line(reason, 1500)}")]


def _import_error(view: ChangeView) -> list[Block]:
    if view.import_error is None or not reached(view, Stage.PUBLISHED):
        return []
    return [section(f"❌ *Airflow cannot load the DAG:*\n{log_block(view.import_error, 2000)}")]


def _run(view: ChangeView) -> list[Block]:
    run = view.run
    if run is None or not reached(view, Stage.PARSED):
        return []
    if is_running(view):
        since = f" since {moment(run.started_at)}" if run.started_at else ""
        return [section(f"⏳ Running{since}{_by(run)}.")]
    if run_succeeded(view):
        return _success(view, run)
    if view.failed is None:
        return [section(f"❌ The run ended as {code(run.state, 40)}{_took(run)}{_by(run)}.")]
    return failed_task(view.failed, publication=view.publication)


def _success(view: ChangeView, run: Run) -> list[Block]:
    text = f"✅ *The run{_took(run) or ' ended well'}*{_by(run)}."
    if view.publication is not None and view.publication.data_class == "pii":
        return [section(f"{text}\n🔒 It handles personal data, so its rows stay out of Slack.")]
    if view.rows is None or not may_show_data(view.publication):
        return [section(text)]
    if not view.rows.rows:
        return [section(f"{text}\n{rows_caption(view.rows)}.")]
    shown = f"{text}\n{rows_caption(view.rows)}:"
    return [section(f"{shown}\n{code_block(table(view.rows), MAX_SECTION - len(shown) - 10)}")]


def _rollback(view: ChangeView) -> list[Block]:
    """Who takes it back, and where."""
    if view.rollback is None:
        return []
    request = view.rollback.merge_request
    where = f" in {link(request.url, f'!{request.iid}')}" if request else ""
    by = mention(view.rollback.by)
    if view.rollback.stage is Stage.CLOSED:
        return [section(f"↩️ {by} wanted to roll it back{where}; that was closed without a merge.")]
    if is_taken_back(view, merged=True):
        return [section(f"↩️ *Rolled back* by {by}{where}.")]
    return [section(f"↩️ {by} prepares to roll it back{where}. It stays live until that is merged.")]


def _took(run: Run) -> str:
    time = duration(run.started_at, run.ended_at)
    return f" took {time}" if time else ""


def _by(run: Run) -> str:
    return f", started by {line(run.triggered_by, 80)}" if run.triggered_by else ""


def _small_print(view: ChangeView) -> list[Block]:
    """Who approved and which commits it is, for who wants to follow it."""
    if view.stage is Stage.SUBMITTED:
        return []
    lines = [*_approvals(view), " · ".join([*_merge(view), *_in_airflow(view)])]
    shown = [text for text in lines if text]
    return [context(joined(shown, MAX_SECTION))] if shown else []


def _approvals(view: ChangeView) -> list[str]:
    lines = []
    for approval in view.approvals[:MAX_APPROVALS]:
        if is_own(view, approval):
            lines.append(
                f"➖ {line(approval.name, 80)} approved their own change: it does not count"
            )
        else:
            lines.append(f"✅ Approved by {bold(approval.name, 80)} · {moment(approval.at)}")
    hidden = len(view.approvals) - len(lines)
    return [*lines, f"…and {hidden} more"] if hidden > 0 else lines


def _merge(view: ChangeView) -> list[str]:
    request = view.merge_request
    if not reached(view, Stage.MERGED) or request is None or not request.merge_commit:
        return []
    by = f" by {line(request.merged_by, 80)}" if request.merged_by else ""
    return [f"Merged{by} at {code(request.merge_commit[:8])}"]


def _in_airflow(view: ChangeView) -> list[str]:
    """At which commit of the central repository Airflow has it, and what comes next."""
    if not reached(view, Stage.PUBLISHED) or is_withheld(view):
        return []
    dag, facts = view.dag, []
    parsed = dag.bundle_version if dag is not None and reached(view, Stage.PARSED) else None
    if view.central_commit and view.central_commit != parsed:
        facts.append(f"Published at {code(view.central_commit[:8])}")
    if parsed:
        facts.append(f"Airflow parsed it at {code(parsed[:8])}")
    if is_taken_back(view, merged=True):
        return facts
    if run_ended(view) and not run_succeeded(view) and view.run is not None:
        facts.append(f"Run{_took(view.run) or ' failed'}{_by(view.run)}")
    if dag is not None and dag.is_paused:
        facts.append("Paused in Airflow: it does not run by schedule")
    elif dag is not None and dag.next_run_at and not is_running(view):
        facts.append(f"Next run {moment(dag.next_run_at)}")
    return facts
