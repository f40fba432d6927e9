"""Pages of DescribeInstances as EC2 writes them: what an instance of a VPC with one volume and one interface says."""

INSTANCE = """<item><reservationId>r-{n:017x}</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet><item>
<instanceId>i-{n:017x}</instanceId><imageId>ami-0123456789abcdef0</imageId>
<instanceState><code>16</code><name>running</name></instanceState>
<privateDnsName>ip-10-200-{high}-{low}.us-west-2.compute.internal</privateDnsName><dnsName/><reason/><keyName>bake</keyName>
<amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>m5.large</instanceType>
<launchTime>2026-11-27T12:00:00.000Z</launchTime>
<placement><availabilityZone>us-west-2a</availabilityZone><groupName/><tenancy>default</tenancy></placement>
<monitoring><state>disabled</state></monitoring><subnetId>subnet-0123456789abcdef0</subnetId>
<vpcId>vpc-0123456789abcdef0</vpcId><privateIpAddress>10.200.{high}.{low}</privateIpAddress>
<sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>bench_intranet</groupName></item></groupSet>
<architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/sda1</rootDeviceName>
<blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs><volumeId>vol-{n:017x}</volumeId><status>attached</status>
<attachTime>2026-11-27T12:00:01.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>
<virtualizationType>hvm</virtualizationType><clientToken>00000000-0000-4000-8000-{n:012x}</clientToken>
<tagSet><item><key>Name</key><value>mhcbench</value></item><item><key>hostclass</key><value>mhcbench</value></item>
<item><key>environment</key><value>bench</value></item><item><key>owner</key><value>bench</value></item>
<item><key>application</key><value>bench</value></item><item><key>is_testing</key><value>0</value></item></tagSet>
<hypervisor>xen</hypervisor><networkInterfaceSet><item><networkInterfaceId>eni-{n:017x}</networkInterfaceId>
<subnetId>subnet-0123456789abcdef0</subnetId><vpcId>vpc-0123456789abcdef0</vpcId><description/><ownerId>123456789012</ownerId>
<status>in-use</status><macAddress>02:00:00:00:00:00</macAddress><privateIpAddress>10.200.{high}.{low}</privateIpAddress>
<privateDnsName>ip-10-200-{high}-{low}.us-west-2.compute.internal</privateDnsName><sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>bench_intranet</groupName></item></groupSet>
<attachment><attachmentId>eni-attach-{n:017x}</attachmentId><deviceIndex>0</deviceIndex><status>attached</status>
<attachTime>2026-11-27T12:00:00.000Z</attachTime><deleteOnTermination>true</deleteOnTermination><networkCardIndex>0</networkCardIndex>
</attachment><privateIpAddressesSet><item><privateIpAddress>10.200.{high}.{low}</privateIpAddress>
<privateDnsName>ip-10-200-{high}-{low}.us-west-2.compute.internal</privateDnsName><primary>true</primary></item></privateIpAddressesSet>
<ipv6AddressesSet/><interfaceType>interface</interfaceType></item></networkInterfaceSet>
<iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/bench</arn><id>AIPAI00000000000000000</id></iamInstanceProfile>
<ebsOptimized>false</ebsOptimized><enaSupport>true</enaSupport><cpuOptions><coreCount>1</coreCount>
<threadsPerCore>2</threadsPerCore></cpuOptions><capacityReservationSpecification>
<capacityReservationPreference>open</capacityReservationPreference></capacityReservationSpecification>
<hibernationOptions><configured>false</configured></hibernationOptions><enclaveOptions><enabled>false</enabled></enclaveOptions>
<metadataOptions><state>applied</state><httpTokens>required</httpTokens>
<httpPutResponseHopLimit>1</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>
<httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags></metadataOptions>
<platformDetails>Linux/UNIX</platformDetails><usageOperation>RunInstances</usageOperation>
<usageOperationUpdateTime>2026-11-27T12:00:00.000Z</usageOperationUpdateTime><bootMode>uefi-preferred</bootMode>
<currentInstanceBootMode>legacy-bios</currentInstanceBootMode><maintenanceOptions><autoRecovery>default</autoRecovery>
</maintenanceOptions></item></instancesSet><requesterId>123456789012</requesterId></item>
"""


def page(first, count, next_token=""):
    """The page with `count` instances from number `first` on."""
    items = "".join(INSTANCE.format(n=n, high=n // 250 % 250, low=n % 250).replace("\n", "")
                    for n in range(first, first + count))
    token = f"<nextToken>{next_token}</nextToken>" if next_token else ""
    return ('<?xml version="1.0" encoding="UTF-8"?><DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<requestId>r</requestId><reservationSet>{items}</reservationSet>{token}</DescribeInstancesResponse>").encode()
