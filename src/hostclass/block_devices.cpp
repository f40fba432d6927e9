#include "hostclass/block_devices.h"

#include <fmt/format.h>

#include "base/error.h"

namespace asiaq::hostclass {

namespace {

constexpr std::int64_t least_iops = 100;
constexpr std::int64_t most_iops = 64'000;
constexpr std::int64_t most_iops_per_gb = 50;
constexpr std::string_view general_purpose = "gp3";
constexpr std::string_view provisioned_iops = "io1";

/// The letters after the root disk's.
class DeviceNames {
 public:
  std::string next() {
    if (letter_ > 'z') throw ConfigError("a host cannot have more than 26 disks");
    return fmt::format("/dev/sd{}", letter_++);
  }

 private:
  char letter_ = 'b';
};

void check_iops(std::int64_t iops, std::int64_t size) {
  if (iops < least_iops || iops > most_iops) {
    throw ConfigError(
        fmt::format("iops {} is outside {} to {}, what a provisioned IOPS volume can have", iops,
                    least_iops, most_iops));
  }
  if (iops > size * most_iops_per_gb) {
    throw ConfigError(fmt::format("iops {} is too much for a volume of {} GB: at most {} per GB",
                                  iops, size, most_iops_per_gb));
  }
}

BlockDevice volume(std::string name, std::int64_t size, std::optional<std::int64_t> iops) {
  if (iops) check_iops(*iops, size);
  return {.name = std::move(name),
          .size = size,
          .volume_type = std::string(iops ? provisioned_iops : general_purpose),
          .iops = iops};
}

bool is_root(const BlockDevice& device) {
  return device.name.starts_with("/dev/sda") || device.name.starts_with("/dev/xvda");
}

}  // namespace

std::vector<BlockDevice> block_devices(const RootDisk& root, const Storage& storage,
                                       int instance_store_disks) {
  std::vector<BlockDevice> mapping;
  mapping.push_back({.name = root.device, .size = root.size + storage.extra_space.value_or(0)});
  DeviceNames names;
  if (storage.snapshot) {
    BlockDevice disk = volume(names.next(), storage.snapshot->size, storage.iops);
    disk.snapshot = storage.snapshot->id;
    mapping.push_back(std::move(disk));
  }
  if (storage.extra_disk) {
    mapping.push_back(volume(names.next(), *storage.extra_disk, storage.iops));
  }
  for (int i = 0; i < instance_store_disks; ++i) {
    mapping.push_back({.name = names.next(), .virtual_name = fmt::format("ephemeral{}", i)});
  }
  return mapping;
}

Storage storage_of(const std::vector<BlockDevice>& mapping, std::optional<std::int64_t> root_size) {
  Storage storage;
  for (const BlockDevice& device : mapping) {
    if (device.virtual_name) continue;
    if (device.snapshot && !is_root(device)) {
      storage.snapshot = {*device.snapshot, device.size.value_or(0)};
    } else if (is_root(device)) {
      if (device.size && root_size && *device.size > *root_size) {
        storage.extra_space = *device.size - *root_size;
      }
      continue;
    } else if (device.size) {
      storage.extra_disk = device.size;
    }
    if (device.volume_type == provisioned_iops) storage.iops = device.iops;
  }
  return storage;
}

}  // namespace asiaq::hostclass
