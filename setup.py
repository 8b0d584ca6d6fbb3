"""All that packagers need to know; pyproject.toml holds the settings of tools."""

import runpy
from pathlib import Path

from setuptools import find_packages, setup

TOP = Path(__file__).parent


def packages() -> list[str]:
    """Every package by the name it has once installed: the folders gui and testcases move into pkgsuite."""
    own = find_packages(str(TOP), include=["pkgsuite", "pkgsuite.*"])
    moved = find_packages(str(TOP), include=["gui", "gui.*", "testcases", "testcases.*"])
    return sorted({*own, *(f"pkgsuite.{name}" for name in moved)})


setup(
    name="pkgsuite",
    version=runpy.run_path(str(TOP / "pkgsuite" / "version.py"))["VERSION"],
    description="End-to-end tests for package managers, as ordinary unittest",
    long_description=(TOP / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author="pkgsuite contributors",
    license="MIT",
    keywords="apt dpkg pacman package-manager testing sandbox unittest",
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Developers",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Topic :: Software Development :: Testing",
        "Topic :: System :: Software Distribution",
        "Typing :: Typed",
    ],
    python_requires=">=3.10",
    install_requires=["psutil"],
    extras_require={"gui": ["tkinter-tooltip"], "cluster": ["distributed"]},
    packages=packages(),
    package_dir={"pkgsuite.gui": "gui", "pkgsuite.testcases": "testcases"},
    package_data={"pkgsuite": ["py.typed", "*.pyi", "keys/*", "data/tls/*", "reports/html/*.*"]},
    entry_points={
        "console_scripts": ["pkgsuite = pkgsuite.cli:program"],
        "gui_scripts": ["pkgsuite-gui = pkgsuite.gui.__main__:main"],
    },
    data_files=[
        ("share/man/man1", ["docs/man/pkgsuite.1", "docs/man/pkgsuite-gui.1"]),
        ("share/applications", ["packaging/pkgsuite.desktop"]),
        ("share/icons/hicolor/scalable/apps", ["packaging/pkgsuite.svg"]),
        ("share/bash-completion/completions", ["packaging/bash-completion/pkgsuite"]),
    ],
    zip_safe=False,
)
