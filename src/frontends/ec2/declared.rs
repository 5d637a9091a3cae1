//! What each action does with its parameters: the check of `strict_parameters` and the documentation go by this table.
//!
//! `N` stands for the index of a list's member. A parameter that is passed over is let be on purpose: clients send it
//! whatever they want, and what they get is as good without it, for the reason that is given. Every other parameter is
//! not known; it is let be as well, unless the operator wants to be strict.

use super::{errors::Fault, parameters::Parameters};

/// The parameters of an action.
#[derive(Debug)]
pub(super) struct Declared {
    /// The action.
    pub(super) action: &'static str,
    /// Those that do what EC2 says.
    pub(super) honoured: &'static [&'static [&'static str]],
    /// Those that are passed over, each with the reason.
    pub(super) passed: &'static [(&'static str, &'static str)],
    /// Those that are refused when they ask for something, each with the reason.
    pub(super) refused: &'static [(&'static str, &'static str)],
}

/// What becomes of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It does what EC2 says.
    Honoured,
    /// It is let be, for this reason.
    Passed(&'static str),
    /// What it asks for is refused, for this reason.
    Refused(&'static str),
}

/// Those that any action may have: what the request is, whose it is, and whether it is meant.
pub(super) const COMMON: &[&str] = &[
    "Action",
    "Version",
    "DryRun",
    "AWSAccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "Timestamp",
    "Expires",
    "SecurityToken",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
];

const FILTERS: &[&str] = &["Filter.N.Name", "Filter.N.Value.N"];
const PAGE: &[&str] = &["MaxResults", "NextToken"];
const TAGGED: &[&str] =
    &["TagSpecification.N.ResourceType", "TagSpecification.N.Tag.N.Key", "TagSpecification.N.Tag.N.Value"];
/// What makes a request that is sent again do nothing again.
const ONCE: &[&str] = &["ClientToken"];
const INSTANCES: &[&str] = &["InstanceId.N"];
const PERMISSIONS: &[&str] = &[
    "GroupId",
    "GroupName",
    "IpPermissions.N.IpProtocol",
    "IpPermissions.N.FromPort",
    "IpPermissions.N.ToPort",
    "IpPermissions.N.IpRanges.N.CidrIp",
    "IpPermissions.N.Ipv6Ranges.N.CidrIpv6",
    "IpPermissions.N.Groups.N.GroupId",
    "IpPermissions.N.Groups.N.GroupName",
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupName",
];
const DESCRIPTIONS: &[(&str, &str)] = &[
    ("IpPermissions.N.IpRanges.N.Description", "the clouds keep no words about a rule"),
    ("IpPermissions.N.Ipv6Ranges.N.Description", "the clouds keep no words about a rule"),
    ("IpPermissions.N.Groups.N.Description", "the clouds keep no words about a rule"),
    ("IpPermissions.N.Groups.N.UserId", "every group is of the one account there is"),
    ("IpPermissions.N.Groups.N.VpcId", "groups are of no network"),
    ("SourceSecurityGroupOwnerId", "every group is of the one account there is"),
    ("TagSpecification.*", "the clouds keep no tags of rules"),
];
const NO_PREFIX_LISTS: &[(&str, &str)] =
    &[("IpPermissions.N.PrefixListIds.N.*", "there are no prefix lists")];
const ONE_PAGE: &[(&str, &str)] =
    &[("MaxResults", "all are told at once"), ("NextToken", "all are told at once")];

/// The parameters of every action.
pub(super) const DECLARED: &[Declared] = &[
    Declared {
        action: "DescribeRegions",
        honoured: &[FILTERS, &["RegionName.N"]],
        passed: &[("AllRegions", "nobody has to ask for the one region to be opened to him")],
        refused: &[],
    },
    Declared {
        action: "DescribeAvailabilityZones",
        honoured: &[FILTERS, &["ZoneName.N", "ZoneId.N"]],
        passed: &[("AllAvailabilityZones", "nobody has to ask for a zone to be opened to him")],
        refused: &[],
    },
    Declared {
        action: "DescribeImages",
        honoured: &[FILTERS, PAGE, &["ImageId.N", "Owner.N"]],
        passed: &[
            ("ExecutableBy.N", "everybody who has an account may use every image"),
            ("IncludeDeprecated", "no image is deprecated"),
            ("IncludeDisabled", "no image is disabled"),
        ],
        refused: &[],
    },
    Declared {
        action: "DescribeInstanceTypes",
        honoured: &[FILTERS, PAGE, &["InstanceType.N"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "RunInstances",
        honoured: &[
            TAGGED,
            &[
                "ImageId",
                "MinCount",
                "MaxCount",
                "InstanceType",
                "KeyName",
                "UserData",
                "SecurityGroupId.N",
                "SecurityGroup.N",
                "SubnetId",
                "NetworkInterface.N.SubnetId",
                "NetworkInterface.N.SecurityGroupId.N",
                "Placement.AvailabilityZone",
                "Placement.AvailabilityZoneId",
                "DisableApiTermination",
                "DisableApiStop",
                "ClientToken",
                "BlockDeviceMapping.N.DeviceName",
                "BlockDeviceMapping.N.NoDevice",
                "BlockDeviceMapping.N.Ebs.VolumeSize",
                "BlockDeviceMapping.N.Ebs.SnapshotId",
                "BlockDeviceMapping.N.Ebs.DeleteOnTermination",
            ],
        ],
        passed: &[
            ("NetworkInterface.N.DeviceIndex", "the first interface is the one that is told of"),
            ("NetworkInterface.N.DeleteOnTermination", "an interface goes with its instance"),
            ("NetworkInterface.N.AssociatePublicIpAddress", "the network decides what reaches an instance"),
            ("NetworkInterface.N.Description", "an interface has the cloud's own name"),
            ("BlockDeviceMapping.N.VirtualName", "no host has disks of its own for instances"),
            ("BlockDeviceMapping.N.Ebs.VolumeType", "a volume is of the cloud's usual type"),
            ("BlockDeviceMapping.N.Ebs.Iops", "a volume is as fast as the cloud's usual type"),
            ("BlockDeviceMapping.N.Ebs.Throughput", "a volume is as fast as the cloud's usual type"),
            ("InstanceInitiatedShutdownBehavior", "it is kept and told; no guest is watched for it"),
            ("EbsOptimized", "the way to a disk is the cloud's"),
            ("Monitoring.Enabled", "there is no detailed monitoring, as the answer says"),
            ("MetadataOptions.*", "the guest's metadata are the cloud's"),
            ("Placement.Tenancy", "hosts are shared, as the answer says"),
            ("Placement.GroupName", "there are no placement groups"),
            ("IamInstanceProfile.*", "there are no instance profiles"),
            ("CreditSpecification.*", "no instance lives on credits"),
            ("HibernationOptions.*", "instances cannot hibernate"),
            ("EnclaveOptions.*", "there are no enclaves"),
        ],
        refused: &[("BlockDeviceMapping.N.Ebs.Encrypted", "volumes are not encrypted")],
    },
    Declared {
        action: "DescribeInstances",
        honoured: &[FILTERS, PAGE, INSTANCES],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DescribeInstanceStatus",
        honoured: &[FILTERS, PAGE, INSTANCES, &["IncludeAllInstances"]],
        passed: &[],
        refused: &[],
    },
    Declared { action: "StartInstances", honoured: &[INSTANCES], passed: &[], refused: &[] },
    Declared {
        action: "StopInstances",
        honoured: &[INSTANCES, &["Force"]],
        passed: &[("SkipOsShutdown", "Force says it")],
        refused: &[("Hibernate", "instances cannot hibernate")],
    },
    Declared { action: "RebootInstances", honoured: &[INSTANCES], passed: &[], refused: &[] },
    Declared {
        action: "TerminateInstances",
        honoured: &[INSTANCES],
        passed: &[("Force", "what is terminated is gone"), ("SkipOsShutdown", "what is terminated is gone")],
        refused: &[],
    },
    Declared {
        action: "CreateImage",
        honoured: &[TAGGED, &["InstanceId", "Name", "Description"], ONCE],
        passed: &[
            ("NoReboot", "whether an instance has to stop for it is the cloud's"),
            ("BlockDeviceMapping.*", "an image has its instance's disks"),
        ],
        refused: &[],
    },
    Declared {
        action: "DeregisterImage",
        honoured: &[&["ImageId"]],
        passed: &[("DeleteAssociatedSnapshots", "an image's disks go with it")],
        refused: &[],
    },
    Declared {
        action: "DescribeKeyPairs",
        honoured: &[FILTERS, &["KeyName.N", "KeyPairId.N", "IncludePublicKey"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "CreateKeyPair",
        honoured: &[TAGGED, &["KeyName", "KeyType"]],
        passed: &[],
        refused: &[("KeyFormat", "a cloud writes private keys in one form: pem")],
    },
    Declared {
        action: "ImportKeyPair",
        honoured: &[TAGGED, &["KeyName", "PublicKeyMaterial"]],
        passed: &[],
        refused: &[],
    },
    Declared { action: "DeleteKeyPair", honoured: &[&["KeyName", "KeyPairId"]], passed: &[], refused: &[] },
    Declared {
        action: "DescribeVolumes",
        honoured: &[FILTERS, PAGE, &["VolumeId.N"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DescribeVolumeStatus",
        honoured: &[FILTERS, PAGE, &["VolumeId.N"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "CreateVolume",
        honoured: &[TAGGED, &["Size", "SnapshotId", "AvailabilityZone"], ONCE],
        passed: &[
            ("VolumeType", "a volume is of the cloud's usual type"),
            ("Iops", "a volume is as fast as the cloud's usual type"),
            ("Throughput", "a volume is as fast as the cloud's usual type"),
            ("MultiAttachEnabled", "a volume is attached to one instance, as the answer says"),
            ("AvailabilityZoneId", "AvailabilityZone says it"),
        ],
        refused: &[("Encrypted", "volumes are not encrypted")],
    },
    Declared { action: "DeleteVolume", honoured: &[&["VolumeId"]], passed: &[], refused: &[] },
    Declared {
        action: "AttachVolume",
        honoured: &[&["VolumeId", "InstanceId", "Device"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DetachVolume",
        honoured: &[&["VolumeId", "InstanceId", "Device"]],
        passed: &[("Force", "a volume is always taken away as its cloud does it")],
        refused: &[],
    },
    Declared {
        action: "DescribeSnapshots",
        honoured: &[FILTERS, PAGE, &["SnapshotId.N", "Owner.N"]],
        passed: &[("RestorableBy.N", "everybody who has an account may use every snapshot")],
        refused: &[],
    },
    Declared {
        action: "CreateSnapshot",
        honoured: &[TAGGED, &["VolumeId", "Description"], ONCE],
        passed: &[],
        refused: &[],
    },
    Declared { action: "DeleteSnapshot", honoured: &[&["SnapshotId"]], passed: &[], refused: &[] },
    Declared {
        action: "DescribeAddresses",
        honoured: &[FILTERS, &["AllocationId.N", "PublicIp.N"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "AllocateAddress",
        honoured: &[TAGGED, ONCE],
        passed: &[("Domain", "every address is of a VPC, as the answer says")],
        refused: &[],
    },
    Declared {
        action: "ReleaseAddress",
        honoured: &[&["AllocationId", "PublicIp"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "AssociateAddress",
        honoured: &[&["AllocationId", "PublicIp", "InstanceId"]],
        passed: &[("AllowReassociation", "an address leads to where it is led last")],
        refused: &[],
    },
    Declared {
        action: "DisassociateAddress",
        honoured: &[&["AssociationId", "PublicIp"]],
        passed: &[],
        refused: &[],
    },
    Declared { action: "DescribeVpcs", honoured: &[FILTERS, PAGE, &["VpcId.N"]], passed: &[], refused: &[] },
    Declared {
        action: "CreateVpc",
        honoured: &[TAGGED, &["CidrBlock"], ONCE],
        passed: &[("InstanceTenancy", "hosts are shared, as the answer says")],
        refused: &[],
    },
    Declared { action: "DeleteVpc", honoured: &[&["VpcId"]], passed: &[], refused: &[] },
    Declared {
        action: "DescribeSubnets",
        honoured: &[FILTERS, PAGE, &["SubnetId.N"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "CreateSubnet",
        honoured: &[TAGGED, &["VpcId", "CidrBlock"], ONCE],
        passed: &[
            ("AvailabilityZone", "a network reaches everywhere"),
            ("AvailabilityZoneId", "a network reaches everywhere"),
        ],
        refused: &[],
    },
    Declared { action: "DeleteSubnet", honoured: &[&["SubnetId"]], passed: &[], refused: &[] },
    Declared {
        action: "DescribeNetworkInterfaces",
        honoured: &[FILTERS, PAGE, &["NetworkInterfaceId.N"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DeleteNetworkInterface",
        honoured: &[&["NetworkInterfaceId"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DescribeSecurityGroups",
        honoured: &[FILTERS, PAGE, &["GroupId.N", "GroupName.N"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "CreateSecurityGroup",
        honoured: &[TAGGED, &["GroupName", "GroupDescription"], ONCE],
        passed: &[("VpcId", "a group is around instances in any network")],
        refused: &[],
    },
    Declared {
        action: "DeleteSecurityGroup",
        honoured: &[&["GroupId", "GroupName"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "AuthorizeSecurityGroupIngress",
        honoured: &[PERMISSIONS],
        passed: DESCRIPTIONS,
        refused: NO_PREFIX_LISTS,
    },
    Declared {
        action: "RevokeSecurityGroupIngress",
        honoured: &[PERMISSIONS],
        passed: DESCRIPTIONS,
        refused: NO_PREFIX_LISTS,
    },
    Declared {
        action: "DescribeInstanceAttribute",
        honoured: &[&["InstanceId", "Attribute"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "ModifyInstanceAttribute",
        honoured: &[&[
            "InstanceId",
            "Attribute",
            "Value",
            "UserData.Value",
            "DisableApiTermination.Value",
            "DisableApiStop.Value",
        ]],
        passed: &[(
            "InstanceInitiatedShutdownBehavior.Value",
            "it is kept and told; no guest is watched for it",
        )],
        refused: &[
            ("InstanceType.Value", "an instance keeps its type"),
            ("GroupId.N", "an instance keeps its groups"),
            ("BlockDeviceMapping.*", "an instance keeps its disks; volumes are attached and detached"),
            ("Kernel.Value", "an instance has its image's kernel"),
            ("Ramdisk.Value", "an instance has its image's kernel"),
            ("SourceDestCheck.Value", "the network decides what reaches an instance"),
            ("EbsOptimized.Value", "the way to a disk is the cloud's"),
            ("EnaSupport.Value", "an instance has the interfaces of its cloud"),
        ],
    },
    Declared {
        action: "CreateTags",
        honoured: &[&["ResourceId.N", "Tag.N.Key", "Tag.N.Value"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DeleteTags",
        honoured: &[&["ResourceId.N", "Tag.N.Key", "Tag.N.Value"]],
        passed: &[],
        refused: &[],
    },
    Declared { action: "DescribeTags", honoured: &[FILTERS, PAGE], passed: &[], refused: &[] },
    Declared {
        action: "GetConsoleOutput",
        honoured: &[&["InstanceId"]],
        passed: &[("Latest", "what the cloud keeps is the latest")],
        refused: &[],
    },
    Declared { action: "GetPasswordData", honoured: &[&["InstanceId"]], passed: &[], refused: &[] },
    Declared {
        action: "DescribeSecurityGroupRules",
        honoured: &[FILTERS, &["SecurityGroupRuleId.N"]],
        passed: ONE_PAGE,
        refused: &[],
    },
    Declared {
        action: "DescribeInstanceTypeOfferings",
        honoured: &[FILTERS, &["LocationType"]],
        passed: ONE_PAGE,
        refused: &[],
    },
    Declared {
        action: "DescribeAccountAttributes",
        honoured: &[&["AttributeName.N"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DescribeVpcAttribute",
        honoured: &[&["VpcId", "Attribute"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DescribeImageAttribute",
        honoured: &[&["ImageId", "Attribute"]],
        passed: &[],
        refused: &[],
    },
    Declared {
        action: "DescribeSnapshotAttribute",
        honoured: &[&["SnapshotId", "Attribute"]],
        passed: &[],
        refused: &[],
    },
    Declared { action: "MonitorInstances", honoured: &[INSTANCES], passed: &[], refused: &[] },
    Declared { action: "UnmonitorInstances", honoured: &[INSTANCES], passed: &[], refused: &[] },
    Declared {
        action: "DescribeIamInstanceProfileAssociations",
        honoured: &[],
        passed: &[
            ("AssociationId.N", "there is none"),
            ("Filter.*", "there is none"),
            ("MaxResults", "there is none"),
            ("NextToken", "there is none"),
        ],
        refused: &[],
    },
    Declared {
        action: "DescribeInstanceCreditSpecifications",
        honoured: &[],
        passed: &[
            ("InstanceId.N", "there is none"),
            ("Filter.*", "there is none"),
            ("MaxResults", "there is none"),
            ("NextToken", "there is none"),
        ],
        refused: &[],
    },
    Declared {
        action: "DescribeVolumesModifications",
        honoured: &[],
        passed: &[
            ("VolumeId.N", "there is none"),
            ("Filter.*", "there is none"),
            ("MaxResults", "there is none"),
            ("NextToken", "there is none"),
        ],
        refused: &[],
    },
    Declared { action: "GetCallerIdentity", honoured: &[], passed: &[], refused: &[] },
    Declared {
        action: "GetSessionToken",
        honoured: &[&["DurationSeconds"]],
        passed: &[],
        refused: &[("SerialNumber", "there are no MFA devices"), ("TokenCode", "there are no MFA devices")],
    },
];

impl Declared {
    /// The declaration of an action.
    pub(super) fn of(action: &str) -> Option<&'static Declared> {
        DECLARED.iter().find(|declared| declared.action == action)
    }

    /// What becomes of a parameter, by its name as a client writes it; none when it is not known.
    pub(super) fn treatment(&self, parameter: &str) -> Option<Treatment> {
        let reason = |table: &[(&str, &'static str)]| {
            table.iter().find(|(known, _)| is_it(known, parameter)).map(|(_, reason)| *reason)
        };
        let honoured = self.honoured.iter().chain(&[COMMON]).flat_map(|group| group.iter());
        if honoured.into_iter().any(|known| is_it(known, parameter)) {
            return Some(Treatment::Honoured);
        }
        let refused = reason(self.refused).map(Treatment::Refused);
        refused.or_else(|| reason(self.passed).map(Treatment::Passed))
    }

    /// Whether every parameter is known.
    ///
    /// # Errors
    /// `UnknownParameter`, about one that is not.
    pub(super) fn check(&self, parameters: &Parameters) -> Result<(), Fault> {
        let unknown = parameters.names().into_iter().find(|name| self.treatment(name).is_none());
        unknown.map_or(Ok(()), |name| Err(Fault::unknown_parameter(&name, self.action)))
    }
}

/// Whether a parameter is the known one: indices do not tell, and `*` is all that there is below.
fn is_it(known: &str, parameter: &str) -> bool {
    let is_index = |part: &&str| *part == "N" || part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = parameter.split('.').filter(|part| !is_index(part));
    for known in known.split('.').filter(|part| *part != "N") {
        if known == "*" {
            return parts.next().is_some();
        }
        if parts.next() != Some(known) {
            return false;
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_do_not_tell() {
        for (known, parameter, expected) in [
            ("Filter.N.Value.N", "Filter.1.Value.2", true),
            ("Filter.N.Value.N", "Filter.Value", true),
            ("InstanceId", "InstanceId.1", true),
            ("InstanceId", "InstanceIds", false),
            ("Filter.N.Name", "Filter.1", false),
            ("MetadataOptions.*", "MetadataOptions.HttpTokens", true),
            ("MetadataOptions.*", "MetadataOptions", false),
            ("BlockDeviceMapping.*", "BlockDeviceMapping.1.Ebs.VolumeSize", true),
        ] {
            assert_eq!(is_it(known, parameter), expected, "{known} {parameter}");
        }
    }
}
