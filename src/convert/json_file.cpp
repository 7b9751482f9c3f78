#include "convert/json_file.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/quote.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

constexpr size_t kMostBytes = size_t{256} << 20;  // the largest vocabularies take some 40 MB
constexpr int kMostDepth = 100;
constexpr size_t kMostEvents = 16'000'000;  // values, starts and ends: the largest have some 4M

// Watches the parser build a document: its depth, its size in memory, and that no object has a key
// twice. After a problem it keeps nothing more.
class Watcher {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    if (!problem_.empty()) return false;
    if (++events_ > kMostEvents) problem_ = "holds more values than any of these files";
    if (depth > kMostDepth) problem_ = concat("nests deeper than ", kMostDepth);
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key && !keys_.back().insert(parsed).second) {
      problem_ = concat(quote(parsed.get_ref<const std::string&>()), " is there twice");
    }
    return problem_.empty();
  }
  const std::string& problem() const { return problem_; }

 private:
  std::vector<std::set<std::string>> keys_;
  size_t events_ = 0;
  std::string problem_;
};

Json parse(std::string_view text, const std::string& name) {
  Watcher watcher;
  Json json;
  try {
    json = Json::parse(text.begin(), text.end(), std::ref(watcher));
  } catch (const Json::parse_error& error) {
    fail(Code::kCorrupt, name, ": no valid JSON at byte ", error.byte);
  } catch (const Json::exception&) {
    fail(Code::kCorrupt, name, ": no valid JSON");
  }
  if (!watcher.problem().empty()) fail(Code::kCorrupt, name, ": ", watcher.problem());
  return json;
}

Json read(const std::string& path) {
  const MappedFile file(path);
  const std::span<const std::byte> bytes = file.bytes();
  if (bytes.size() > kMostBytes) {
    fail(Code::kInvalidArgument, path, ": has ", bytes.size(), " bytes, expected at most ",
         kMostBytes);
  }
  return parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

Json checked_object(Json json, const std::string& name) {
  if (json.is_object()) return json;
  fail(Code::kCorrupt, name, ": is ", describe(json), ", expected an object");
}

}  // namespace

Json parse_json(std::string_view text, const std::string& name) {
  return checked_object(parse(text, name), name);
}

Json read_json(const std::string& path) { return checked_object(read(path), path); }

Json read_json_array(const std::string& path) {
  Json json = read(path);
  if (json.is_array()) return json;
  fail(Code::kCorrupt, path, ": is ", describe(json), ", expected an array");
}

std::string describe(const Json& value) {
  if (value.is_string()) return quote(value.get_ref<const std::string&>());
  if (value.is_object()) return "an object";
  if (value.is_array()) return concat("an array of ", value.size());
  return value.dump();
}

}  // namespace cria::convert
