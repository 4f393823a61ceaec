"""Defaults as dag-factory 1.1 merges them: files of the folders, the file's own block, the DAG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airdesk_render.converting.items import Item

DEFAULTS_NAMES = ("defaults.yml", "defaults.yaml")
NOT_DAGS = ("default", "task_groups")


def merged_dags(file: Item, defaults: Sequence[Item]) -> dict[str, Item]:
    """DAG to its whole configuration; `defaults` are the folders' files, the nearest last.

    As in dag-factory's code, a key of a folder's file beats the same key of the file's own
    `default` block, except in `default_args`, where the block wins.
    """
    folder_args: dict[str, Item] = {}
    folder_keys: dict[str, Item] = {}
    for one in defaults:
        for key, value in one.entries.items():
            if key == "default_args":
                folder_args.update(value.entries)
            elif key == "tags" and "tags" in folder_keys:
                folder_keys[key] = value.with_value(_all_tags(folder_keys[key], value))
            else:
                folder_keys[key] = value
    block = file.entries.get("default") or file.with_value({})
    own_args = block.entries.get("default_args")
    place = own_args or block
    args = place.with_value({**folder_args, **(own_args.entries if own_args else {})})
    common = {**block.entries, "default_args": args}
    return {
        name: dag.with_value(_under({**folder_keys, **dag.entries}, common))
        for name, dag in file.entries.items()
        if name not in NOT_DAGS
    }


def _all_tags(first: Item, second: Item) -> tuple[Item, ...]:
    by_text = {str(one.value): one for one in (*first.items, *second.items)}
    return tuple(by_text[text] for text in sorted(by_text))


def _under(given: Mapping[str, Item], common: Mapping[str, Item]) -> dict[str, Item]:
    """`given` with what only `common` has; mappings are filled key by key, the rest stays."""
    result = dict(given)
    for key, value in common.items():
        mine = given.get(key)
        if mine is None:
            result[key] = value
        elif isinstance(mine.value, dict) and isinstance(value.value, dict):
            result[key] = mine.with_value(_under(mine.value, value.value))
    return result
