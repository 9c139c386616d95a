"""Fixtures of the tests of fits."""

import pytest


@pytest.fixture
def small_maps(monkeypatch):
    """A map of the prior volume in 384 points, for tests that do not depend on it."""
    from astrobounds.inference import sampler

    monkeypatch.setattr(sampler, "_map_size", lambda posterior: (2, 256, 64))
