#include "convert/config.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/quote.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

std::optional<int64_t> as_integer(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<uint64_t>();
    if (number > std::numeric_limits<int64_t>::max()) return std::nullopt;
    return static_cast<int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<int64_t>();
  return std::nullopt;
}

}  // namespace

Config::Config(const Json& json, std::string name)
    : json_(std::make_unique<const Json>(json)), name_(std::move(name)) {
  if (!json.is_object())
    fail(Code::kCorrupt, name_, ": is ", describe(json), ", expected an object");
}

Config::~Config() = default;
Config::Config(Config&& other) noexcept = default;

bool Config::mentions(std::string_view key) const { return json_->contains(key); }

const Json* Config::find(std::string_view key) const {
  read_.emplace(key);
  const auto found = json_->find(key);
  return found == json_->end() || found->is_null() ? nullptr : &*found;
}

const Json& Config::get(std::string_view key) const {
  const Json* value = find(key);
  if (!value) fail(Code::kNotFound, name_, ": ", key, " is absent, but the architecture needs it");
  return *value;
}

void Config::fail_type(std::string_view key, const Json& value, std::string_view expected) const {
  corrupt(key, "is ", describe(value), ", expected ", expected);
}

int64_t Config::dim(std::string_view key) const {
  const Json& value = get(key);
  const auto number = as_integer(value);
  if (!number || *number < 1 || *number > kLargestDim) {
    fail_type(key, value, concat("an integer from 1 to ", kLargestDim));
  }
  return *number;
}

int64_t Config::dim(std::string_view key, int64_t fallback) const {
  return has(key) ? dim(key) : fallback;
}

int64_t Config::count(std::string_view key, int64_t fallback) const {
  const Json* value = find(key);
  if (!value) return fallback;
  const auto number = as_integer(*value);
  if (!number || *number < 0) fail_type(key, *value, "an integer from 0 on");
  return *number;
}

double Config::real(std::string_view key) const {
  const Json& value = get(key);
  if (!value.is_number()) fail_type(key, value, "a number");
  const auto number = value.get<double>();
  if (!std::isfinite(static_cast<float>(number))) fail_type(key, value, "a finite number");
  return number;
}

double Config::real(std::string_view key, double fallback) const {
  return has(key) ? real(key) : fallback;
}

double Config::positive(std::string_view key) const {
  const double number = real(key);
  if (static_cast<float>(number) <= 0) fail_type(key, get(key), "a number above zero");
  return number;
}

double Config::positive(std::string_view key, double fallback) const {
  return has(key) ? positive(key) : fallback;
}

bool Config::flag(std::string_view key, bool fallback) const {
  const Json* value = find(key);
  if (!value) return fallback;
  if (!value->is_boolean()) fail_type(key, *value, "true or false");
  return value->get<bool>();
}

std::string Config::text(std::string_view key, std::string_view fallback) const {
  const Json* value = find(key);
  if (!value) return std::string(fallback);
  if (!value->is_string()) fail_type(key, *value, "a text");
  return value->get<std::string>();
}

std::vector<std::string> Config::texts(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return {};
  if (!value->is_array()) fail_type(key, *value, "an array of texts");
  std::vector<std::string> out;
  for (const Json& element : *value) {
    if (!element.is_string()) fail_type(key, *value, "an array of texts");
    out.push_back(element.get<std::string>());
  }
  return out;
}

std::vector<int64_t> Config::integers(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return {};
  const Json list = value->is_array() ? *value : Json::array({*value});
  std::vector<int64_t> out;
  for (const Json& element : list) {
    const auto number = as_integer(element);
    if (!number) fail_type(key, *value, "integers");
    out.push_back(*number);
  }
  return out;
}

std::vector<double> Config::reals(std::string_view key) const {
  const Json& list = get(key);
  if (!list.is_array()) fail_type(key, list, "an array of numbers");
  std::vector<double> out;
  for (const Json& element : list) {
    const double number = element.is_number() ? element.get<double>() : NAN;
    if (!std::isfinite(static_cast<float>(number))) fail_type(key, list, "finite numbers");
    out.push_back(number);
  }
  return out;
}

int64_t Config::length(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return 0;
  if (!value->is_array()) fail_type(key, *value, "an array");
  return static_cast<int64_t>(value->size());
}

std::unique_ptr<Config> Config::child(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return nullptr;
  if (!value->is_object()) fail_type(key, *value, "an object");
  return std::make_unique<Config>(*value, concat(name_, ": ", key));
}

void Config::expect(std::string_view key, std::string_view value) const {
  if (const std::string found = text(key, value); found != value) {
    unsupported(key, "is ", quote(found), ", expected ", quote(value));
  }
}

void Config::expect_flag(std::string_view key, bool value) const {
  if (flag(key, value) != value) {
    unsupported(key, "is ", value ? "false" : "true", ", expected ", value ? "true" : "false");
  }
}

void Config::ignore(std::initializer_list<std::string_view> keys) const {
  for (const std::string_view key : keys) read_.emplace(key);
}

std::vector<std::string> Config::unread() const {
  std::vector<std::string> out;
  for (const auto& [key, value] : json_->items()) {
    if (!read_.contains(key)) out.push_back(key);
  }
  return out;
}

Config read_config(const std::string& path) { return {read_json(path), path}; }

}  // namespace cria::convert
