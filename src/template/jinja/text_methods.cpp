// Methods of texts that make other texts.
#include <algorithm>
#include <array>

#include "template/common/search.h"
#include "template/jinja/formats.h"
#include "template/jinja/methods.h"
#include "template/jinja/operators.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

const MarkedText& needed(const Bound& bound, size_t parameter, std::string_view function) {
  const MarkedText* text = bound.text(parameter);
  if (!text) refuse(function, "(): expected str, not NoneType");
  return *text;
}

Value texts(std::vector<MarkedText> parts, Calls& calls,
            Sequence::Kind kind = Sequence::Kind::kList) {
  Values items;
  for (MarkedText& part : parts) items.push_back(calls.text(std::move(part)));
  return calls.list(std::move(items), kind);
}

Value split_from(Side side, const MarkedText& text, const Arguments& arguments, Calls& calls) {
  const Bound bound("split", arguments, {"sep", "maxsplit"});
  const MarkedText* separator = bound.text(0);
  const int64_t limit = bound.integer(1, -1);
  if (!separator) {
    calls.budget.read(text.size() * 16);
    return texts(split_words(text, limit, side, calls.budget), calls);
  }
  if (separator->size() == 0) refuse("empty separator");
  return texts(split(text, separator->text(), limit, side, calls.budget), calls);
}

template <Side side>
Value stripped(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("strip", arguments, {"chars"});
  return strip(of.marked(), side, bound.text(0), calls);
}

template <MarkedText (*change)(const MarkedText&)>
Value changed(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("the method", arguments, {});
  calls.budget.read(of.text().size() * 16);
  return calls.text(change(of.marked()));
}

Value replace_method(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("replace", arguments, {"old", "new", "count"}, 2);
  return replace(of.marked(), needed(bound, 0, "replace"), needed(bound, 1, "replace"),
                 bound.integer(2, -1), calls);
}

Value split_method(const Value& of, const Arguments& arguments, Calls& calls) {
  return split_from(Side::kLeft, of.marked(), arguments, calls);
}

Value rsplit_method(const Value& of, const Arguments& arguments, Calls& calls) {
  return split_from(Side::kRight, of.marked(), arguments, calls);
}

Value splitlines(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("splitlines", arguments, {"keepends"});
  calls.budget.read(of.text().size() * 16);
  return texts(split_lines(of.marked(), bound.flag(0), calls.budget), calls);
}

Value partition_from(Side side, const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("partition", arguments, {"sep"}, 1);
  const MarkedText& separator = needed(bound, 0, "partition");
  if (separator.size() == 0) refuse("empty separator");
  const std::string& text = of.text();
  const size_t found = side == Side::kLeft ? chat::find_text(text, separator.text())
                                           : chat::find_last_text(text, separator.text());
  const bool has = found != std::string::npos;
  const size_t begin = has ? found : side == Side::kLeft ? text.size() : 0;
  const size_t end = has ? found + separator.size() : begin;
  return texts({of.marked().substr(0, begin), of.marked().substr(begin, end),
                of.marked().substr(end, text.size())},
               calls, Sequence::Kind::kTuple);
}

Value partition(const Value& of, const Arguments& arguments, Calls& calls) {
  return partition_from(Side::kLeft, of, arguments, calls);
}

Value rpartition(const Value& of, const Arguments& arguments, Calls& calls) {
  return partition_from(Side::kRight, of, arguments, calls);
}

Value join_method(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("join", arguments, {"iterable"}, 1);
  return join(iterate(bound.at(0), calls), of.marked(), calls);
}

Value format(const Value& of, const Arguments& arguments, Calls& calls) {
  return text_value(brace_format(of.marked(), arguments, calls));
}

// To a width: how much of what is missing goes to the left.
template <class Left>
Value justified(const Value& of, const Arguments& arguments, Calls& calls, const Left& left) {
  const Bound bound("justify", arguments, {"width", "fillchar"}, 1);
  const MarkedText* fill = bound.text(1);
  if (fill && length(fill->text()) != 1) {
    refuse("the fill character must be exactly one character long");
  }
  const int64_t missing = bound.integer(0, 0) - length(of.text());
  if (missing <= 0) return of;
  constexpr int64_t kWidest = 1'000'000;
  if (missing > kWidest) refuse_unsupported("a width beyond ", kWidest);
  calls.budget.text(static_cast<size_t>(missing));
  const int64_t before = left(missing, bound.integer(0, 0));
  return calls.text(padded(of.marked(), before, missing - before, fill ? fill->text() : " ",
                           !fill || fill->special()));
}

Value ljust(const Value& of, const Arguments& arguments, Calls& calls) {
  return justified(of, arguments, calls, [](int64_t, int64_t) { return int64_t{0}; });
}

Value rjust(const Value& of, const Arguments& arguments, Calls& calls) {
  return justified(of, arguments, calls, [](int64_t missing, int64_t) { return missing; });
}

