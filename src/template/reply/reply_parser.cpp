#include "template/reply/reply_parser.h"

#include <random>
#include <utility>

namespace cria::chat {

ReplyParser::ReplyParser(ReplyFormat format, Data tools, Begins begins, MakeId make_id)
    : format_(std::move(format)),
      tools_(std::move(tools)),
      make_id_(std::move(make_id)),
      is_thought_(begins == Begins::kThought),
      drops_space_(is_thought_) {
  look_for_markers();
  if (begins != Begins::kCall) return;
  const std::string& open = format_.calls->opens.front();
  unsaid_ = open.size();
  for (const char c : open) add_byte(c);
}

std::vector<ReplyEvent> ReplyParser::add(std::string_view text) {
  for (const char c : text) add_byte(c);
  return std::exchange(events_, {});
}

std::vector<ReplyEvent> ReplyParser::end() {
  for (scan(true); is_inside(); scan(true)) section_ ? give_up_section() : give_up_header();
  if (!ends_with_call_ && !space_.empty()) {
    tell(is_thought_ ? Kind::kThinking : Kind::kContent, std::exchange(space_, {}));
  }
  return std::exchange(events_, {});
}

std::string ReplyParser::random_call_id() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  thread_local std::mt19937_64 random(std::random_device{}());
  std::uniform_int_distribution<size_t> any(0, kLetters.size() - 1);
  std::string id = "call_";
  for (int i = 0; i < 8; ++i) id += kLetters[any(random)];
  return id;
}

void ReplyParser::look_for_markers() {
  markers_.clear();
  const auto add = [&](const std::string& text, Role role) {
    if (!text.empty()) markers_.push_back({text, role});
  };
  const bool is_free = !is_thought_ || format_.is_channelled;
  if (is_thought_) add(format_.thought_end, Role::kThoughtEnd);
  if (format_.is_channelled || (!is_thought_ && !has_text_)) {
    add(format_.thought_begin, Role::kThoughtBegin);
  }
  if (is_free) {
    for (const std::string& text : format_.ignored) add(text, Role::kIgnored);
    for (const std::string& text : format_.headers) add(text, Role::kHeader);
  }
  if (is_free && format_.calls && !tools_.empty()) {
    add(format_.calls->section_open, Role::kSection);
    for (const std::string& text : format_.calls->opens) add(text, Role::kCall);
  }
  std::vector<std::string> texts;
  for (const Marker& marker : markers_) texts.push_back(marker.text);
  scanner_.look_for(std::move(texts));
}

void ReplyParser::add_byte(char c) {
  if (section_) {
    add_to_section(c);
    return;
  }
  if (!header_.empty()) {
    add_to_header(c);
    return;
  }
  scanner_.put(c);
  scan(false);
}

void ReplyParser::scan(bool is_all) {
  while (!is_inside()) {
    const int which = is_all ? scanner_.last() : scanner_.next();
    if (which == MarkerScanner::kNothing) return;
    if (which != MarkerScanner::kByte) {
      found(markers_[static_cast<size_t>(which)]);
      continue;
    }
    const char c = scanner_.byte();
    const bool may_call = format_.calls && format_.calls->is_bare && !tools_.empty();
    if (may_call && !is_thought_ && is_line_begin_ && (c == '{' || c == '[')) {
      begin_section(SectionReader::Begin::kBare, "");
      add_to_section(c);
    } else {
      add_text(c);
    }
  }
  for (const char c : scanner_.take()) add_byte(c);
}

void ReplyParser::found(const Marker& marker) {
  const Marker is = marker;  // they change
  if (is.role == Role::kSection || is.role == Role::kCall) {
    is_thought_ = false;
    begin_section(
        is.role == Role::kCall ? SectionReader::Begin::kCall : SectionReader::Begin::kSection,
        is.text);
    return;
  }
  if (is.role == Role::kHeader) {
    header_ = is.text;
    return;
  }
  unsaid_ = 0;
  const bool was_thought = std::exchange(is_thought_, is.role == Role::kThoughtBegin);
  if (is_thought_ || was_thought) {
    space_.clear();
    drops_space_ = true;
    is_line_begin_ = true;
  }
  look_for_markers();
}

void ReplyParser::add_to_header(char c) {
  constexpr size_t kLongest = 256;
  header_ += c;
  if (header_.ends_with(format_.header_end)) {
    header_.clear();
    found({"", Role::kIgnored});
  } else if (header_.size() > kLongest) {
    give_up_header();
  }
}

void ReplyParser::give_up_header() {
  for (const char c : std::exchange(header_, {})) add_text(c);
}

void ReplyParser::begin_section(SectionReader::Begin begin, std::string opening) {
  raw_ = std::move(opening);
  CallSink& sink = *this;
  section_ = std::make_unique<SectionReader>(sink, *format_.calls, tools_, begin);
  call_ = {};
}

void ReplyParser::add_to_section(char c) {
  raw_ += c;
  const Step step = section_->add(c);
  if (step == Step::kMore) return;
  if (step == Step::kDone) {
    section_.reset();
    look_for_markers();
    return;
  }
  raw_.pop_back();
  give_up_section();
  add_byte(c);
}

// Between calls something else may have begun; what was read of a call is text.
void ReplyParser::give_up_section() {
  const bool is_after_call = section_->is_after_call();
  section_.reset();
  look_for_markers();
  for (const char c : std::exchange(raw_, {})) {
    if (is_after_call) {
      add_byte(c);
    } else {
      add_text(c);
    }
  }
}

// White space waits for what comes after it: next to calls and thoughts it may say nothing.
void ReplyParser::add_text(char c) {
  if (unsaid_ > 0) {
    --unsaid_;
    return;
  }
  const Kind kind = is_thought_ ? Kind::kThinking : Kind::kContent;
  if (is_space(c)) {
    is_line_begin_ = is_line_begin_ || c == '\n';
    const bool waits = is_thought_ || !has_text_ || (format_.calls && !tools_.empty());
    if (!waits) tell(kind, {&c, 1});
    if (waits && !drops_space_) space_ += c;
    return;
  }
  drops_space_ = false;
  is_line_begin_ = false;
  ends_with_call_ = false;
  if (!space_.empty()) tell(kind, std::exchange(space_, {}));
  tell(kind, {&c, 1});
  if (!is_thought_ && !std::exchange(has_text_, true)) look_for_markers();
}

void ReplyParser::tell(Kind kind, std::string_view text) {
  if (events_.empty() || events_.back().kind != kind) events_.push_back({.kind = kind});
  events_.back().text += text;
}

bool ReplyParser::begin(std::string_view name, std::string_view id) {
  if (!tools_.has(name)) return false;
  call_ = {.id = id.empty() ? make_id_() : std::string(id),
           .index = calls_++,
           .name = std::string(name),
           .arguments = {}};
  events_.push_back({.kind = Kind::kToolBegin, .call = call_});
  return true;
}

void ReplyParser::arguments(std::string_view json) {
  if (events_.empty() || events_.back().kind != Kind::kToolArguments) {
    events_.push_back({.kind = Kind::kToolArguments, .call = call_});
  }
  events_.back().text += json;
}

void ReplyParser::end(Data arguments) {
  call_.arguments = std::move(arguments);
  events_.push_back({.kind = Kind::kToolEnd, .call = std::exchange(call_, {})});
  raw_.clear();
  unsaid_ = 0;
  ends_with_call_ = true;
  is_line_begin_ = true;
  has_text_ = true;
}

}  // namespace cria::chat
