"""The table of actions: each one's words, key and icon."""

from msgspec import Struct
from PySide6.QtGui import QKeySequence

from dfs_desktop.translation import later


class ActionSpec(Struct, frozen=True):
    """An action as data. `text` is a verb; `hint` is added to its tooltip."""

    key: str
    text: str
    icon: str = ""
    shortcut: str | QKeySequence.StandardKey | None = None
    hint: str = ""


ACTIONS = (
    ActionSpec(
        "upload", "Upload…", "upload", "Ctrl+U", "Choose model files; or drop them on the window"
    ),
    ActionSpec(
        "upload_folder", "Upload Folder…", "", "Ctrl+Alt+U", "All model files in it, and below"
    ),
    ActionSpec(
        "download",
        "Download",
        "download",
        "Ctrl+Shift+D",
        "Fetch the selected artifacts; or double-click",
    ),
    ActionSpec(
        "download_to", "Download to…", "download", None, "Into a folder that you choose for them"
    ),
    ActionSpec(
        "compare",
        "Compare",
        "compare",
        "Ctrl+D",
        "Put the selected artifacts side by side: metrics, interface, environment, files",
    ),
    ActionSpec(
        "compare_file",
        "Compare with a File…",
        "compare",
        None,
        "Put a file on this computer beside the selected artifact; or drop it on the row",
    ),
    ActionSpec("replace", "Replace with a File…", "upload", None, "Its name and tags are kept"),
    ActionSpec("delete", "Delete…", "delete", "Del", "Delete the selected artifacts; asks first"),
    ActionSpec("undo", "Undo", "undo", QKeySequence.StandardKey.Undo),
    ActionSpec("redo", "Redo", "", "Ctrl+Shift+Z"),
    ActionSpec("rename", "Rename", "edit", "F2"),
    ActionSpec(
        "waiting_changes", "Changes That Wait…", "transfers", None, "Sent when their server is back"
    ),
    ActionSpec(
        "rename_many",
        "Rename by Pattern…",
        "edit",
        "Shift+F2",
        "Find and replace in the names of the selected artifacts, or give them new ones",
    ),
    ActionSpec("tags", "Edit Tags", "tag", "Ctrl+E", "Tags of the selected artifacts"),
    ActionSpec("copy", "Copy", "copy", "Ctrl+C", "To be pasted in any collection of any server"),
    ActionSpec("cut", "Cut", "", "Ctrl+X", "To be moved where they are pasted"),
    ActionSpec("paste", "Paste", "", "Ctrl+V", "Copied artifacts, files, or a link"),
    ActionSpec("copy_to", "Copy to…", "copy", "Ctrl+T", "Choose a collection of any server"),
    ActionSpec("move_to", "Move to…", "", "Ctrl+Shift+T", "Choose a collection of any server"),
    ActionSpec("copy_id", "Copy ID", "copy", None, "Or Ctrl+C in the table"),
    ActionSpec("quick_look", "Quick Look", "file", "Space", "See the main facts and a preview"),
    ActionSpec("copy_link", "Copy Web Link", "copy", "Ctrl+Shift+C"),
    ActionSpec(
        "copy_markdown",
        "Copy Table as Markdown",
        "copy",
        "Ctrl+Alt+C",
        "The rows and columns that are shown, or the selected rows, for a page or a pull request",
    ),
    ActionSpec("copy_csv", "Copy Table as CSV", "", None, "With all digits, for a spreadsheet"),
    ActionSpec("copy_latex", "Copy Table as LaTeX", "", None, "For a paper"),
    ActionSpec(
        "export_table", "Export Table…", "", "Ctrl+Alt+S", "Save it as CSV, Markdown or LaTeX"
    ),
    ActionSpec(
        "refresh", "Refresh", "refresh", QKeySequence.StandardKey.Refresh, "Ask the server again"
    ),
    ActionSpec(
        "poll",
        "Refresh by Itself",
        "",
        None,
        "Look every half minute whether others changed the collection",
    ),
    ActionSpec("clear_filter", "Clear Filter", "close"),
    ActionSpec("goto", "Go to or do…", "search", "Ctrl+K"),
    ActionSpec("filter", "Filter", "search", QKeySequence.StandardKey.Find),
    ActionSpec(
        "search_orbit",
        "Search the Whole Orbit",
        "orbit",
        "Ctrl+Return",
        "Ask the server for this name in all collections of the orbit",
    ),
    ActionSpec("new_collection", "New Collection…", "plus", "Ctrl+Shift+N"),
    ActionSpec("rename_collection", "Rename Collection", "edit", None, "Or F2 on its name"),
    ActionSpec("edit_collection", "Edit Description and Tags…", "edit"),
    ActionSpec("pin_collection", "Pin Collection", "pin", "Ctrl+Shift+B"),
    ActionSpec("copy_collection_id", "Copy Collection ID", "copy"),
    ActionSpec("delete_collection", "Delete Collection…", "delete"),
    ActionSpec("new_orbit", "New Orbit…", "orbit"),
    ActionSpec("rename_orbit", "Rename Orbit…", "edit"),
    ActionSpec("delete_orbit", "Delete Orbit…", "delete"),
    ActionSpec("new_track", "New Track…", "track", None, "Versions of a model, with stages"),
    ActionSpec("edit_track", "Edit Track…", "edit", None, "Name, stages, description, tags"),
    ActionSpec("copy_track_id", "Copy Track ID", "copy"),
    ActionSpec("delete_track", "Delete Track…", "delete"),
    ActionSpec(
        "add_to_track", "Add to Track…", "track", "Ctrl+J", "As the next version of a track"
    ),
    ActionSpec("set_stage", "Set Stage…", "tag", "Ctrl+Shift+J", "Who holds it now is told"),
    ActionSpec("remove_version", "Remove from Track…", "close"),
    ActionSpec("show_artifact", "Show in Collection", "collection"),
    ActionSpec("open_web", "Open on the Web", "server", None, "The page of the artifact"),
    ActionSpec("add_server", "Add Server…", "server", "Ctrl+Shift+S"),
    ActionSpec("edit_server", "Edit Connection…", "edit"),
    ActionSpec("forget_server", "Remove Connection…", "delete"),
    ActionSpec(
        "look",
        "Open File to Look Inside…",
        "file",
        QKeySequence.StandardKey.Open,
        "See what a file on this computer holds; or drop it with Shift",
    ),
    ActionSpec("folder", "Download Folder…", "folder"),
    ActionSpec("open_folder", "Open Download Folder", "folder"),
    ActionSpec(
        "clear_seen", "Clear What Was Seen…", "", None, "What is kept to be seen without a server"
    ),
    ActionSpec("python", "Use from Python…", "python"),
    ActionSpec(
        "renew_key",
        "Renew Key…",
        "refresh",
        None,
        "Give notebooks and scripts a new key for the registry on this computer",
    ),
    ActionSpec("move_registry", "Move This Registry to a Server…", "server"),
    ActionSpec("move_report", "Report of the Move to a Server…", "file"),
    ActionSpec(
        "library",
        "Files on This Computer",
        "on-disk",
        "Ctrl+5",
        "The artifacts that you have: where from, whether still right, what they take",
    ),
    ActionSpec("look_copy", "Look Inside", "file", None, "See what the selected file holds"),
    ActionSpec("reveal_copy", "Show My Copy in Its Folder", "folder"),
    ActionSpec("copy_path", "Copy the Path of My Copy", "copy"),
    ActionSpec("upload_copies", "Upload My Copy…", "upload"),
    ActionSpec(
        "verify_copies",
        "Verify Files Again",
        "check",
        None,
        "Read the selected files on this computer, or all, and compare them with their SHA-256",
    ),
    ActionSpec(
        "repair_copies",
        "Repair Files…",
        "refresh",
        None,
        "Fetch what is wrong in the selected files",
    ),
    ActionSpec("ask_servers", "Ask the Servers What They Still Have", "server"),
    ActionSpec(
        "library_folders",
        "Folders…",
        "folder",
        None,
        "Folders that are watched, and collections kept in step",
    ),
    ActionSpec(
        "watch_folder",
        "Watch a Folder…",
        "folder",
        None,
        "List the artifacts in it, and offer what is new for upload",
    ),
    ActionSpec(
        "keep_in_step",
        "Keep This Collection in Step with a Folder…",
        "collection",
        None,
        "Fetch what is new into a folder, now and whenever something comes",
    ),
    ActionSpec("forget_copies", "Remove from This List"),
    ActionSpec("remove_copies", "Move to the Trash…", "delete"),
    ActionSpec("show_picker", "Show Collections", "", "Ctrl+1"),
    ActionSpec("show_details", "Show Details", "", "Ctrl+2"),
    ActionSpec("show_transfers", "Show Transfers", "", "Ctrl+3"),
    ActionSpec("next_pane", "Go to Next Pane", "", "F6"),
    ActionSpec("previous_pane", "Go to Previous Pane", "", "Shift+F6"),
    ActionSpec("attention", "Needs Attention…", "warning", "Ctrl+4", "Stuck uploads and deletions"),
    ActionSpec("pause_all", "Pause All Transfers", "pause"),
    ActionSpec("resume_all", "Resume All Transfers", "play"),
    ActionSpec(
        "cancel_all", "Cancel All Transfers", "close", None, "What has arrived stays where it is"
    ),
    ActionSpec("toggle_transfers", "Pause or Resume Selected Transfers", "pause"),
    ActionSpec("transfers_first", "Move Selected Transfers to Front"),
    ActionSpec("transfers_last", "Move Selected Transfers to Back"),
    ActionSpec("cancel_transfers", "Cancel Selected Transfers…", "close"),
    ActionSpec(
        "transfer_log",
        "Log of Selected Transfers…",
        "file",
        None,
        "What happened to them, and when",
    ),
    ActionSpec("transfer_errors", "Copy What Went Wrong with Selected Transfers", "copy"),
    ActionSpec("clear_transfers", "Clear Finished Transfers"),
    ActionSpec(
        "preferences",
        "Preferences…",
        "settings",
        "Ctrl+,",
        "Folders, limits, proxy, certificates, theme",
    ),
    ActionSpec(
        "doctor",
        "Check the Connection…",
        "server",
        None,
        "Try name, proxy, encryption, server, key and storage one by one",
    ),
    ActionSpec("limits", "Transfer Limits…", "settings"),
    ActionSpec(
        "columns",
        "Columns…",
        "settings",
        "Ctrl+Shift+K",
        "Show, hide and move columns of the table",
    ),
    ActionSpec("fit_columns", "Fit Columns to Contents"),
    ActionSpec("reset_columns", "Reset Columns"),
    ActionSpec("default_columns", "Use These Columns as Default"),
    ActionSpec(
        "save_view",
        "Save View…",
        "plus",
        "Ctrl+Shift+V",
        "Keep the filter, the sort and the columns under a name, beside the collections",
    ),
    ActionSpec("update_view", "Update View to What Is Shown"),
    ActionSpec("rename_view", "Rename View…", "edit"),
    ActionSpec("copy_view", "Copy View as Text", "copy", None, "One line to send to somebody"),
    ActionSpec("paste_view", "Add View from Clipboard"),
    ActionSpec("delete_view", "Delete View", "delete"),
    ActionSpec("group_none", "None"),
    ActionSpec("group_tag", "Tag", "tag", "Ctrl+G", "List the tags beside the rows, with counts"),
    ActionSpec(
        "group_prefix", "Name Prefix", "", "Ctrl+Shift+G", "List how names begin, with counts"
    ),
    ActionSpec(
        "contrast_system", "As the System Asks", "", None, "More contrast, if it asks for it"
    ),
    ActionSpec("contrast_high", "High Contrast"),
    ActionSpec("contrast_usual", "Usual Contrast"),
    ActionSpec("theme_system", "Follow the System"),
    ActionSpec("theme_light", "Light"),
    ActionSpec("theme_dark", "Dark"),
    ActionSpec("guide", "User Guide", "help", QKeySequence.StandardKey.HelpContents),
    ActionSpec("keys", "Keyboard Shortcuts", "", "Ctrl+?"),
    ActionSpec(
        "report", "Report a Problem…", "", None, "See what a report holds, then copy or save it"
    ),
    ActionSpec("news", "What’s New"),
    ActionSpec(
        "new_version", "Look for a New Version…", "", None, "Ask PyPI; nothing is downloaded"
    ),
    ActionSpec("filter_help", "What Can Be Typed into the Filter", "help"),
    ActionSpec("about", "About DFS Desktop", "", None, "Version, folders, and what it sends"),
    ActionSpec(
        "new_window",
        "New Window",
        "",
        QKeySequence.StandardKey.New,
        "For another server or collection",
    ),
    ActionSpec("close_window", "Close Window", "", QKeySequence.StandardKey.Close),
    ActionSpec("quit", "Quit", "", QKeySequence.StandardKey.Quit),
)

