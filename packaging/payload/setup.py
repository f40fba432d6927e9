"""So that `pip install -e` of this folder, in bake scripts of the past, does no harm: asiaq is a native program."""

from setuptools import setup

setup(name="asiaq", version="@VERSION@", description="Runs production infrastructure in AWS", packages=[])
