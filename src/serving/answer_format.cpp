#include "serving/answer_format.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "grammar/gbnf/gbnf.h"
#include "grammar/regex/regex.h"
#include "grammar/schema/schema.h"

namespace cria::serving {
namespace {

using Grammar = std::shared_ptr<const grammar::Grammar>;

constexpr std::string_view kGbnf = "gbnf:", kRegex = "regex:";

Grammar compile(std::string_view format) {
  if (format == "json") return grammar::json_grammar();
  if (format.starts_with('{')) return grammar::compile_schema(format);
  if (format.starts_with(kGbnf)) return grammar::compile_gbnf(format.substr(kGbnf.size()));
  if (format.starts_with(kRegex)) return grammar::compile_regex(format.substr(kRegex.size()));
  fail(Error::Code::kInvalidArgument, quote(format),
       ", expected json, a JSON Schema, gbnf:GRAMMAR or regex:EXPRESSION");
}

// The latest first.
class Remembered {
 public:
  Grammar find(std::string_view format) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(recent_, format, &Entry::first);
    if (found == recent_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found);
    return found->second;
  }
  void add(std::string_view format, const Grammar& grammar) {
    if (format.size() > kLongest) return;
    const std::lock_guard lock(mutex_);
    recent_.emplace_front(format, grammar);
    memory_ += grammar->memory();
    while (recent_.size() > kMost || memory_ > kMostMemory) {
      memory_ -= recent_.back().second->memory();
      recent_.pop_back();
    }
  }

 private:
  static constexpr size_t kMost = 64, kLongest = 1 << 16, kMostMemory = size_t{32} << 20;
  using Entry = std::pair<std::string, Grammar>;
  std::mutex mutex_;
  std::list<Entry> recent_;
  size_t memory_ = 0;  // bytes, of all
};

}  // namespace

Grammar answer_format(std::string_view format) {
  static Remembered remembered;
  if (Grammar found = remembered.find(format)) return found;
  Grammar compiled = compile(format);
  remembered.add(format, compiled);
  return compiled;
}

}  // namespace cria::serving
