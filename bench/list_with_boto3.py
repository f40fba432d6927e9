"""Lists all instances with boto3: one line each."""

import os

import boto3

ec2 = boto3.client("ec2", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["bench"]}])
for page in ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 1000}):
    for reservation in page["Reservations"]:
        for instance in reservation["Instances"]:
            print(instance["InstanceId"], instance["PrivateIpAddress"], instance["State"]["Name"])
