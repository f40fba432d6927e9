#include "image/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "aws/ec2/client.h"
#include "base/text.h"
#include "image/name.h"

namespace asiaq::image {

namespace {

constexpr std::array<std::string_view, 6> useless_states = {
    "failed", "error", "invalid", "deregistered", "disabled", "transient"};

bool fits(const Image& image, const Wanted& wanted, const std::optional<std::string>& stage) {
  if (!is_usable_state(image.state)) return false;
  if (hostclass_of(image.name) != *wanted.hostclass) return false;
  if (stage && image.stage() != stage) return false;
  if (wanted.product_line && image.tag_value(tag::product_line) != wanted.product_line) {
    return false;
  }
  return wanted.private_images == Wanted::Private::included ||
         image.tag_value(tag::is_private) != "True";
}

std::optional<Image> newest_of_stage(const std::vector<Image>& images, const Wanted& wanted,
                                     const std::optional<std::string>& stage) {
  const Image* best = nullptr;
  for (const Image& image : images) {
    if (!fits(image, wanted, stage)) continue;
    // Equal timestamps are told apart by id, so that every run chooses the same.
    if (best == nullptr || std::pair(timestamp_of(image.name), image.id) >
                               std::pair(timestamp_of(best->name), best->id)) {
      best = &image;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::vector<Image> described(const aws::ec2::Client& ec2,
                             const aws::ec2::DescribeImagesRequest& request) {
  std::vector<Image> images;
  for (const auto& image : ec2.describe_images_all(request)) images.push_back(from_aws(image));
  return images;
}

aws::ec2::DescribeImagesRequest of_owners(const std::vector<std::string>& trusted_accounts) {
  aws::ec2::DescribeImagesRequest request;
  request.owners = {"self"};
  request.owners.insert(request.owners.end(), trusted_accounts.begin(), trusted_accounts.end());
  // Deprecated images of other accounts are left out otherwise.
  if (!trusted_accounts.empty()) request.include_deprecated = true;
  return request;
}

/// A filter, because one unknown id among the request's `image_ids` fails the whole call.
aws::ec2::Filter by_id(const std::vector<std::string>& ids) {
  return {.name = "image-id", .values = ids};
}

}  // namespace

ImageError::ImageError(std::string reason) : Error("AMI", std::move(reason)) {}

std::string description(const Wanted& wanted) {
  if (wanted.id) return fmt::format("id {}", *wanted.id);
  std::string text = fmt::format("hostclass {}", wanted.hostclass.value_or("-"));
  if (!wanted.stages.empty()) text += fmt::format(" in stage {}", join(wanted.stages, " or "));
  if (wanted.product_line) text += fmt::format(" of product line {}", *wanted.product_line);
  return text;
}

bool is_usable_state(const std::string& state) {
  return std::find(useless_states.begin(), useless_states.end(), state) == useless_states.end();
}

std::optional<Image> newest(const std::vector<Image>& images, const Wanted& wanted) {
  if (wanted.id) {
    const auto found = std::find_if(images.begin(), images.end(),
                                    [&](const Image& image) { return image.id == *wanted.id; });
    if (found == images.end()) return std::nullopt;
    return *found;
  }
  if (!wanted.hostclass) throw ImageError("either an AMI or a hostclass must be given");
  if (wanted.stages.empty()) return newest_of_stage(images, wanted, std::nullopt);
  for (const std::string& stage : wanted.stages) {
    if (auto image = newest_of_stage(images, wanted, stage)) return image;
  }
  return std::nullopt;
}

Base base_for_bake(const std::vector<Image>& images, const std::string& base_name,
                   const std::vector<std::string>& stages) {
  const std::string& first = stages.front();
  const std::string& last = stages.back();
  if (auto image = newest(images, {.hostclass = base_name, .stages = {last}})) {
    return {.image = std::move(*image), .warning = std::nullopt};
  }
  auto image = newest(images, {.hostclass = base_name, .stages = {first}});
  if (!image) {
    ImageError error(
        fmt::format("no phase 1 AMI named {} in stage {} or {}", base_name, last, first));
    error.set_hint("bake one with `disco_bake.py bake`, or name an AMI with --source-ami");
    throw error;
  }
  std::string warning = fmt::format(
      "no AMI named {} has reached stage {}: using {} of stage {}; if it is good, run "
      "`disco_bake.py promote --ami {} --stage {}`",
      base_name, last, image->id, first, image->id, last);
  return {.image = std::move(*image), .warning = std::move(warning)};
}

std::vector<Image> observe_images(const aws::ec2::Client& ec2,
                                  const std::vector<std::string>& trusted_accounts,
                                  const std::optional<std::string>& hostclass) {
  aws::ec2::DescribeImagesRequest request = of_owners(trusted_accounts);
  if (hostclass) request.filters = {{.name = "name", .values = {*hostclass + " *"}}};
  return described(ec2, request);
}

std::vector<Image> observe_images_by_id(const aws::ec2::Client& ec2,
                                        const std::vector<std::string>& ids) {
  constexpr std::size_t most_values_of_a_filter = 200;
  std::vector<Image> images;
  for (std::size_t begin = 0; begin < ids.size(); begin += most_values_of_a_filter) {
    const std::size_t end = std::min(begin + most_values_of_a_filter, ids.size());
    aws::ec2::DescribeImagesRequest request;
    request.include_deprecated = true;
    request.filters = {by_id({ids.begin() + static_cast<std::ptrdiff_t>(begin),
                              ids.begin() + static_cast<std::ptrdiff_t>(end)})};
    std::vector<Image> part = described(ec2, request);
    std::move(part.begin(), part.end(), std::back_inserter(images));
  }
  return images;
}

Image find_image(const aws::ec2::Client& ec2, const std::vector<std::string>& trusted_accounts,
                 const Wanted& wanted) {
  std::vector<Image> images;
  if (wanted.id) {
    aws::ec2::DescribeImagesRequest request = of_owners(trusted_accounts);
    request.filters = {by_id({*wanted.id})};
    images = described(ec2, request);
  } else {
    images = observe_images(ec2, trusted_accounts, wanted.hostclass);
  }
  std::optional<Image> image = newest(images, wanted);
  if (!image) throw ImageError(fmt::format("no AMI for {}", description(wanted)));
  return std::move(*image);
}

}  // namespace asiaq::image
