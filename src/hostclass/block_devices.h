// Block devices: the disks a host of a hostclass starts with.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace asiaq::hostclass {

/// One entry of a block device mapping: an EBS volume, or an instance store disk when
/// `virtual_name` is set. Sizes in GB (GiB, as EC2 counts).
struct BlockDevice {
  std::string name;
  std::optional<std::string> virtual_name;
  std::optional<std::int64_t> size;
  std::optional<std::string> snapshot;
  std::optional<std::string> volume_type;
  std::optional<std::int64_t> iops;

  auto operator<=>(const BlockDevice&) const = default;
};

/// What an image says about its root disk.
struct RootDisk {
  std::string device;  ///< `/dev/sda` if the image maps that name, else its root device name.
  std::int64_t size = 8;
};

struct SnapshotVolume {
  std::string id;
  std::int64_t size = 0;
  auto operator<=>(const SnapshotVolume&) const = default;
};

/// What a hostclass wants beside the image's own root disk.
struct Storage {
  std::optional<std::int64_t> extra_space;  ///< GB added to the root disk.
  std::optional<std::int64_t> extra_disk;   ///< GB of one more volume.
  std::optional<std::int64_t> iops;  ///< Provisioned, for the snapshot volume and the extra disk.
  std::optional<SnapshotVolume> snapshot;

  bool chosen() const { return extra_space || extra_disk || iops; }
  auto operator<=>(const Storage&) const = default;
};

/// The mapping: root (its size always said, as the image's or larger), then `/dev/sdb`, `/dev/sdc`
/// ... without gaps: snapshot volume, extra disk, instance store disks. Everything is deleted on
/// termination. Throws ConfigError for IOPS that EC2's io1 volumes cannot have (100 to 64000, at
/// most 50 per GB) and for more disks than letters.
std::vector<BlockDevice> block_devices(const RootDisk& root, const Storage& storage,
                                       int instance_store_disks);

/// The choices that led to an existing mapping. `root_size`: GB of the root disk of the image it
/// was made for; unknown (the image is gone) leaves extra space out.
Storage storage_of(const std::vector<BlockDevice>& mapping, std::optional<std::int64_t> root_size);

}  // namespace asiaq::hostclass
