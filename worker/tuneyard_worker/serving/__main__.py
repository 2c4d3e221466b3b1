"""`python -m tuneyard_worker.serving`."""

from tuneyard_worker.serving.app import main

if __name__ == "__main__":
    main()
