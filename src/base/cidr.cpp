#include "base/cidr.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace asiaq {

namespace {

constexpr int address_bits = 32;

std::uint32_t mask(int prefix_length) {
  return prefix_length == 0 ? 0U : ~std::uint32_t{0} << (address_bits - prefix_length);
}

}  // namespace

std::optional<Ipv4Address> Ipv4Address::parse(std::string_view text) {
  const std::vector<std::string> parts = split(text, '.');
  if (parts.size() != 4) return {};
  std::uint32_t number = 0;
  for (const std::string& part : parts) {
    const auto value = parse_integer(part);
    if (!value || *value < 0 || *value > 255 || part.size() > 3) return {};
    number = number << 8U | static_cast<std::uint32_t>(*value);
  }
  return Ipv4Address(number);
}

std::string Ipv4Address::to_string() const {
  return fmt::format("{}.{}.{}.{}", number_ >> 24U, number_ >> 16U & 255U, number_ >> 8U & 255U,
                     number_ & 255U);
}

Cidr::Cidr(Ipv4Address address, int prefix_length)
    : first_(address.number() & mask(prefix_length)), prefix_length_(prefix_length) {}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto address = Ipv4Address::parse(text.substr(0, slash));
  const auto prefix_length = parse_integer(text.substr(slash + 1));
  if (!address || !prefix_length || *prefix_length < 0 || *prefix_length > address_bits) return {};
  return Cidr(*address, static_cast<int>(*prefix_length));
}

std::string Cidr::to_string() const {
  return fmt::format("{}/{}", first_.to_string(), prefix_length_);
}

Ipv4Address Cidr::last() const { return Ipv4Address(first_.number() | ~mask(prefix_length_)); }

bool Cidr::contains(Ipv4Address address) const { return first_ <= address && address <= last(); }

bool Cidr::contains(const Cidr& other) const {
  return contains(other.first_) && contains(other.last());
}

bool Cidr::overlaps(const Cidr& other) const {
  return first_ <= other.last() && other.first_ <= last();
}

std::vector<Cidr> Cidr::blocks(int prefix_length) const {
  std::vector<Cidr> result;
  if (prefix_length < prefix_length_ || prefix_length > address_bits) return result;
  const std::uint64_t count = std::uint64_t{1} << (prefix_length - prefix_length_);
  result.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    result.push_back(block(prefix_length, static_cast<std::uint32_t>(i)));
  }
  return result;
}

Cidr Cidr::block(int prefix_length, std::uint32_t index) const {
  const std::uint64_t size = std::uint64_t{1} << (address_bits - prefix_length);
  return {Ipv4Address(static_cast<std::uint32_t>(first_.number() + index * size)), prefix_length};
}

int bits_to_number(std::uint32_t n) {
  int bits = 0;
  while ((std::uint64_t{1} << bits) < n) ++bits;
  return bits;
}

std::optional<Cidr> enclosing(const std::vector<Cidr>& ranges) {
  if (ranges.empty()) return {};
  Cidr result = ranges.front();
  for (const Cidr& range : ranges) {
    while (!result.contains(range)) result = Cidr(result.first(), result.prefix_length() - 1);
  }
  return result;
}

}  // namespace asiaq
