"""What DescribeScalingActivities tells: every launch and termination of a group, and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup
from moto.core.utils import utcnow

_KEPT = 500


@dataclass
class ScalingActivity:
    """One activity, with the names that the API uses."""

    auto_scaling_group_name: str
    description: str
    cause: str
    status_code: str
    progress: int
    instance_id: str = ""
    status_message: str | None = None
    activity_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    start_time: datetime = field(default_factory=utcnow)
    end_time: datetime | None = None
    details: str = "{}"


class ActivityLog:
    """The activities of one group, newest first."""

    def __init__(self, group_name: str):
        self._group_name = group_name
        self.activities: list[ScalingActivity] = []

    def begin(self, description: str, cause: str, instance_id: str) -> ScalingActivity:
        """An activity that goes on."""
        return self._add(
            ScalingActivity(
                auto_scaling_group_name=self._group_name,
                description=description,
                cause=f"At {utcnow():%Y-%m-%dT%H:%M:%SZ} {cause}",
                status_code="InProgress",
                progress=50,
                instance_id=instance_id,
            )
        )

    def end(self, instance_id: str) -> None:
        """What was going on with an instance is done."""
        for activity in self.activities:
            if activity.instance_id == instance_id and activity.status_code == "InProgress":
                activity.status_code = "Successful"
                activity.progress = 100
                activity.end_time = utcnow()

    def failed(self, message: str) -> None:
        """A launch that did not come about."""
        reason = f"{message.rstrip('.')}. Launching EC2 instance failed."
        last = self.activities[0] if self.activities else None
        if last and last.status_code == "Failed" and last.status_message == reason:
            return
        self._add(
            ScalingActivity(
                auto_scaling_group_name=self._group_name,
                description=f"Launching a new EC2 instance.  Status Reason: {reason}",
                cause=f"At {utcnow():%Y-%m-%dT%H:%M:%SZ} an instance was started in response to a difference"
                " between desired and actual capacity.",
                status_code="Failed",
                status_message=reason,
                progress=100,
                end_time=utcnow(),
            )
        )

    def _add(self, activity: ScalingActivity) -> ScalingActivity:
        self.activities.insert(0, activity)
        del self.activities[_KEPT:]
        return activity


def activities_of(group: FakeAutoScalingGroup) -> ActivityLog:
    """The log of a group."""
    log: Any = group.__dict__.get("activity_log")
    if log is None:
        log = group.__dict__["activity_log"] = ActivityLog(group.name)
    return log
