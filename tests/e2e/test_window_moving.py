"""The registry on this computer is moved to a server: with a cut, a quit and a second run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from support.artifacts import model_files
from support.qt.desktop import Desktop
from support.qt.servers import Server, registry, unused_port

from dfs_desktop.api import ModelArtifact
from dfs_desktop.app import Application
from dfs_desktop.settings import Profile
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.ui.connections.dialog import ConnectionDialog
from dfs_desktop.ui.moving.dialog import MoveRegistryDialog
from dfs_desktop.ui.moving.report_dialog import MoveReportDialog
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.moving.move_record import Outcome, to_csv, to_text
from dfs_desktop.workspace.registry.clients import origin

Start = Callable[..., Desktop]


def team_profile(server: Server) -> Profile:
    return Profile(id="team", name="Team", base_url=server.url, allow_http=True)


def knowing(server: Server) -> Callable[[Application], None]:
    """The program as it starts with the server in its settings and the key in its keyring."""

    def prepare(app: Application) -> None:
        profile = team_profile(server)
        app.workspace.settings.profiles = [profile]
        app.workspace.credentials.remember(profile.id, origin(server.url), server.api_key)

    return prepare


def fill(desktop: Desktop, folder: Path) -> None:
    """Two orbits, three collections, twelve artifacts."""
    here, place = desktop.here, desktop.workspace.session.place

    async def work() -> None:
        (bucket,) = await here.bucket_secrets.list(organization_id=place.organization)
        research = await here.orbits.create(
            "Research", bucket.id, organization_id=place.organization
        )
        trials = await here.collections.create("Trials", "Tried once", orbit_id=place.orbit)
        deep = await here.collections.create(
            "Deep", "Large ones", tags=["keep"], orbit_id=research.id
        )
        homes = [(place.orbit, place.collection)] * 5 + [(place.orbit, trials.id)] * 3
        homes += [(research.id, deep.id)] * 4
        for number, (orbit, collection) in enumerate(homes):
            weights = 2_000 if number < 3 else 60_000
            path = model_files.write(folder, f"model {number}", weights=weights)
            there = here.at(place.organization, orbit, collection)
            await there.model_artifacts.upload(
                str(path), f"model {number}", f"note {number}", [f"tag{number % 3}"]
            )

    desktop.run(work())
    desktop.workspace.browser.refresh()


def held(desktop: Desktop) -> dict[str, list[ModelArtifact]]:
    """What the team's server holds, by `ORBIT/COLLECTION`."""

    async def work() -> dict[str, list[ModelArtifact]]:
        client = await desktop.workspace.clients.of("team")
        (organization,) = await client.organizations.list()
        found = {}
        for orbit in await client.orbits.list(organization_id=organization.id):
            for each in await client.collections.list(
                organization_id=organization.id, orbit_id=orbit.id
            ):
                there = client.at(organization.id, orbit.id, each.id)
                found[f"{orbit.name}/{each.name}"] = await there.model_artifacts.list()
        return found

    return desktop.run(work())


def planned(desktop: Desktop) -> tuple[MoveRegistryDialog, QPushButton]:
    desktop.window.actions_["move_registry"].trigger()
    dialog = desktop.dialog(MoveRegistryDialog)
    desktop.until(lambda: dialog.plan is not None, "the plan")
    (go,) = dialog.findChildren(QPushButton, "moveButton")
    return dialog, go


