#pragma once
// A checkpoint's config.json, read with checks. It remembers what was asked for, so that fields
// nobody honoured can be told.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "convert/json_file.h"

namespace cria::convert {

// Null counts as absent everywhere, as in transformers. Errors name file, field, value and
// expectation: NotFound when a field without a fallback is absent, Corrupt when it has another type
// or is out of range, Unsupported by expect() and unsupported().
class Config {
 public:
  Config(const Json& json, std::string name);  // Corrupt unless it is an object
  ~Config();
  Config(Config&& other) noexcept;

  bool has(std::string_view key) const { return find(key) != nullptr; }
  // Also when it is null, where a class's default is something else.
  bool mentions(std::string_view key) const;

  static constexpr int64_t kLargestDim = int64_t{1} << 24;
  int64_t dim(std::string_view key) const;  // 1 to kLargestDim
  int64_t dim(std::string_view key, int64_t fallback) const;
  int64_t count(std::string_view key, int64_t fallback) const;  // from 0 on
  double real(std::string_view key) const;
  double real(std::string_view key, double fallback) const;
  double positive(std::string_view key) const;
  double positive(std::string_view key, double fallback) const;
  bool flag(std::string_view key, bool fallback) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  std::vector<std::string> texts(std::string_view key) const;  // empty when absent
  std::vector<int64_t> integers(
      std::string_view key) const;                        // a single one, too; empty when absent
  std::vector<double> reals(std::string_view key) const;  // of an array, which must be there
  int64_t length(std::string_view key) const;             // of an array of anything; absent: 0
  // An object; absent: null.
  std::unique_ptr<Config> child(std::string_view key) const;

  // Fields that are implemented for one value only.
  void expect(std::string_view key, std::string_view value) const;  // or absent
  void expect_flag(std::string_view key, bool value) const;         // or absent
  template <class... Args>
  [[noreturn]] void unsupported(std::string_view key, const Args&... what) const {
    fail(Error::Code::kUnsupported, name_, ": ", key, ' ', what...);
  }
  template <class... Args>
  [[noreturn]] void corrupt(std::string_view key, const Args&... what) const {
    fail(Error::Code::kCorrupt, name_, ": ", key, ' ', what...);
  }

  // Fields without influence on what a model computes.
  void ignore(std::initializer_list<std::string_view> keys) const;
  // Fields that nobody asked for, in order of their names.
  std::vector<std::string> unread() const;

  const std::string& name() const { return name_; }
  const Json& json() const { return *json_; }

 private:
  const Json* find(std::string_view key) const;
  const Json& get(std::string_view key) const;
  [[noreturn]] void fail_type(std::string_view key, const Json& value,
                              std::string_view expected) const;

  std::unique_ptr<const Json> json_;  // behind a pointer, as its header takes long to compile
  std::string name_;
  mutable std::set<std::string, std::less<>> read_;
};

Config read_config(const std::string& path);

}  // namespace cria::convert
