#pragma once
// Replies parted in several cuts, shown as text: "T:thought", "C:text", "begin call_1 f",
// "A:arguments", "end call_1 f {..}".

#include <gtest/gtest.h>

#include <algorithm>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "template/reply/json_text.h"
#include "template/reply/known_formats.h"
#include "template/reply/reply_parser.h"

namespace cria::test {

using chat::Data;
using chat::ReplyEvent;
using chat::ReplyFormat;
using chat::ReplyParser;

inline std::string json_of(const Data& data) {
  std::string out;
  switch (data.kind()) {
    case Data::Kind::kNull:
      return "null";
    case Data::Kind::kBool:
      return data.boolean() ? "true" : "false";
    case Data::Kind::kInteger:
      return std::to_string(data.integer());
    case Data::Kind::kReal:
      return concat(data.real());
    case Data::Kind::kText:
      return chat::json_string(data.text());
    case Data::Kind::kList:
      for (const Data& item : data.list()) out += concat(out.empty() ? "" : ",", json_of(item));
      return concat("[", out, "]");
    case Data::Kind::kObject:
      for (const auto& [key, value] : data.object()) {
        out += concat(out.empty() ? "" : ",", chat::json_string(key), ":", json_of(value));
      }
      return concat("{", out, "}");
  }
  return out;
}

inline Data tool(const std::string& name, Data::Object properties) {
  const Data parameters = Data::Object{{"type", "object"}, {"properties", std::move(properties)}};
  return Data::Object{{"type", "function"},
                      {"function", Data::Object{{"name", name}, {"parameters", parameters}}}};
}

inline Data type(const std::string& name) { return Data::Object{{"type", name}}; }

// add(a: integer, b: number or null, note: text, tags: list), now()
inline Data tools() {
  return Data::List{tool("add", {{"a", type("integer")},
                                 {"b", Data::Object{{"type", Data::List{"number", "null"}}}},
                                 {"note", type("string")},
                                 {"tags", type("array")}}),
                    tool("now", {})};
}

inline void append(std::vector<ReplyEvent>& to, const std::vector<ReplyEvent>& more) {
  for (const ReplyEvent& event : more) {
    const bool is_begun = !to.empty() && to.back().kind == event.kind && !event.text.empty() &&
                          to.back().call.index == event.call.index;
    if (is_begun) {
      to.back().text += event.text;
    } else {
      to.push_back(event);
    }
  }
}

inline std::vector<std::string> shown(const std::vector<ReplyEvent>& events) {
  using Kind = ReplyEvent::Kind;
  std::vector<std::string> out;
  for (const ReplyEvent& event : events) {
    const std::string call = event.call.id + " " + event.call.name;
    if (event.kind == Kind::kThinking) out.push_back(concat("T:", event.text));
    if (event.kind == Kind::kContent) out.push_back(concat("C:", event.text));
    if (event.kind == Kind::kToolBegin) out.push_back(concat("begin ", call));
    if (event.kind == Kind::kToolArguments) out.push_back(concat("A:", event.text));
    if (event.kind == Kind::kToolEnd) {
      out.push_back(concat("end ", call, " ", json_of(event.call.arguments)));
    }
  }
  return out;
}

// All of a reply, cut where `cuts` says so.
template <class NextSize>
std::vector<ReplyEvent> parted(const ReplyFormat& format, std::string_view text,
                               const NextSize& next_size,
                               ReplyParser::Begins begins = ReplyParser::Begins::kText,
                               const Data& given = tools()) {
  int ids = 0;
  ReplyParser parser(format, given, begins, [&] { return concat("call_", ++ids); });
  std::vector<ReplyEvent> events;
  while (!text.empty()) {
    const size_t size = std::min(text.size(), next_size());
    append(events, parser.add(text.substr(0, size)));
    text.remove_prefix(size);
  }
  append(events, parser.end());
  return events;
}

// Whole, byte by byte and in random pieces it is the same.
inline std::vector<std::string> reply(const ReplyFormat& format, std::string_view text,
                                      ReplyParser::Begins begins = ReplyParser::Begins::kText,
                                      const Data& given = tools()) {
  const auto whole = shown(parted(
      format, text, [&] { return text.size(); }, begins, given));
  EXPECT_EQ(shown(parted(
                format, text, [] { return size_t{1}; }, begins, given)),
            whole);
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(shown(parted(
                  format, text, [&] { return size_t{1} + random() % 9; }, begins, given)),
              whole);
  }
  return whole;
}

using Lines = std::vector<std::string>;

// Of a call of add(a=1), the first one.
inline const Lines kOne = {"begin call_1 add", "A:{\"a\": 1}", "end call_1 add {\"a\":1}"};

inline Lines with(Lines before, const Lines& calls = kOne, const Lines& after = {}) {
  before.insert(before.end(), calls.begin(), calls.end());
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

inline ReplyFormat by_sign(std::string_view sign) { return chat::format_shown_in(sign).value(); }

}  // namespace cria::test
