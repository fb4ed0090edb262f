"""dbt with boto3 clients that are made once: on a local Athena, where it waits for nothing else, half of its time.

`python -m infra.local_athena.quick_dbt build --target athena`
"""

from dbt.cli.main import cli

from infra.local_athena import clients

if __name__ == "__main__":
    with clients.kept():
        cli()
