"""An AWS of moto with our mends, as a process: `python -m tests.infra.terraform.server PORT`."""

import sys

from moto.server import main

from infra.local_athena.aws import lake_formation, s3

if __name__ == "__main__":
    lake_formation.install()
    s3.install()
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
