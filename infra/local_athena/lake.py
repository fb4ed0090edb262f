"""The lake's buckets and its workgroup, for those who have no Terraform."""

from infra.local_athena import clients, places
from infra.local_athena.state import State

TAGS = [{"Key": "project", "Value": "aisle"}]


def make(known: State) -> list[str]:
    """Make what lacks of three buckets and the workgroup with its enforced output location; gives the names of what was made."""
    s3, athena = (clients.make(known, service) for service in ("s3", "athena"))
    present = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    made = [bucket for bucket in places.BUCKETS if bucket not in present]
    for bucket in made:
        s3.create_bucket(Bucket=bucket)
    if places.WORKGROUP not in {group["Name"] for group in athena.list_work_groups()["WorkGroups"]}:
        output = {"OutputLocation": f"s3://{places.RESULTS}/"}
        configuration = {"ResultConfiguration": output, "EnforceWorkGroupConfiguration": True}
        athena.create_work_group(Name=places.WORKGROUP, Configuration=configuration, Tags=TAGS)
        made.append(f"workgroup {places.WORKGROUP}")
    return made
