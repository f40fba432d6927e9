// IPv4 addresses and ranges, as integers.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq {

/// One IPv4 address in dotted-quad notation. A value type.
class Ipv4Address {
 public:
  constexpr Ipv4Address() = default;
  constexpr explicit Ipv4Address(std::uint32_t number) : number_(number) {}

  /// Nothing unless the text is four decimal numbers of 0 to 255 with single dots.
  static std::optional<Ipv4Address> parse(std::string_view text);

  std::string to_string() const;
  constexpr std::uint32_t number() const { return number_; }
  auto operator<=>(const Ipv4Address&) const = default;

 private:
  std::uint32_t number_ = 0;
};

/// An IPv4 range in CIDR notation (RFC 4632), always normalised to its network address. A value
/// type, ordered by first address, then by prefix length.
class Cidr {
 public:
  constexpr Cidr() = default;
  Cidr(Ipv4Address address, int prefix_length);

  /// Nothing unless the text is `a.b.c.d/0..32`; host bits are cleared ("10.1.0.22/16"
  /// is 10.1.0.0/16).
  static std::optional<Cidr> parse(std::string_view text);

  std::string to_string() const;
  int prefix_length() const { return prefix_length_; }
  Ipv4Address first() const { return first_; }
  Ipv4Address last() const;
  bool contains(Ipv4Address address) const;
  bool contains(const Cidr& other) const;
  bool overlaps(const Cidr& other) const;

  /// The aligned blocks of `prefix_length` inside this range in address order; none if it is
  /// shorter than this one's.
  std::vector<Cidr> blocks(int prefix_length) const;

  /// The block of `prefix_length` with this 0-based index.
  Cidr block(int prefix_length, std::uint32_t index) const;

  auto operator<=>(const Cidr&) const = default;

 private:
  Ipv4Address first_;
  int prefix_length_ = 0;
};

/// The smallest k with 2^k >= n: how many bits number n things (1 needs 0, 2 needs 1, 3 and 4 need
/// 2, ...). n >= 1.
int bits_to_number(std::uint32_t n);

/// The smallest range that holds all of `ranges`; nothing for none.
std::optional<Cidr> enclosing(const std::vector<Cidr>& ranges);

}  // namespace asiaq
