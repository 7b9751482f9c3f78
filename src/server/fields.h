#pragma once
// The fields of a request's JSON, read with checks. What nobody asks for is told: nothing that a
// client wants is dropped without a word.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace cria::server {

// That a field makes no sense, with its place: "options.top_k".
struct FieldError : Error {
  FieldError(Code code, std::string_view place, const std::string& what)
      : Error(code, what), field(place) {}
  std::string field;
};

// The message begins with the place: fail_at("stop", " has an empty text, ...").
template <class... Args>
[[noreturn]] void fail_at(std::string_view place, const Args&... args) {
  throw FieldError(Error::Code::kInvalidArgument, place, concat(place, args...));
}

// Errors of `read` become those of the field.
template <class Read>
auto read_at(std::string_view place, const Read& read) {
  try {
    return read();
  } catch (const FieldError&) {
    throw;
  } catch (const Error& error) {
    throw FieldError(error.code(), place, concat(place, ": ", error.what()));
  }
}

// Bounded in depth and in members of an object, which keep their order. InvalidArgument; `what` is
// for messages.
nlohmann::ordered_json parse_json(std::string_view text, std::string_view what);

// Null counts as absent. Errors are InvalidArgument with the place of the field ("options.top_k"),
// its value and what was expected. Numbers that are whole may be written as such: 40.0.
class Fields {
 public:
  // Of a request's body: an object.
  static nlohmann::ordered_json parse(std::string_view body);
  // `where` stands before names in messages.
  Fields(const nlohmann::ordered_json& json, std::string where);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Null when absent. Of any type.
  const nlohmann::ordered_json* find(std::string_view name) const;
  const nlohmann::ordered_json& need(std::string_view name) const;

  std::string text(std::string_view name, std::string_view fallback = "") const;
  std::string needed_text(std::string_view name) const;
  bool flag(std::string_view name, bool fallback) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<int64_t> integer(std::string_view name) const;
  int64_t integer(std::string_view name, int64_t fallback, int64_t least, int64_t most) const;
  std::optional<double> real(std::string_view name) const;  // finite
  // One text, or several.
  std::vector<std::string> texts(std::string_view name) const;
  const nlohmann::ordered_json* array(std::string_view name) const;
  const nlohmann::ordered_json* object(std::string_view name) const;

  // Those that nobody has asked for, with their place.
  std::vector<std::string> unread() const;
  std::string place(std::string_view name) const;
  [[noreturn]] void refuse(std::string_view name, std::string_view expected) const;

 private:
  const nlohmann::ordered_json& json_;
  std::string where_;
  mutable std::set<std::string, std::less<>> read_;
};

}  // namespace cria::server
