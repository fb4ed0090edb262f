"""What Terraform's AWS provider asks of Lake Formation, and moto answers otherwise than AWS.

- RevokePermissions of what was not granted is refused (the provider asks until it is, by these words, or for half a minute); moto says yes,
  for ever.
- ListPermissions of a table lists grants on its columns, too; moto leaves them out.
- moto keeps grants in a set whose members change, unguarded: parallel calls lose some.
"""

import threading
from typing import Any

from moto.lakeformation.exceptions import InvalidInput
from moto.lakeformation.models import LakeFormationBackend, ListPermissionsResource

_guard = threading.RLock()
_grant = LakeFormationBackend.grant_permissions
_list = LakeFormationBackend.list_permissions


def install() -> None:
    """Let moto answer as AWS does; safe to repeat."""
    LakeFormationBackend.grant_permissions = _grant_alone
    LakeFormationBackend.revoke_permissions = _revoke
    LakeFormationBackend.list_permissions = _list_with_columns


def _grant_alone(backend: LakeFormationBackend, **arguments: Any) -> None:
    with _guard:
        _grant(backend, **arguments)
        _rehash(backend, arguments["catalog_id"])


def _revoke(
    backend: LakeFormationBackend,
    catalog_id: str,
    principal: dict[str, str],
    resource: dict[str, Any],
    permissions_to_revoke: list[str],
    permissions_with_grant_options_to_revoke: list[str],
) -> None:
    with _guard:
        catalog = backend.grants.get(catalog_id)
        granted = (
            next((each for each in catalog.permissions if (each.principal, each.resource) == (principal, resource)), None)
            if catalog
            else None
        )
        if granted is None:
            raise InvalidInput("No permissions revoked. Grantee has no permissions and does not have grantable permissions on resource.")
        missing = [name for name in permissions_to_revoke if name not in granted.permissions]
        if missing:
            raise InvalidInput(f"No permissions revoked. Grantee does not have:[{', '.join(missing)}]")
        granted.permissions = [name for name in granted.permissions if name not in permissions_to_revoke]
        grantable = granted.permissions_with_grant_options or []
        granted.permissions_with_grant_options = [name for name in grantable if name not in permissions_with_grant_options_to_revoke]
        _rehash(backend, catalog_id)


def _list_with_columns(
    backend: LakeFormationBackend,
    catalog_id: str,
    principal: dict[str, str] | None = None,
    resource: ListPermissionsResource | None = None,
    resource_type: Any = None,
) -> list[dict[str, Any]]:
    with _guard:
        listed = _list(backend, catalog_id, principal, resource, resource_type)
        if resource is None or resource.table is None or resource.table.name is None:
            return listed
        wanted = (resource.table.database_name, resource.table.name)
        return listed + [
            each
            for each in _list(backend, catalog_id)
            if (on := each["Resource"].get("TableWithColumns"))
            and (on["DatabaseName"], on["Name"]) == wanted
            and principal in (None, each["Principal"])
        ]


def _rehash(backend: LakeFormationBackend, catalog_id: str) -> None:
    """A member that changed is not found in its set again: make the set anew, without what is empty."""
    catalog = backend.grants[catalog_id]
    catalog.permissions = {each for each in list(catalog.permissions) if not each.is_empty()}
