"""An AWS of moto with our mends, as a process: `python -m tests.infra.terraform.server PORT`."""

import sys

from moto.server import main

from infra import local_athena_aws_gaps

if __name__ == "__main__":
    local_athena_aws_gaps.install()
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
