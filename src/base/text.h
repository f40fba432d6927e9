// Small things done to text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq {

std::string_view trimmed(std::string_view text);
/// The text without the mark (U+FEFF in UTF-8) that some editors put before it.
std::string_view without_byte_order_mark(std::string_view text);
/// Nothing for an empty text, as AWS answers where nothing is set.
std::optional<std::string> unless_empty(std::optional<std::string> text);
std::string lower_case(std::string_view text);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

/// Parts between `separator`, empty ones included; one part for text without it.
std::vector<std::string> split(std::string_view text, char separator);

/// Words between runs of any of `separators`; no empty words.
std::vector<std::string> words(std::string_view text, std::string_view separators = " \t\r\n");

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Padded with blanks to `width`; longer text stays whole.
std::string left_aligned(std::string_view text, std::size_t width);
std::string right_aligned(std::string_view text, std::size_t width);

/// A plain decimal integer that takes the whole text, with an optional minus sign.
std::optional<long long> parse_integer(std::string_view text);

/// One of true, yes, t, y, aye, 1 in any case. Anything else, the empty text included, is false.
bool is_truthy(std::string_view text);

/// `*` and `?` as in shell patterns, nothing else special.
bool matches_wildcard(std::string_view text, std::string_view pattern);

/// The candidate with the smallest edit distance to `word`, if it is near enough to be what was
/// meant.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

}  // namespace asiaq
