// Arguments that stand between tags, as Qwen3-Coder and GLM write them.

#include <algorithm>
#include <utility>

#include "template/reply/arguments.h"
#include "template/reply/json_text.h"
#include "template/reply/literal.h"
#include "template/reply/marker_scanner.h"

namespace cria::chat {
namespace {

class TaggedArguments final : public CallReader {
 public:
  TaggedArguments(CallSink& sink, const CallSyntax& syntax, const Tools& tools, std::string name)
      : writer_(sink),
        tools_(tools),
        name_(std::move(name)),
        tags_({syntax.key_open, syntax.close}),
        key_close_(syntax.key_close),
        pads_values_(syntax.pads_values) {
    value_close_.look_for({syntax.value_close});
  }

  Step add(char c) override {
    switch (at_) {
      case At::kTag:
        return add_to_tag(c);
      case At::kKey:
        return add_to_key(c);
      case At::kValue:
        return add_to_value(c);
    }
    return Step::kBroken;
  }
  bool has_closed() const override { return true; }

 private:
  enum class At : uint8_t { kTag, kKey, kValue };

  Step add_to_tag(char c) {
    const int tag = tags_.add(c);
    if (tag == Literals::kNone) return Step::kBroken;
    if (tag == Literals::kMore) return Step::kMore;
    if (tag == 1) return writer_.put(has_begun_ ? "}" : "{}");
    at_ = At::kKey;
    key_.clear();
    return Step::kMore;
  }

  Step add_to_key(char c) {
    constexpr size_t kLongest = 1000;
    key_ += c;
    if (key_.size() > kLongest) return Step::kBroken;
    if (!key_close_.ends(key_)) return Step::kMore;
    key_ = trimmed(key_);
    key_ = key_.substr(0, key_.find('"'));  // of name="a" string="true"
    at_ = At::kValue;
    value_.clear();
    schema_ = tools_.parameter(name_, key_);
    is_text_ = is_text(schema_);
    may_pad_ = pads_values_;
    const std::string begin = std::exchange(has_begun_, true) ? ", " : "{";
    return writer_.put(begin + json_string(key_) + ": " + (is_text_ ? "\"" : ""));
  }

  // A line break after the opening tag and one before the closing tag are no part of it where the
  // format pads values.
  Step add_to_value(char c) {
    value_close_.put(c);
    for (int found; (found = value_close_.next()) != MarkerScanner::kNothing;) {
      if (found == MarkerScanner::kByte) {
        if (!put_value(value_close_.byte())) return Step::kBroken;
        continue;
      }
      line_break_ = false;
      at_ = At::kTag;
      return writer_.put(is_text_ ? "\"" : typed_json(value_, schema_));
    }
    return Step::kMore;
  }

  bool put_value(char c) {
    const bool is_break = pads_values_ && c == '\n';
    if (std::exchange(may_pad_, false) && is_break) return true;
    std::string text = std::exchange(line_break_, is_break) ? "\n" : "";
    if (!is_break) text += c;
    if (!is_text_) {
      value_ += text;
      return true;
    }
    std::string escaped;
    for (const char one : text) append_escaped(escaped, one);
    return writer_.put(escaped) != Step::kBroken;
  }

  ArgumentsWriter writer_;
  const Tools& tools_;
  std::string name_;
  Literals tags_;
  Until key_close_;
  bool pads_values_;
  MarkerScanner value_close_;
  At at_ = At::kTag;
  bool has_begun_ = false, is_text_ = false, may_pad_ = false, line_break_ = false;
  std::string key_, value_;
  Data schema_;
};

}  // namespace

std::unique_ptr<CallReader> tagged_arguments(CallSink& sink, const CallSyntax& syntax,
                                             const Tools& tools, std::string name) {
  return std::make_unique<TaggedArguments>(sink, syntax, tools, std::move(name));
}

}  // namespace cria::chat
