"""One way to run every property, here and in CI, and a deeper one that explores.

By default Hypothesis draws the same examples on every machine.  ``HYPOTHESIS_PROFILE=deep`` draws
fresh ones, ``DEPTH`` times as many of each test, and a failure prints how to replay it; what it
finds becomes an explicit example.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

DEPTH = int(os.environ.get("DEPTH", "10"))

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("deep", derandomize=False, deadline=None, print_blob=True)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "repeatable")
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if PROFILE != "deep":
        return
    for test in {getattr(getattr(item, "obj", None), "__func__", item.obj) for item in items}:
        # a test's own number of examples would win over the profile's, so each is multiplied
        if getattr(test, "is_hypothesis_test", False):
            own = test._hypothesis_internal_use_settings
            test._hypothesis_internal_use_settings = settings(
                own, max_examples=DEPTH * own.max_examples
            )
