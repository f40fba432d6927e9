"""An EC2 with one VPC and very many instances, which come in pages of 1,000.

    fleet.py INSTANCES
"""

import sys
from urllib.parse import parse_qs

import answers
import instances

PAGE = 1000
VPCS = b"""<DescribeVpcsResponse><requestId>r</requestId><vpcSet><item><vpcId>vpc-0123456789abcdef0</vpcId><state>available</state>
<cidrBlock>10.200.0.0/16</cidrBlock><tagSet><item><key>Name</key><value>bench</value></item><item><key>type</key>
<value>bench</value></item></tagSet></item></vpcSet></DescribeVpcsResponse>"""


class Fleet:
    def __init__(self, count):
        starts = range(0, count, PAGE)
        self.pages = [instances.page(first, min(PAGE, count - first), str(number + 1) if first + PAGE < count else "")
                      for number, first in enumerate(starts)]

    def answer(self, _, body):
        parameters = parse_qs(body.decode())
        action = parameters["Action"][0]
        if action == "DescribeInstances":
            return 200, self.pages[int(parameters.get("NextToken", ["0"])[0])]
        if action == "DescribeVpcs":
            return 200, VPCS
        return 200, f"<{action}Response/>".encode()


if __name__ == "__main__":
    answers.run(Fleet(int(sys.argv[1])).answer)
