"""Ship the top-level folders as `stammkunde.<folder>`; the rest is in pyproject.toml."""

from setuptools import find_namespace_packages, setup

FOLDERS = ("core", "connectors", "projections", "app", "config")

# Also folders without code, of which setuptools takes no files otherwise: templates, static files, catalogues.
found = find_namespace_packages(
    include=[pattern for folder in FOLDERS for pattern in (folder, f"{folder}.*")],
    exclude=["*.__pycache__"],
)

setup(
    package_dir={f"stammkunde.{folder}": folder for folder in FOLDERS},
    packages=[f"stammkunde.{package}" for package in found],
    package_data={
        "": ["py.typed", "*.toml", "*.html", "*.mo"],
        "stammkunde.app.web.static": ["*"],
        "stammkunde.app.plugins.template": ["*"],
    },
)
