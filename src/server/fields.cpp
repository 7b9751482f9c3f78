#include "server/fields.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/quote.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using Code = Error::Code;

constexpr size_t kDeepest = 200, kMostMembers = 4096;
constexpr size_t kLongestShown = 60;

std::string shown(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kLongestShown) text = text.substr(0, kLongestShown) + "...";
  return text;
}

// Refuses what nests too deep before memory is taken for it, objects with so many members that to
// find one takes long, and what is no JSON.
class Checker : public nlohmann::json_sax<Json> {
 public:
  explicit Checker(std::string_view what) : what_(what) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(Json::number_integer_t) override { return true; }
  bool number_unsigned(Json::number_unsigned_t) override { return true; }
  bool number_float(Json::number_float_t, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(Json::binary_t&) override { return true; }
  bool start_object(size_t) override { return enter(); }
  bool key(std::string&) override {
    if (++members_.back() > kMostMembers) {
      fail(Code::kInvalidArgument, what_, " has an object of more than ", kMostMembers, " members");
    }
    return true;
  }
  bool end_object() override { return leave(); }
  bool start_array(size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(size_t position, const std::string&, const Json::exception&) override {
    fail(Code::kInvalidArgument, what_, " is no JSON from byte ", position, " on");
  }

 private:
  bool enter() {
    members_.push_back(0);
    if (members_.size() > kDeepest) {
      fail(Code::kInvalidArgument, what_, " nests deeper than ", kDeepest, " levels");
    }
    return true;
  }
  bool leave() {
    members_.pop_back();
    return true;
  }
  std::string_view what_;
  std::vector<size_t> members_;  // so far, of what is open
};

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  Checker checker(what);
  Json::sax_parse(text, &checker);
  return Json::parse(text);
}

Json Fields::parse(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    fail(Code::kInvalidArgument, "missing request body");
  }
  Json json = parse_json(body, "the request");
  if (json.is_object()) return json;
  fail(Code::kInvalidArgument, "the request is ", shown(json), ", expected an object");
}

Fields::Fields(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
  if (json_.is_object()) return;
  fail_at(where_, " is ", shown(json_), ", expected an object");
}

std::string Fields::place(std::string_view name) const {
  return where_.empty() ? std::string(name) : concat(where_, '.', name);
}

void Fields::refuse(std::string_view name, std::string_view expected) const {
  fail_at(place(name), " is ", shown(json_.at(std::string(name))), ", expected ", expected);
}

const Json* Fields::find(std::string_view name) const {
  read_.emplace(name);
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

const Json& Fields::need(std::string_view name) const {
  if (const Json* found = find(name)) return *found;
  fail_at(place(name), " is required");
}

std::string Fields::text(std::string_view name, std::string_view fallback) const {
  const Json* found = find(name);
  if (!found) return std::string(fallback);
  if (!found->is_string()) refuse(name, "a text");
  return found->get<std::string>();
}

std::string Fields::needed_text(std::string_view name) const {
  std::string found = text(name);
  if (found.empty()) fail_at(place(name), " is required");
  return found;
}

std::optional<bool> Fields::flag(std::string_view name) const {
  const Json* found = find(name);
  if (!found) return std::nullopt;
  if (!found->is_boolean()) refuse(name, "true or false");
  return found->get<bool>();
}

bool Fields::flag(std::string_view name, bool fallback) const {
  return flag(name).value_or(fallback);
}

std::optional<int64_t> Fields::integer(std::string_view name) const {
  const Json* found = find(name);
  if (!found) return std::nullopt;
  constexpr double kMost = 9007199254740992;  // beyond that not all whole numbers are there
  if (found->is_number_unsigned() && found->get<uint64_t>() > INT64_MAX) {
    refuse(name, "a smaller number");
  }
  if (found->is_number_integer()) return found->get<int64_t>();
  const double value = found->is_number() ? found->get<double>() : NAN;
  if (!(std::abs(value) <= kMost) || value != std::floor(value)) refuse(name, "a whole number");
  return static_cast<int64_t>(value);
}

int64_t Fields::integer(std::string_view name, int64_t fallback, int64_t least,
                        int64_t most) const {
  const auto value = integer(name);
  if (!value) return fallback;
  if (*value < least || *value > most) refuse(name, concat("one from ", least, " to ", most));
  return *value;
}

std::optional<double> Fields::real(std::string_view name) const {
  const Json* found = find(name);
  if (!found) return std::nullopt;
  const double value = found->is_number() ? found->get<double>() : NAN;
  if (!std::isfinite(value)) refuse(name, "a number");
  return value;
}

std::vector<std::string> Fields::texts(std::string_view name) const {
  const Json* found = find(name);
  std::vector<std::string> out;
  if (!found) return out;
  if (found->is_string()) return {found->get<std::string>()};
  if (!found->is_array()) refuse(name, "a text or several");
  for (const Json& one : *found) {
    if (!one.is_string()) {
      fail_at(place(name), " has ", shown(one), ", expected texts");
    }
    out.push_back(one.get<std::string>());
  }
  return out;
}

const Json* Fields::array(std::string_view name) const {
  const Json* found = find(name);
  if (found && !found->is_array()) refuse(name, "an array");
  return found;
}

const Json* Fields::object(std::string_view name) const {
  const Json* found = find(name);
  if (found && !found->is_object()) refuse(name, "an object");
  return found;
}

std::vector<std::string> Fields::unread() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : json_.items()) {
    if (!read_.contains(name)) names.push_back(place(name));
  }
  return names;
}

}  // namespace cria::server
