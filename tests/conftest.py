"""Options and fixtures for all tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what is generated now into tests/golden, for review",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


# Left out unless -m asks for them.
ON_REQUEST = {
    "slow": "builds or installs",
    "thorough": "takes minutes over all published files",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, what in ON_REQUEST.items():
        line = f"{name}: {what}; left out unless -m {name} asks for it"
        config.addinivalue_line("markers", line)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Tests that take minutes or a network run only when asked for."""
    for name in ON_REQUEST:
        if name in config.getoption("-m"):
            continue
        skip = pytest.mark.skip(reason=f"{name}: run with -m {name}")
        for item in items:
            if item.get_closest_marker(name) is not None:
                item.add_marker(skip)
