"""python -m segreport."""

from segreport.cli import main

main()
