#include "template/reply/json_call.h"

#include <utility>

namespace cria::chat {

void JsonCall::Holder::arguments(std::string_view json) {
  if (call_.has_begun_) {
    call_.sink_.arguments(json);
  } else {
    call_.held_ += json;
  }
}

void JsonCall::Holder::end(Data arguments) {
  call_.told_ = std::move(arguments);
  call_.has_arguments_ = true;
}

Step JsonCall::add(char c) {
  if (at_ == At::kInKey) return add_to_key(c);
  if (at_ == At::kInValue) return add_to_value(c);
  if (is_space(c)) return Step::kMore;
  switch (at_) {
    case At::kBegin:
      if (c != '{') return Step::kBroken;
      at_ = At::kFirstKey;
      return Step::kMore;
    case At::kFirstKey:
      if (c == '}') return add_after(c);
      [[fallthrough]];
    case At::kKey:
      if (c != '"') return Step::kBroken;
      at_ = At::kInKey;
      value_ = {};
      return add_to_key(c);
    case At::kColon:
      if (c != ':') return Step::kBroken;
      at_ = At::kValue;
      return Step::kMore;
    case At::kValue:
      return begin_value(c);
    default:
      return add_after(c);
  }
}

JsonCall::Role JsonCall::role_of(std::string_view key) const {
  if (syntax_.name_key.empty()) return Role::kArguments;
  if (key == syntax_.name_key || key == "name") return Role::kName;
  if (key == syntax_.arguments_key || key == "arguments" || key == "parameters")
    return Role::kArguments;
  if (key == "id" || key == "tool_call_id") return Role::kId;
  return key == "function" ? Role::kFunction : Role::kOther;
}

Step JsonCall::add_to_key(char c) {
  const Step step = value_.add(c);
  if (step != Step::kDone) return step;
  const std::string key = value_.take().text();
  role_ = role_of(key);
  if (syntax_.name_key.empty()) {
    if (std::exchange(has_name_, true)) return Step::kBroken;
    name_ = key;
  }
  if (is_strict_ && role_ == Role::kOther && key != "type") return Step::kBroken;
  at_ = At::kColon;
  return Step::kMore;
}

Step JsonCall::begin_value(char c) {
  if (role_ == Role::kFunction && c == '{') {
    if (std::exchange(is_inside_, true)) return Step::kBroken;
    at_ = At::kFirstKey;
    return Step::kMore;
  }
  if (role_ == Role::kFunction) role_ = Role::kName;
  if (role_ == Role::kArguments) {
    if (has_arguments_) return Step::kBroken;
    if (has_name_ && !begin_call()) return Step::kBroken;
    if (c == '{') arguments_ = std::make_unique<JsonArguments>(holder_);
  }
  value_ = {};
  at_ = At::kInValue;
  return add_to_value(c);
}

Step JsonCall::add_to_value(char c) {
  const Step step = arguments_ ? arguments_->add(c) : value_.add(c);
  if (step == Step::kMore || step == Step::kBroken) return step;
  const Step ended = end_value();
  return step == Step::kDoneBefore && ended == Step::kMore ? add(c) : ended;
}

Step JsonCall::end_value() {
  at_ = At::kAfter;
  if (std::exchange(arguments_, nullptr)) return Step::kMore;
  const Data value = value_.take();
  const bool is_text = value.kind() == Data::Kind::kText;
  if (role_ == Role::kName) {
    if (!is_text || std::exchange(has_name_, true)) return Step::kBroken;
    name_ = value.text();
  } else if (role_ == Role::kId) {
    if (is_text) id_ = value.text();
    if (value.kind() == Data::Kind::kInteger) id_ = std::to_string(value.integer());
  } else if (role_ == Role::kArguments) {
    // Some models write the object as a text, or null for none.
    if (!is_text && !value.is_null()) return Step::kBroken;
    const std::string_view json = is_text ? trimmed(value.text()) : "{}";
    JsonArguments inner(holder_);
    for (const char c : json) {
      if (inner.add(c) == Step::kBroken) return Step::kBroken;
    }
    if (!has_arguments_) return Step::kBroken;
  }
  return Step::kMore;
}

Step JsonCall::add_after(char c) {
  if (c == ',' && at_ == At::kAfter) {
    at_ = At::kKey;
    return Step::kMore;
  }
  if (c != '}') return Step::kBroken;
  if (!std::exchange(is_inside_, false)) return end_call();
  at_ = At::kAfter;
  return Step::kMore;
}

bool JsonCall::begin_call() {
  if (has_begun_) return true;
  if (!sink_.begin(name_, id_)) return false;
  has_begun_ = true;
  if (!held_.empty()) sink_.arguments(held_);
  return true;
}

Step JsonCall::end_call() {
  if (!has_name_ || (is_strict_ && !has_arguments_) || !begin_call()) return Step::kBroken;
  if (!has_arguments_) {
    sink_.arguments("{}");
    told_ = Data::Object{};
  }
  sink_.end(std::move(told_));
  return Step::kDone;
}

}  // namespace cria::chat