Value center_method(const Value& of, const Arguments& arguments, Calls& calls) {
  return justified(of, arguments, calls, [](int64_t missing, int64_t width) {
    return missing / 2 + (missing & width & 1);
  });
}

Value zfill(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("zfill", arguments, {"width"}, 1);
  const bool has_sign = of.text().starts_with('-') || of.text().starts_with('+');
  const int64_t missing = bound.integer(0, 0) - length(of.text());
  if (missing <= 0) return of;
  constexpr int64_t kWidest = 1'000'000;
  if (missing > kWidest) refuse_unsupported("a width beyond ", kWidest);
  MarkedText out = of.marked().substr(0, has_sign);
  out.append(padded({}, missing, 0, "0"));
  out.append(of.marked().substr(has_sign, of.text().size()));
  return calls.text(std::move(out));
}

Value expandtabs(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("expandtabs", arguments, {"tabsize"});
  const int64_t size = bound.integer(0, 8);
  constexpr int64_t kWidest = 1000;
  if (size > kWidest) refuse_unsupported("tabs wider than ", kWidest);
  int64_t column = 0;
  return calls.text(mapped(of.marked(), [&](std::string& out, char32_t code) {
    if (code != '\t') {
      chat::append_rune(out, code);
      column = code == '\n' || code == '\r' ? 0 : column + 1;
      return;
    }
    const int64_t spaces = size > 0 ? size - column % size : 0;
    calls.budget.text(static_cast<size_t>(spaces));
    out.append(static_cast<size_t>(spaces), ' ');
    column += spaces;
  }));
}

Value removeprefix(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("removeprefix", arguments, {"prefix"}, 1);
  const MarkedText& prefix = needed(bound, 0, "removeprefix");
  if (!of.text().starts_with(prefix.text())) return of;
  return calls.text(of.marked().substr(prefix.size(), of.text().size()));
}

Value removesuffix(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("removesuffix", arguments, {"suffix"}, 1);
  const MarkedText& suffix = needed(bound, 0, "removesuffix");
  if (!of.text().ends_with(suffix.text())) return of;
  return calls.text(of.marked().substr(0, of.text().size() - suffix.size()));
}

constexpr std::array<Method, 24> kMethods = {{
    {"capitalize", changed<capitalized>},
    {"casefold", changed<lower>},
    {"center", center_method},
    {"expandtabs", expandtabs},
    {"format", format},
    {"join", join_method},
    {"ljust", ljust},
    {"lower", changed<lower>},
    {"lstrip", stripped<Side::kLeft>},
    {"partition", partition},
    {"removeprefix", removeprefix},
    {"removesuffix", removesuffix},
    {"replace", replace_method},
    {"rjust", rjust},
    {"rpartition", rpartition},
    {"rsplit", rsplit_method},
    {"rstrip", stripped<Side::kRight>},
    {"split", split_method},
    {"splitlines", splitlines},
    {"strip", stripped<Side::kBoth>},
    {"swapcase", changed<swapped_case>},
    {"title", changed<titled>},
    {"upper", changed<upper>},
    {"zfill", zfill},
}};

}  // namespace

const Method* find_text_method(std::string_view name) {
  const auto found = std::ranges::find(kMethods, name, &Method::name);
  return found == kMethods.end() ? nullptr : &*found;
}

Value split(const MarkedText& text, const Arguments& arguments, Calls& calls) {
  return split_from(Side::kLeft, text, arguments, calls);
}

Value strip(const MarkedText& text, Side side, const MarkedText* characters, Calls& calls) {
  if (characters) calls.count(characters->size() / 8);
  MarkedText left = strip(
      text, side, characters ? std::optional<std::string_view>(characters->text()) : std::nullopt);
  calls.budget.read((text.size() - left.size()) * 16);
  return calls.text(std::move(left));
}

Value join(const Values& items, const MarkedText& between, Calls& calls) {
  std::vector<MarkedText> parts;
  for (const Value& item : items) {
    check_defined(item);
    if (!item.is_text()) {
      refuse("sequence item ", parts.size(), ": expected str instance, ", type_name(item),
             " found");
    }
    calls.budget.text(item.text().size() + between.size());
    parts.push_back(item.marked());
  }
  return text_value(joined(parts, between));
}

Value replace(const MarkedText& text, const MarkedText& from, const MarkedText& to, int64_t limit,
              Calls& calls) {
  // What it makes counts before it is made.
  size_t position = 0;
  const std::string_view all = text.text();
  for (int64_t count = 0; limit < 0 || count < limit; ++count) {
    position = from.size() == 0 ? position + 1 : chat::find_text(all, from.text(), position);
    if (position > all.size()) break;
    if (from.size() != 0) position += from.size();
    calls.budget.text(to.size() + 1);
  }
  return calls.text(replaced(text, from.text(), to, limit));
}

Value center(const MarkedText& text, int64_t width, const MarkedText& fill, Calls& calls) {
  return center_method(text_value(text), {.positional = {int_value(width), text_value(fill)}},
                       calls);
}

}  // namespace cria::jinja