def test_a_registry_is_moved_through_a_cut_and_a_quit_and_only_what_is_missing_the_second_time(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dfs_desktop.api.flows.context.Context.second_look", 0.15)
    port = unused_port()
    with registry(tmp_path / "team", port) as team:
        desktop = start()
        fill(desktop, tmp_path / "models")
        workspace, window = desktop.workspace, desktop.window
        originals = {
            a.id: a for s in desktop.run(workspace.mover.planner.survey()) for a in s.artifacts
        }
        assert len(originals) == 12

        # Without a server, one is added first.
        window.actions_["move_registry"].trigger()
        desktop.dialog(ConnectionDialog).reject()
        knowing(team)(desktop.app)
        workspace.save_settings()

        # The plan, and what else could be chosen.
        dialog, go = planned(desktop)
        assert dialog.plan is not None
        assert go.text() == "Move 12 Artifacts"
        assert [line.pair.target.orbit.id == "" for line in dialog.plan.lines].count(True) == 1
        dialog.boxes.orbits.setCurrentIndex(1)  # all into one orbit: names say where from
        desktop.until(lambda: dialog.plan is not None and dialog.plan.into.orbit is not None)
        names = {line.pair.target.collection.name for line in dialog.plan.lines}
        assert "Research – Deep" in names
        dialog.boxes.orbits.setCurrentIndex(0)
        desktop.until(lambda: dialog.plan is not None and dialog.plan.into.orbit is None)

        workspace.queue.set_limit(1)
        workspace.queue.set_rate(Kind.UPLOAD, 150_000)
        dialog.boxes.server.setFocus()
        desktop.press(dialog, Qt.Key.Key_Return)
        record = desktop.until(lambda: workspace.mover.record)
        report = desktop.dialog(MoveReportDialog)
        desktop.until(lambda: record.counts()[Outcome.COPIED] >= 4, "four copies")
    # The server is away in the middle; then the program ends.
    desktop.until(lambda: any(map(_cut_off, workspace.queue.jobs)), "the cut")
    assert workspace.mover.goes_on
    assert report.isVisible()
    arrived = record.counts()[Outcome.COPIED]
    assert 4 <= arrived < 12
    assert desktop.end() == 0

    with registry(tmp_path / "team", port) as team:
        desktop = start(knowing(team))
        workspace = desktop.workspace
        record = desktop.until(lambda: workspace.mover.record)
        desktop.until(lambda: record.ended, "the end of the move")
        assert record.counts() == {Outcome.COPIED: 12}
        desktop.notice("This registry is at Team")
        there = held(desktop)
        assert {where: len(some) for where, some in there.items() if some} == {
            f"{name}/{collection}": many
            for name, collection, many in [
                (workspace.session.orbit.name, "Models", 5),  # type: ignore[union-attr]
                (workspace.session.orbit.name, "Trials", 3),  # type: ignore[union-attr]
                ("Research", "Deep", 4),
            ]
        }
        facts = Counter(_facts(a) for some in there.values() for a in some)
        assert facts == Counter(_facts(a) for a in originals.values())

        # The report: read, copied, saved.
        desktop.window.actions_["move_report"].trigger()
        report = desktop.dialog(MoveReportDialog)
        desktop.click("moveCopyButton", report)
        text = QGuiApplication.clipboard().text()
        assert text == to_text(record)
        assert "Copied (12)" in text
        desktop.run(report.save_to(tmp_path / "report.csv"))
        assert (tmp_path / "report.csv").read_bytes().decode("utf-8-sig") == to_csv(record)

        # Only what is proven goes, with the time to take it back.
        workspace.deleter.seconds = 60.0
        (extra,) = desktop.run(_upload(desktop, tmp_path / "models"))
        desktop.click("moveDeleteButton", report)
        desktop.click("Delete 12 artifacts", desktop.dialog(Question))
        desktop.until(lambda: len(workspace.deleter.waiting) == 2)
        going = {a.id for each in workspace.deleter.waiting for a in each.artifacts}
        assert going == set(originals)
        for each in list(workspace.deleter.waiting):
            workspace.deleter.undo(each)
        report.close()

        # Once more: only what is missing.
        dialog, go = planned(desktop)
        assert go.text() == "Move 1 Artifact"
        desktop.click("moveButton", dialog)
        desktop.until(lambda: workspace.mover.record is not record and not workspace.mover.goes_on)
        record = desktop.until(lambda: workspace.mover.record)
        assert record.counts() == {Outcome.PRESENT: 12, Outcome.COPIED: 1}
        (new,) = [each for each in record.items if each.outcome is Outcome.COPIED]
        assert new.original == extra.id
        desktop.dialog(MoveReportDialog).close()


def _cut_off(job: Job) -> bool:
    return job.state is State.RETRYING or job.snapshot().waiting is not None


async def _upload(desktop: Desktop, folder: Path) -> list[ModelArtifact]:
    path = model_files.write(folder, "later")
    return [await desktop.here.model_artifacts.upload(str(path), "later")]


def _facts(artifact: ModelArtifact) -> tuple[object, ...]:
    tags, metrics = tuple(artifact.tags or ()), tuple(sorted(artifact.metrics.items()))
    return artifact.model_name, artifact.description, tags, metrics, artifact.sha256, artifact.size
