#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The vocabulary of the generated structures. AWS tells apart a member that is not sent and one
/// that is sent empty: optional scalars, List and Map remember which of the two they are.
namespace asiaq::aws {

using Timestamp = std::chrono::system_clock::time_point;

/// A bool with an address, so that a list of them is an ordinary sequence.
struct Boolean {
  bool value = false;
  Boolean() = default;
  Boolean(bool on) : value(on) {}
  operator bool() const { return value; }
};

/// A vector that knows whether it was set. Default constructed: unset; from braces or a vector:
/// set, even when empty. An empty pair of braces in a designated initialiser is unset; write
/// `List<T>::none()` to send an empty list.
template <class T>
class List : public std::vector<T> {
 public:
  List() = default;
  List(std::initializer_list<T> items) : std::vector<T>(items), set_(true) {}
  List(std::vector<T> items) : std::vector<T>(std::move(items)), set_(true) {}
  template <class Iterator, class = typename std::iterator_traits<Iterator>::iterator_category>
  List(Iterator first, Iterator last) : std::vector<T>(first, last), set_(true) {}

  static List none() {
    List list;
    list.set_ = true;
    return list;
  }
  bool is_set() const { return set_ || !this->empty(); }
  void mark_set() { set_ = true; }
  void unset() {
    this->clear();
    set_ = false;
  }

 private:
  bool set_ = false;
};

/// A map with string keys that knows whether it was set; the rules of List hold.
template <class T>
class Map : public std::map<std::string, T> {
 public:
  Map() = default;
  Map(std::initializer_list<std::pair<const std::string, T>> items)
      : std::map<std::string, T>(items), set_(true) {}
  Map(std::map<std::string, T> items) : std::map<std::string, T>(std::move(items)), set_(true) {}

  static Map none() {
    Map map;
    map.set_ = true;
    return map;
  }
  bool is_set() const { return set_ || !this->empty(); }
  void mark_set() { set_ = true; }

 private:
  bool set_ = false;
};

/// An optional value on the heap, for structures that contain themselves. Copies are deep.
template <class T>
class Box {
 public:
  Box() = default;
  Box(std::nullopt_t) {}
  Box(const T& value) : value_(std::make_unique<T>(value)) {}
  Box(T&& value) : value_(std::make_unique<T>(std::move(value))) {}
  Box(const Box& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Box(Box&& other) noexcept = default;
  Box& operator=(Box other) noexcept {
    value_.swap(other.value_);
    return *this;
  }

  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T& emplace() {
    value_ = std::make_unique<T>();
    return *value_;
  }
  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }
  const T* operator->() const { return value_.get(); }
  T* operator->() { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace asiaq::aws
