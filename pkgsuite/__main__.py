"""`python3 -m pkgsuite`."""

from pkgsuite.cli import program

if __name__ == "__main__":
    program()
