"""Ship the top-level folders as `stammkunde.<folder>`; the rest is in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = ("core", "connectors", "projections", "app", "config")

setup(
    package_dir={f"stammkunde.{folder}": folder for folder in FOLDERS},
    packages=[
        f"stammkunde.{package}"
        for package in find_packages(include=[p for f in FOLDERS for p in (f, f"{f}.*")])
    ],
    package_data={
        "": ["py.typed", "*.toml", "*.sql", "*.txt", "locale/**", "templates/**", "static/**"]
    },
)
