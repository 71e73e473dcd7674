"""What a report of a problem holds of the log: its end, without keys and links that grant access."""

from __future__ import annotations

from pathlib import Path

from dfs_desktop.redaction import LOG
from dfs_desktop.ui.help.problem_report import report

KEY = "dfs_" + "SecretSecret" * 4


def test_keys_and_links_of_the_log_are_taken_out_and_only_its_end_is_there(tmp_path: Path) -> None:
    link = f"https://store/b/k?X-Amz-Signature={'ab' * 32}&X-Amz-Credential=x"
    lines = [f"{number:06} a line" for number in range(20_000)]
    (tmp_path / LOG).write_text("\n".join([*lines, f"key {KEY}", f"link {link}", "\xff the end"]))
    text = report({"Version": "1", "Folder": f"/home/{KEY}"}, tmp_path)
    assert KEY not in text
    assert "ab" * 32 not in text
    assert text.endswith("the end")
    assert "000001 a line" not in text
    assert len(text) < 70_000
    assert "cannot be read" in report({}, tmp_path / "absent")
