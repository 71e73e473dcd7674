"""Which actions stand in which menu, in the toolbar, and in the menus of rows and views."""

from dfs_desktop.translation import later

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        later("File"),
        (
            "new_window", "look", "-", "upload", "upload_folder", "download", "download_to", "-", "folder",
            "open_folder", "-", "export_table", "-", "add_server", "edit_server", "forget_server",
            "clear_seen", "-", "move_registry", "move_report", "-", "python", "renew_key", "-",
            "preferences", "-", "close_window", "quit",
        ),
    ),
    (
        later("Edit"),
        (
            "undo", "redo", "waiting_changes", "-", "rename", "rename_many", "tags", "replace",
            "delete", "-",
            "compare", "compare_file", "-", "cut", "copy", "paste", "copy_to", "move_to", "-",
            "copy_id", "copy_link", "copy_as", "-",
            "filter", "clear_filter", "search_orbit", "goto",
        ),
    ),
    (
        later("Registry"),
        (
            "new_collection", "rename_collection", "edit_collection", "pin_collection",
            "copy_collection_id", "delete_collection", "-", "new_track", "edit_track",
            "copy_track_id", "delete_track", "add_to_track", "set_stage", "show_artifact",
            "remove_version", "-", "new_orbit",
            "rename_orbit", "delete_orbit", "-", "open_web",
        ),
    ),
    (
        later("View"),
        (
            "refresh", "poll", "quick_look", "-",
            "columns", "fit_columns", "reset_columns", "default_columns", "-",
            "group_by", "-", "save_view", "update_view", "rename_view", "copy_view", "paste_view",
            "delete_view", "-",
            "show_picker", "show_details", "show_transfers", "next_pane", "previous_pane", "-",
            "appearance", "contrast",
        ),
    ),
    (
        later("Local Files"),
        (
            "library", "-", "look_copy", "reveal_copy", "copy_path", "upload_copies", "-",
            "verify_copies", "repair_copies", "ask_servers", "-", "library_folders",
            "watch_folder", "keep_in_step", "-", "forget_copies", "remove_copies",
        ),
    ),
    (
        later("Transfers"),
        (
            "attention", "-", "pause_all", "resume_all", "cancel_all", "limits", "-",
            "toggle_transfers", "transfers_first", "transfers_last", "transfer_log",
            "transfer_errors", "cancel_transfers", "-", "clear_transfers",
        ),
    ),
    (
        later("Help"),
        ("guide", "keys", "filter_help", "-", "doctor", "report", "-", "news", "new_version", "about"),
    ),
)  # fmt: skip

# What stands behind one entry of a menu: its title, and what opens beside it.
SUBMENUS = {
    "group_by": (later("Group by"), ("group_none", "group_tag", "group_prefix")),
    "contrast": (later("Contrast"), ("contrast_system", "contrast_high", "contrast_usual")),
    "appearance": (later("Appearance"), ("theme_system", "theme_light", "theme_dark")),
    "copy_as": (later("Copy As"), ("copy_markdown", "copy_csv", "copy_latex")),
}
VIEW_MENU = ("update_view", "rename_view", "copy_view", "-", "delete_view")  # of one view
TOOLBAR = ("upload", "download", "compare", "delete", "refresh")
CONTEXT = (
    "download", "download_to", "reveal_copy", "quick_look", "-", "copy",
    "copy_to", "move_to", "-", "rename", "rename_many", "tags", "copy_id", "copy_link", "copy_as",
    "python", "-",
    "compare", "compare_file", "-", "add_to_track", "set_stage", "open_web", "-", "replace", "delete",
)  # fmt: skip
