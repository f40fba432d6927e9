#include "hostclass/block_devices.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace asiaq::hostclass {
namespace {

const RootDisk root{.device = "/dev/sda", .size = 8};

TEST(BlockDevices, AreTheRootDiskAloneByDefault) {
  const auto devices = block_devices(root, {}, 0);
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0], (BlockDevice{.name = "/dev/sda", .size = 8}));
}

TEST(BlockDevices, GrowTheRootDiskByExtraSpace) {
  const auto devices = block_devices({.device = "/dev/xvda", .size = 10}, {.extra_space = 5}, 0);
  EXPECT_EQ(devices[0].name, "/dev/xvda");
  EXPECT_EQ(devices[0].size, 15);
}

TEST(BlockDevices, GiveSnapshotAndExtraDiskProvisionedIops) {
  const Storage storage{
      .extra_space = 5, .extra_disk = 50, .iops = 1000, .snapshot = SnapshotVolume{"snap-1", 20}};
  const auto devices = block_devices(root, storage, 0);
  ASSERT_EQ(devices.size(), 3U);
  EXPECT_EQ(devices[0].size, 13);
  EXPECT_EQ(devices[1], (BlockDevice{.name = "/dev/sdb",
                                     .size = 20,
                                     .snapshot = "snap-1",
                                     .volume_type = "io1",
                                     .iops = 1000}));
  EXPECT_EQ(devices[2],
            (BlockDevice{.name = "/dev/sdc", .size = 50, .volume_type = "io1", .iops = 1000}));
}

TEST(BlockDevices, UseGeneralPurposeVolumesWithoutIops) {
  EXPECT_EQ(block_devices(root, {.extra_disk = 50}, 0)[1].volume_type, "gp3");
}

TEST(BlockDevices, NameDisksWithoutGaps) {
  const auto devices = block_devices(root, {.extra_disk = 50}, 2);
  ASSERT_EQ(devices.size(), 4U);
  EXPECT_EQ(devices[1].name, "/dev/sdb");
  EXPECT_EQ(devices[2], (BlockDevice{.name = "/dev/sdc", .virtual_name = "ephemeral0"}));
  EXPECT_EQ(devices[3], (BlockDevice{.name = "/dev/sdd", .virtual_name = "ephemeral1"}));
}

TEST(BlockDevices, RefuseIopsThatNoVolumeCanHave) {
  EXPECT_THROW(block_devices(root, {.extra_disk = 50, .iops = 99}, 0), ConfigError);
  EXPECT_THROW(block_devices(root, {.extra_disk = 2000, .iops = 64'001}, 0), ConfigError);
  EXPECT_THROW(block_devices(root, {.extra_disk = 50, .iops = 2501}, 0), ConfigError);
  EXPECT_NO_THROW(block_devices(root, {.extra_disk = 50, .iops = 2500}, 0));
}

TEST(BlockDevices, RefuseMoreDisksThanLetters) {
  EXPECT_NO_THROW(block_devices(root, {.extra_disk = 50}, 24));
  EXPECT_THROW(block_devices(root, {.extra_disk = 50}, 25), ConfigError);
}

struct StorageCase {
  const char* name;
  Storage storage;
  int instance_store_disks;
};

class StorageOfMapping : public ::testing::TestWithParam<StorageCase> {};

TEST_P(StorageOfMapping, GivesBackTheChoicesThatMadeIt) {
  const auto& [name, storage, disks] = GetParam();
  EXPECT_EQ(storage_of(block_devices(root, storage, disks), root.size), storage);
}

INSTANTIATE_TEST_SUITE_P(
    Choices, StorageOfMapping,
    ::testing::Values(
        StorageCase{"Nothing", {}, 0}, StorageCase{"InstanceStore", {}, 2},
        StorageCase{"ExtraSpace", {.extra_space = 5}, 0},
        StorageCase{"ExtraDisk", {.extra_disk = 50}, 1},
        StorageCase{"Snapshot", {.snapshot = SnapshotVolume{"snap-1", 20}}, 0},
        StorageCase{"FastSnapshot", {.iops = 1000, .snapshot = SnapshotVolume{"snap-1", 20}}, 0},
        StorageCase{"Everything",
                    {.extra_space = 5,
                     .extra_disk = 50,
                     .iops = 1000,
                     .snapshot = SnapshotVolume{"snap-1", 20}},
                    2}),
    [](const auto& each) { return each.param.name; });

TEST(StorageOfMapping, LeavesExtraSpaceOutWhenTheImageIsGone) {
  EXPECT_EQ(storage_of(block_devices(root, {.extra_space = 5}, 0), std::nullopt), Storage{});
}

}  // namespace
}  // namespace asiaq::hostclass
