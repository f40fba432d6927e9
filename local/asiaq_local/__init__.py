"""The cloud in a box: an AWS endpoint on loopback whose EC2 instances are hosts that really boot."""
