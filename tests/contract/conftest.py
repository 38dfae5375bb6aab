import pytest


@pytest.fixture(autouse=True)
def mixer(settings):
    """Let recordings be composed, so that every operation can succeed."""
    settings.MIXER = True
