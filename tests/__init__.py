import pytest

# Their asserts should say what differs, as those of test files do.
pytest.register_assert_rewrite("tests.support")
