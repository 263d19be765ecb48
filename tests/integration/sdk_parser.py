"""Reads labeling configs with Label Studio's own SDK: first a line that says why it cannot, or "", then one JSON line in, one out."""

from __future__ import annotations

import json
import sys


def why_not() -> str:
    """Why the SDK cannot be imported; "" where it can."""
    try:
        import label_studio_sdk.label_interface  # noqa: F401
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent shows it
        return f"label-studio-sdk cannot be imported: {type(error).__name__}: {error}"
    return ""


def told(config: str) -> dict[str, object]:
    """What the SDK understands of a form after all of its checks; the error's text where it refuses."""
    from label_studio_sdk.label_interface import LabelInterface

    try:
        found = LabelInterface(config)
        found.validate()
        return {
            "objects": [tag.name for tag in found.objects],
            "controls": {
                each.name: {
                    "labels": list(each.labels or []),
                    "titles": {value: tag.attr.get("value") for value, tag in (each.labels_attrs or {}).items()},
                }
                for each in found.controls
            },
        }
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent shows it
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    print(json.dumps(why_not()), flush=True)
    for line in sys.stdin:
        print(json.dumps(told(json.loads(line))), flush=True)
