// What a bake puts on the builder besides the configuration: this program for hosts.
#pragma once

#include <filesystem>
#include <optional>

#include "config/config_folder.h"

namespace asiaq::image {

/// Whether a folder is an instance payload: it holds the host's package (asiaq_*.deb) or program
/// (bin/asiaq), and bin/acfg1.py, which users' scripts run.
bool is_payload(const std::filesystem::path& folder);

/// The payload this program came with: `build/payload` above it in a checkout,
/// `share/asiaq/payload` of an installation. ASIAQ_PAYLOAD names another. Nothing if there is none.
std::optional<std::filesystem::path> payload_directory();

/// The folder that is copied to `<data_destination>/asiaq`: `[bake] asiaq_data_source` if it holds
/// a payload (configurations made for the original name a checkout of it), else the one this
/// program came with. Throws ConfigError if there is neither.
std::filesystem::path payload_folder(const config::ConfigFolder& folder);

}  // namespace asiaq::image
