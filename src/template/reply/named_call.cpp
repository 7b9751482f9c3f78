#include "template/reply/named_call.h"

#include <cctype>

namespace cria::chat {
namespace {

constexpr size_t kLongest = 256;  // of names and what stands next to them

bool is_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' ||
         c == '/';
}

// What stands after an id's mark, up to the next one.
std::string id_in(const std::string& text, const std::string& open) {
  const size_t at = open.empty() ? std::string::npos : text.find(open);
  if (at == std::string::npos) return "";
  const size_t begin = at + open.size();
  return std::string(trimmed(std::string_view(text).substr(begin, text.find('[', begin) - begin)));
}

}  // namespace

Step NamedCall::add(char c) {
  switch (at_) {
    case At::kId:
      return add_to_id(c);
    case At::kName:
      return add_to_name(c);
    case At::kSeparator:
      return add_to_separator(c);
    case At::kBody:
      return is_space(c) ? Step::kMore : begin_arguments(c);
    case At::kArguments:
      return arguments_->add(c);
  }
  return Step::kBroken;
}

Step NamedCall::add_to_id(char c) {
  id_ += c;
  if (id_.size() > kLongest) return Step::kBroken;
  if (id_end_.ends(id_)) at_ = At::kName;
  return Step::kMore;
}

Step NamedCall::add_to_name(char c) {
  if (is_of_name(c) || (!name_.empty() && tools_.may_become(name_ + c))) {
    name_ += c;
    return name_.size() > kLongest ? Step::kBroken : Step::kMore;
  }
  if (name_.empty()) return is_space(c) ? Step::kMore : Step::kBroken;
  const std::string& prefix = syntax_.naming_id;
  if (!prefix.empty() && name_.starts_with(prefix)) {
    id_ = name_;
    name_.erase(0, prefix.size());
  }
  if (!tools_.has(name_)) return Step::kBroken;
  at_ = syntax_.separator.empty() ? At::kBody : At::kSeparator;
  return add(c);
}

// Something else may stand before it: an id, or what the arguments are written in.
Step NamedCall::add_to_separator(char c) {
  between_ += c;
  if (between_.size() > kLongest) return Step::kBroken;
  if (!separator_.ends(between_)) return Step::kMore;
  if (!syntax_.naming_id.empty() && !id_.empty()) id_ += between_;
  at_ = At::kBody;
  return Step::kMore;
}

Step NamedCall::begin_arguments(char c) {
  const bool is_object = c == '{' && syntax_.style != CallSyntax::Style::kQuoted;
  if (!is_object && syntax_.style == CallSyntax::Style::kNamed) return Step::kBroken;
  if (id_.empty()) id_ = id_in(between_, syntax_.id_open);
  if (!sink_.begin(name_, trimmed(id_))) return Step::kBroken;
  at_ = At::kArguments;
  if (is_object) {
    arguments_ = std::make_unique<JsonArguments>(sink_);
  } else if (syntax_.style == CallSyntax::Style::kTagged) {
    arguments_ = tagged_arguments(sink_, syntax_, tools_, name_);
  } else if (syntax_.style == CallSyntax::Style::kPython) {
    arguments_ = python_arguments(sink_);
  } else {
    arguments_ = quoted_arguments(sink_, syntax_);
  }
  return arguments_->add(c);
}

}  // namespace cria::chat
