#pragma once
// Reads a JSON value byte by byte. Control characters in strings, which models do write, are let
// through; everything else is as RFC 8259 has it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "template/data.h"
#include "template/reply/step.h"

namespace cria::chat {

class JsonReader {
 public:
  // A number is done only before the byte that follows it.
  Step add(char c);
  // The text ends here: whether a value ends with it.
  bool end();

  bool in_string() const { return at_ == At::kString || at_ == At::kEscape || at_ == At::kUnicode; }
  // The value, once it is done.
  Data take() { return std::move(value_); }

 private:
  enum class At : uint8_t {
    kValue,
    kFirstItem,
    kFirstKey,
    kKey,
    kColon,
    kAfter,
    kString,
    kEscape,
    kUnicode,
    kNumber,
    kWord,
    kDone
  };
  struct Frame {
    bool is_object;
    Data::List items = {};
    Data::Object members = {};
    std::string key = {};
  };

  Step begin_value(char c);
  Step open(bool is_object);
  Step close();
  Step finish(Data value);
  Step add_to_string(char c);
  Step add_escaped(char c);
  Step add_unicode(char c);
  Step add_after(char c);
  bool finish_number();

  At at_ = At::kValue;
  std::vector<Frame> frames_;
  std::string text_;  // of the string, number or word that is being read
  bool is_key_ = false;
  uint32_t unit_ = 0;  // of \uNNNN, and how many of its digits came
  int digits_ = 0;
  uint32_t high_ = 0;  // the first half of a pair that waits for the second
  Data value_;
};

// The value that a text is, nothing when it is no JSON.
std::optional<Data> parse_json(std::string_view text);

}  // namespace cria::chat
