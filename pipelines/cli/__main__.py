"""`python -m pipelines.cli` is `zhengxin`."""

from pipelines.cli import main

if __name__ == "__main__":
    main()
