"""Makes resources/screenshot.png: the real window on a throw-away registry with a few models.

.venv/bin/python packaging/make_screenshot.py [light|dark] [FILE]     (needs a screen, or Xvfb)
.venv/bin/python packaging/make_screenshot.py guide                   the pictures of the user guide
"""

import asyncio
import hashlib
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

MODELS = (
    ("whisper-small fine-tuned", ["audio", "candidate"]),
    ("bert-tiny", ["nlp"]),
    ("efficientnet-b0 distilled", ["vision", "edge"]),
    ("resnet50 v1", ["vision"]),
    ("resnet50 v2", ["vision", "staging"]),
    ("resnet50 v3", ["vision", "prod"]),
)
AXES = ["batch", 3, 224, 224]
MANIFEST = {
    "variant": "pyfunc",
    "description": "Classifies photographs into a thousand kinds.",
    "producer_name": "example",
    "producer_version": "1.0",
    "producer_tags": [],
    "inputs": [
        {"name": "image", "content_type": "NDJSON", "dtype": "Array[float32]", "shape": AXES}
    ],
    "outputs": [
        {"name": "scores", "content_type": "NDJSON", "dtype": "Array[float32]", "shape": AXES[:1]}
    ],
    "dynamic_attributes": [],
    "env_vars": [],
}
FILES = ("manifest.json", "ops.json", "variant_config.json", "dtypes.json", "env.json", "meta.json")


def main(mode: str, target: Path) -> int:
    """Open the window, fill it, save its picture."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["DFS_DESKTOP_HOME"] = home
        from dfs_desktop.api import ModelArtifact, ModelArtifactStatus
        from dfs_desktop.app import Application, Options, run

        async def settled(app: Application) -> None:
            await app.prepared.wait()
            for _ in range(500):
                if app.workspace.session.collection:
                    return
                await asyncio.sleep(0.02)

        async def fill(app: Application) -> None:
            here = app.workspace.session.here()
            chance = random.Random(4)
            await here.collections.create("Audio", "")
            await here.collections.create("Tabular", "")
            for name, tags in MODELS:
                made = await here.model_artifacts.create(
                    file_name="model.fnnx",
                    metrics={
                        "accuracy": round(chance.uniform(0.88, 0.97), 4),
                        "f1": round(chance.uniform(0.84, 0.95), 4),
                        "loss": round(chance.uniform(0.1, 0.6), 4),
                    },
                    manifest=MANIFEST,
                    file_hash=hashlib.sha256(name.encode()).hexdigest(),
                    file_index={file: (512 + 1024 * n, 300) for n, file in enumerate(FILES)},
                    size=chance.randrange(10**7, 10**9),
                    model_name=name,
                    description="Trained on the November snapshot, judged on the hold-out set.",
                    tags=tags,
                )
                model = made["model"]
                if isinstance(model, ModelArtifact):
                    done = ModelArtifactStatus.UPLOADED
                    await here.model_artifacts.update(model.id, status=done)

        async def drive(app: Application) -> int:
            app.theme.use("dark" if mode == "dark" else "light")
            app.window.resize(1280, 760)
            await settled(app)
            await fill(app)
            app.workspace.browser.refresh()
            await asyncio.sleep(0.5)
            app.window.table.select(app.workspace.listing.visible[0].key)
            await asyncio.sleep(0.8)
            if mode == "guide":
                return await picture_parts(app.window, target)
            return 0 if app.window.grab().save(str(target)) else 1

        async def picture_parts(window: Any, folder: Path) -> int:
            """The window, the review of two files, and two artifacts side by side."""
            from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
            from PySide6.QtGui import QDragEnterEvent, QDropEvent
            from PySide6.QtWidgets import QApplication

            from dfs_desktop.ui.comparison.window import CompareWindow
            from dfs_desktop.ui.theme.icon_files import sample_artifact
            from dfs_desktop.ui.upload_review.sheet import ReviewSheet

            async def shown(kind: type, name: str) -> Any:
                for _ in range(250):
                    await asyncio.sleep(0.02)
                    if found := [
                        each for each in QApplication.topLevelWidgets() if isinstance(each, kind)
                    ]:
                        break
                await asyncio.sleep(1.5)
                area = found[0].rect()
                area.setHeight(int(area.height() * (0.5 if kind is CompareWindow else 1)))
                found[0].grab(area).save(str(folder / f"{name}.png"))
                return found[0]

            window.grab().save(str(folder / "window.png"))
            listing = window.workspace.listing
            window.table.select_all([row.key for row in listing.visible[:2]])
            window.actions_["compare"].trigger()
            (await shown(CompareWindow, "compare")).close()
            files = [Path(home, f"{name}.fnnx") for name in ("resnet50-v4", "resnet50-v5")]
            for file in files:
                file.write_bytes(sample_artifact().read_bytes())
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
            action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
            plain = Qt.KeyboardModifier.NoModifier
            point = QPointF(600, 300)
            enter = QDragEnterEvent(point.toPoint(), action, data, button, plain)
            QApplication.sendEvent(window, enter)
            event = QDropEvent(point, action, data, button, plain)
            QApplication.sendEvent(window, event)
            (await shown(ReviewSheet, "review")).reject()
            return 0

        return run(["dfs-desktop"], Options(drive=drive))


if __name__ == "__main__":
    given = [*sys.argv[1:], "light"][0]
    resources = Path(__file__).resolve().parent.parent / "resources"
    default = resources / ("guide" if given == "guide" else "screenshot.png")
    sys.exit(main(given, Path(sys.argv[2]) if len(sys.argv) > 2 else default))
