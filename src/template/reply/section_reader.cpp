#include "template/reply/section_reader.h"

#include <utility>

#include "template/reply/json_call.h"
#include "template/reply/named_call.h"

namespace cria::chat {
namespace {

using Style = CallSyntax::Style;

constexpr int kClose = 0, kSectionClose = 1;

std::vector<std::string> literals_of(const CallSyntax& syntax) {
  std::vector<std::string> texts = {syntax.close, syntax.section_close};
  texts.insert(texts.end(), syntax.opens.begin(), syntax.opens.end());
  return texts;
}

}  // namespace

SectionReader::SectionReader(CallSink& sink, const CallSyntax& syntax, const Tools& tools,
                             Begin begin)
    : sink_(sink),
      syntax_(syntax),
      tools_(tools),
      begin_(begin),
      literals_(literals_of(syntax)),
      is_opened_(begin == Begin::kCall) {}

Step SectionReader::add(char c) {
  if (call_) return add_to_call(c);
  if (literals_.has_begun()) return add_literal(c);
  return is_space(c) ? Step::kMore : add_between(c);
}

Step SectionReader::begin_call(std::unique_ptr<CallReader> call, char c) {
  call_ = std::move(call);
  return add_to_call(c);
}

Step SectionReader::add_to_call(char c) {
  const Step step = call_->add(c);
  if (step != Step::kDone) return step;
  expects_close_ = !syntax_.close.empty() && !call_->has_closed();
  call_.reset();
  is_opened_ = false;
  has_calls_ = true;
  return next();
}

Step SectionReader::next() const {
  // Models forget what opens a section, and write what closes it.
  const bool may_close = begin_ != Begin::kBare && !syntax_.section_close.empty();
  const bool is_more = is_in_list_ || expects_close_ || may_close;
  return is_more ? Step::kMore : Step::kDone;
}

bool SectionReader::may_begin_name(char c) const {
  return is_opened_ || (syntax_.style == Style::kPython && c != '<' && c != '`');
}

Step SectionReader::add_between(char c) {
  if (c == '{') {
    return begin_call(std::make_unique<JsonCall>(sink_, syntax_, begin_ == Begin::kBare), c);
  }
  if (c == '[' && !is_in_list_ && !has_calls_) {
    is_in_list_ = true;
    return Step::kMore;
  }
  if (c == ']' && is_in_list_) {
    is_in_list_ = false;
    return next();
  }
  if (c == ',' && has_calls_ && is_in_list_) return Step::kMore;
  if (may_begin_name(c)) {
    return begin_call(std::make_unique<NamedCall>(sink_, syntax_, tools_), c);
  }
  return add_literal(c);
}

Step SectionReader::add_literal(char c) {
  switch (literals_.add(c)) {
    case Literals::kMore:
      return Step::kMore;
    case Literals::kNone:
      return has_calls_ ? Step::kDoneBefore : Step::kBroken;
    case kClose:
      expects_close_ = false;
      return next();
    case kSectionClose:
      return Step::kDone;
    default:
      is_opened_ = true;
      return Step::kMore;
  }
}

}  // namespace cria::chat