_ONE, _SOME = later("Select an artifact first"), later("Select artifacts first")
_COLLECTION, _ORBIT = later("Open a collection first"), later("Open an orbit first")
# What is said of an action that cannot be done now, where nothing nearer is known.
NEEDS = {
    **dict.fromkeys(("copy_id", "copy_link", "open_web", "compare_file"), _ONE),
    **dict.fromkeys(
        ("download", "download_to", "compare", "delete", "rename", "rename_many", "tags", "cut", "copy",
         "copy_to", "move_to", "add_to_track"),
        _SOME,
    ),
    **dict.fromkeys(
        ("upload", "upload_folder", "paste", "rename_collection", "edit_collection", "pin_collection",
         "copy_collection_id", "delete_collection", "keep_in_step"),
        _COLLECTION,
    ),
    **dict.fromkeys(
        ("new_collection", "search_orbit", "rename_orbit", "delete_orbit"), _ORBIT
    ),
    **dict.fromkeys(("edit_track", "copy_track_id", "delete_track"), later("Open a track first")),
    **dict.fromkeys(
        ("set_stage", "remove_version", "show_artifact"), later("Select a version of a track first")
    ),
    **dict.fromkeys(
        ("edit_server", "forget_server"), later("The registry on this computer has no connection to change")
    ),
    "new_orbit": later("Open an organization first"),
    "move_report": later("Nothing was moved yet"),
    "move_registry": later("Open the registry on this computer first"),
    "replace": later("Select one artifact first"),
}  # fmt: skip
