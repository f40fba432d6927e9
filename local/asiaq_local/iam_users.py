"""Users as IAM has them: not deleted while they have keys."""

from __future__ import annotations

from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import IAMBackend


def install() -> None:
    """Patches moto's users."""
    moto_delete = IAMBackend.delete_user

    def delete(self: IAMBackend, user_name: str) -> None:
        user = self.get_user(user_name)
        if user.access_keys:
            raise DeleteConflictException(
                "Cannot delete entity, must delete access keys first."
            )
        if any(user in group.users for group in self.groups.values()):
            raise DeleteConflictException(
                "Cannot delete entity, must remove users from group first."
            )
        moto_delete(self, user_name)

    IAMBackend.delete_user = delete  # type: ignore[method-assign]
