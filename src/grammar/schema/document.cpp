#include "grammar/schema/document.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "base/quote.h"

namespace cria::grammar {
namespace {

using Code = Error::Code;

class Watcher {
 public:
  explicit Watcher(const Limits& limits) : limits_(limits) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    if (!problem_.empty()) return false;
    if (static_cast<size_t>(depth) > limits_.nesting) {
      problem_ = concat("nests deeper than ", limits_.nesting);
    }
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key && !keys_.back().insert(parsed).second) {
      problem_ = concat("the key ", quote(parsed.get_ref<const std::string&>()), " is there twice");
    }
    return problem_.empty();
  }
  const std::string& problem() const { return problem_; }

 private:
  const Limits& limits_;
  std::vector<std::set<std::string>> keys_;
  std::string problem_;
};

// "%20" of a URI is a space. What is no such code stands for itself.
std::string without_percent(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* const end = text.data() + std::min(i + 3, text.size());
    const bool is_code = text[i] == '%' && end == text.data() + i + 3 &&
                         std::from_chars(text.data() + i + 1, end, byte, 16).ptr == end;
    plain += is_code ? static_cast<char>(byte) : text[i];
    if (is_code) i += 2;
  }
  return plain;
}

// "~1" and "~0" of a JSON pointer are "/" and "~".
std::string unescaped(std::string_view part) {
  std::string text;
  for (size_t i = 0; i < part.size(); ++i) {
    const bool escape = part[i] == '~' && i + 1 < part.size();
    if (!escape) {
      text += part[i];
      continue;
    }
    ++i;
    text += part[i] == '1' ? '/' : '~';
  }
  return text;
}

std::string escaped(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

const Json* find(const Json& value, const std::string& key) {
  if (value.is_object()) {
    const auto found = value.find(key);
    return found == value.end() ? nullptr : &*found;
  }
  const bool is_index =
      !key.empty() && key.size() < 10 && key.find_first_not_of("0123456789") == key.npos;
  if (!value.is_array() || !is_index) return nullptr;
  const size_t index = std::stoul(key);
  return index < value.size() ? &value[index] : nullptr;
}

}  // namespace

Json parse_schema(std::string_view text, const Limits& limits) {
  if (text.size() > limits.text) {
    fail(Code::kInvalidArgument, "schema: ", text.size(), " bytes, expected at most ", limits.text);
  }
  Watcher watcher(limits);
  Json json;
  try {
    json = Json::parse(text.begin(), text.end(), std::ref(watcher));
  } catch (const Json::parse_error& error) {
    fail(Code::kInvalidArgument, "schema: no valid JSON at byte ", error.byte);
  } catch (const Json::exception&) {
    fail(Code::kInvalidArgument, "schema: no valid JSON");
  }
  if (!watcher.problem().empty()) fail(Code::kInvalidArgument, "schema: ", watcher.problem());
  return json;
}

size_t size_of(const Json& value) {
  constexpr size_t kOfValue = 16;
  if (value.is_string()) return kOfValue + value.get_ref<const std::string&>().size();
  size_t size = kOfValue;
  if (value.is_object()) {
    for (const auto& [key, part] : value.items()) size += key.size() + size_of(part);
  } else if (value.is_array()) {
    for (const Json& part : value) size += size_of(part);
  }
  return size;
}

Place Place::operator[](const std::string& key) const {
  return {&value->at(key), pointer + "/" + escaped(key)};
}

Place Place::operator[](size_t index) const {
  return {&value->at(index), concat(pointer, "/", index)};
}

Place resolve(const Json& root, const std::string& reference, const std::string& pointer) {
  if (reference != "#" && !reference.starts_with("#/")) {
    fail_at(pointer, Code::kUnsupported, "$ref is ", quote(reference),
            ", expected one within the schema, #/...");
  }
  const Json* value = &root;
  std::string target = without_percent(std::string_view(reference).substr(1));
  std::string_view rest = target;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size());
    value = find(*value, unescaped(part));
    if (!value) {
      fail_at(pointer, Code::kInvalidArgument, "$ref is ", quote(reference),
              ", which does not exist");
    }
  }
  return {value, std::move(target)};
}

}  // namespace cria::grammar
