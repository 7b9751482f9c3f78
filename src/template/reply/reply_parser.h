#pragma once
// Parts what a model writes into thoughts, text and calls of tools, as it comes. Nothing is lost
// but markers, white space next to them, and what calls are made of: what looked like a call and is
// none is text again, byte for byte. A call that broke after it began has no end.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "template/reply/call_reader.h"
#include "template/reply/marker_scanner.h"
#include "template/reply/reply_event.h"
#include "template/reply/reply_format.h"
#include "template/reply/section_reader.h"
#include "template/reply/tools.h"

namespace cria::chat {

class ReplyParser final : private CallSink {
 public:
  using Begins = ReplyFormat::Begins;
  using MakeId = std::function<std::string()>;

  // Without tools nothing is a call. Ids are made for calls that bring none before their arguments.
  ReplyParser(ReplyFormat format, Data tools, Begins begins = Begins::kText,
              MakeId make_id = random_call_id);
  ReplyParser(const ReplyParser&) = delete;
  ReplyParser& operator=(const ReplyParser&) = delete;

  // What is certain now. Text may be cut anywhere.
  std::vector<ReplyEvent> add(std::string_view text);
  // What was held back; nothing comes after it.
  std::vector<ReplyEvent> end();

  // "call_" and eight letters or digits.
  static std::string random_call_id();

 private:
  using Kind = ReplyEvent::Kind;
  enum class Role : uint8_t { kThoughtBegin, kThoughtEnd, kIgnored, kHeader, kSection, kCall };
  struct Marker {
    std::string text;
    Role role;
  };

  void add_byte(char c);
  void scan(bool is_all);
  void found(const Marker& marker);
  void look_for_markers();
  // What comes is none of the scanner's.
  bool is_inside() const { return section_ || !header_.empty(); }

  void add_to_header(char c);
  void give_up_header();

  void begin_section(SectionReader::Begin begin, std::string opening);
  void add_to_section(char c);
  void give_up_section();

  void add_text(char c);
  void tell(Kind kind, std::string_view text);

  bool begin(std::string_view name, std::string_view id) override;
  void arguments(std::string_view json) override;
  void end(Data arguments) override;

  const ReplyFormat format_;
  const Tools tools_;
  MakeId make_id_;
  MarkerScanner scanner_;
  std::vector<Marker> markers_;  // that may come now
  std::vector<ReplyEvent> events_;

  bool is_thought_;
  bool has_text_ = false;                            // anything but white space and thoughts
  bool drops_space_ = false, is_line_begin_ = true;  // what comes next, and where it stands
  bool ends_with_call_ = false;
  std::string space_;  // held back
  size_t unsaid_ = 0;  // bytes of what the prompt opened, which are no text of the reply

  std::string header_;  // what was read of one
  std::unique_ptr<SectionReader> section_;
  std::string raw_;  // of the section, since its last call
  ToolCall call_;
  int64_t calls_ = 0;
};

}  // namespace cria::chat
