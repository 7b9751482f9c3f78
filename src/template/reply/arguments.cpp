#include "template/reply/arguments.h"

#include "template/reply/json_text.h"

namespace cria::chat {

Step ArgumentsWriter::put(char c) {
  const bool was_in_string = reader_.in_string();
  const Step step = reader_.add(c);
  if (step == Step::kBroken || step == Step::kDoneBefore) return Step::kBroken;
  if (was_in_string && static_cast<unsigned char>(c) < 0x20) {
    std::string escaped;
    append_escaped(escaped, c);
    sink_.arguments(escaped);
  } else {
    sink_.arguments({&c, 1});
  }
  if (step == Step::kDone) sink_.end(reader_.take());
  return step;
}

Step ArgumentsWriter::put(std::string_view json) {
  Step step = Step::kMore;
  for (const char c : json) {
    step = put(c);
    if (step == Step::kBroken) break;
  }
  return step;
}

Step JsonArguments::add(char c) {
  if (!has_begun_) {
    if (is_space(c)) return Step::kMore;
    if (c != '{') return Step::kBroken;
    has_begun_ = true;
  }
  return writer_.put(c);
}

}  // namespace cria::chat
