// Filters that make texts.
#include <algorithm>
#include <array>

#include "template/jinja/filters.h"
#include "template/jinja/formats.h"
#include "template/jinja/json.h"
#include "template/jinja/operators.h"
#include "template/jinja/printer.h"
#include "template/jinja/strings.h"
#include "template/jinja/wrapping.h"

namespace cria::jinja {
namespace {

template <MarkedText (*change)(const MarkedText&)>
Value changed(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("the filter", arguments, {});
  const MarkedText text = to_text(value, calls);
  calls.budget.read(text.size() * 16);
  return calls.text(change(text));
}

// Each word's first letter; words begin behind spaces and some signs.
MarkedText word_titles(const MarkedText& text) {
  bool begins = true;
  return mapped(text, [&](std::string& out, char32_t code) {
    MarkedText one;
    std::string letter;
    chat::append_rune(letter, code);
    one.append(letter, true);
    out += (begins ? upper(one) : lower(one)).text();
    constexpr std::u32string_view kSigns = U"-({[<";
    begins = is_space(code) || kSigns.find(code) != std::u32string_view::npos;
  });
}

Value string(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("string", arguments, {});
  return value.is_text() ? value : calls.text(to_text(value, calls));
}

Value trim(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("trim", arguments, {"chars"});
  return strip(to_text(value, calls), Side::kBoth, bound.text(0), calls);
}

Value replace_filter(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("replace", arguments, {"old", "new", "count"}, 2);
  const bool has_count = bound.find(2) && !bound.at(2).is_none();
  return replace(to_text(value, calls), to_text(bound.at(0), calls), to_text(bound.at(1), calls),
                 has_count ? bound.integer(2, -1) : -1, calls);
}

Value center_filter(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("center", arguments, {"width"});
  return center(to_text(value, calls), bound.integer(0, 80), MarkedText(" ", true), calls);
}

Value format(const Value& value, const Arguments& arguments, Calls& calls) {
  if (!arguments.positional.empty() && !arguments.keywords.empty()) {
    refuse("can't handle positional and keyword arguments at the same time");
  }
  Dict named;
  for (const auto& [name, argument] : arguments.keywords) named.set(text_value(name), argument);
  const Value values =
      arguments.keywords.empty() ? tuple_value(arguments.positional) : dict_value(std::move(named));
  return text_value(percent_format(to_text(value, calls), values, calls));
}

Value join_filter(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("join", arguments, {"d", "attribute"});
  Values texts;
  for (const Value& item : iterate(value, calls)) {
    texts.push_back(text_value(to_text(attribute_path(item, bound.find(1), calls), calls)));
  }
  return join(texts, bound.find(0) ? to_text(bound.at(0), calls) : MarkedText(), calls);
}

Value escape(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("escape", arguments, {});
  constexpr std::array<std::pair<char32_t, std::string_view>, 5> kNames = {
      {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&#34;"}, {'\'', "&#39;"}}};
  const MarkedText text = to_text(value, calls);
  calls.budget.read(text.size() * 16);
  return calls.text(mapped(text, [&](std::string& out, char32_t code) {
    const auto name =
        std::ranges::find(kNames, code, &std::pair<char32_t, std::string_view>::first);
    name == kNames.end() ? chat::append_rune(out, code) : void(out += name->second);
  }));
}

Value urlencode(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("urlencode", arguments, {});
  const auto encoded = [&](const Value& part, bool in_query) {
    MarkedText out;
    to_text(part, calls).for_each_stretch([&](std::string_view text, bool special) {
      std::string made;
      for (const char c : text) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                              (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-' ||
                              c == '~' || (c == '/' && !in_query);
        const auto byte = static_cast<unsigned char>(c);
        if (is_plain) {
          made += c;
        } else if (c == ' ' && in_query) {
          made += '+';
        } else {
          made += {'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]};
        }
      }
      out.append(made, special);
    });
    return out;
  };
  const bool is_query = value.is(Value::Kind::kDict) || value.is(Value::Kind::kSequence);
  if (!is_query) return calls.text(encoded(value, false));
  Values pairs;
  if (value.is(Value::Kind::kDict)) {
    for (const auto& [key, member] : value.dict().entries()) {
      pairs.push_back(tuple_value({key, member}));
    }
  } else {
    pairs = iterate(value, calls);
  }
  std::vector<MarkedText> parts;
  for (const Value& pair : pairs) {
    const Values both = iterate(pair, calls);
    if (both.size() != 2) refuse("urlencode: expected pairs");
    parts.push_back(
        joined({encoded(both[0], true), encoded(both[1], true)}, MarkedText("=", true)));
  }
  return calls.text(joined(parts, MarkedText("&", true)));
}

// Lines but the first begin with the indentation, and so do all with `first`.
Value indent(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("indent", arguments, {"width", "first", "blank"});
  check_defined(value);
  if (!value.is_text()) refuse("indent: expected str, not ", type_name(value));
  const Value width = bound.at_or(0, int_value(4));
  MarkedText space = width.is_text() ? width.marked() : MarkedText();
  if (!width.is_text()) {
    const int64_t columns = bound.integer(0, 4);
    if (columns > 1'000'000) refuse_unsupported("an indentation beyond 1000000");
    space = padded({}, columns, 0);
  }
  MarkedText all = value.marked();
  all.append("\n", true);
  const std::vector<MarkedText> lines = split_lines(all, false, calls.budget);
  calls.budget.text(lines.size() * (space.size() + 1) + all.size());
  MarkedText out;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out.append("\n", true);
    const bool is_indented = i == 0 ? bound.flag(1) : bound.flag(2) || lines[i].size() > 0;
    if (is_indented) out.append(space);
    out.append(lines[i]);
  }
  return text_value(std::move(out));
}

Value truncate(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("truncate", arguments, {"length", "killwords", "end", "leeway"});
  if (value.is_undefined()) return value;
  if (!value.is_text()) refuse("truncate: expected str, not ", type_name(value));
  const MarkedText end = bound.text(2) ? *bound.text(2) : MarkedText("...", true);
  const int64_t size = bound.integer(0, 255), kept = size - length(end.text());
  const bool has_leeway = bound.find(3) && !bound.at(3).is_none();
  const int64_t leeway = has_leeway ? bound.integer(3, 5) : 5;
  if (kept < 0) refuse("truncate: expected length >= ", length(end.text()), ", got ", size);
  if (leeway < 0) refuse("truncate: expected leeway >= 0, got ", leeway);
  const std::vector<size_t> places = offsets(value.text());
  if (static_cast<int64_t>(places.size()) - 1 <= size + leeway) return value;
  MarkedText out = value.marked().substr(0, places[static_cast<size_t>(kept)]);
  if (!bound.flag(1)) out = split(out, " ", 1, Side::kRight, calls.budget).front();
  out.append(end);
  return calls.text(std::move(out));
}

Value striptags(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("striptags", arguments, {});
  return calls.text(without_tags(to_text(value, calls), calls.budget));
}

Value wordwrap_filter(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("wordwrap", arguments,
                    {"width", "break_long_words", "wrapstring", "break_on_hyphens"});
  check_defined(value);
  if (!value.is_text()) refuse("wordwrap: expected str, not ", type_name(value));
  const WrapStyle style{.width = bound.integer(0, 79),
                        .breaks_long_words = bound.flag(1, true),
                        .breaks_on_hyphens = bound.flag(3, true)};
  if (style.width <= 0) refuse("invalid width ", style.width, " (must be > 0)");
  const MarkedText between = bound.text(2) ? *bound.text(2) : MarkedText("\n", true);
  calls.budget.read(value.text().size() * 64);
  count_pieces(value.text().size() / static_cast<size_t>(style.width), calls.budget);
  std::vector<MarkedText> lines;
  for (const MarkedText& line : split_lines(value.marked(), false, calls.budget)) {
    std::vector<MarkedText> parts = wrapped(line, style);
    calls.budget.text(parts.size() * (between.size() + 1));
    lines.push_back(joined(parts, between));
  }
  return calls.text(joined(lines, between));
}

Value tojson(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("tojson", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style{.escapes_unicode = bound.flag(0), .sorts_keys = bound.flag(3)};
  if (bound.find(1) && !bound.at(1).is_none()) {
    const Value& indent = bound.at(1);
    if (!indent.is_text() && bound.integer(1, 0) > 1000)
      refuse_unsupported("an indentation beyond 1000");
    style.indent =
        indent.is_text()
            ? indent.text()
            : std::string(static_cast<size_t>(std::max<int64_t>(bound.integer(1, 0), 0)), ' ');
    style.between_items.assign(1, ',');
  }
  if (bound.find(2) && !bound.at(2).is_none()) {
    const Values both = iterate(bound.at(2), calls);
    if (both.size() != 2 || !both[0].is_text() || !both[1].is_text()) {
      refuse("tojson: separators must be two texts");
    }
    style.between_items = both[0].text();
    style.behind_key = both[1].text();
  }
  return text_value(json_text(value, style, calls));
}

constexpr std::array<Filter, 20> kFilters = {{
    {"capitalize", changed<capitalized>},
    {"center", center_filter},
    {"e", escape},
    {"escape", escape},
    {"forceescape", escape},
    {"format", format},
    {"indent", indent},
    {"join", join_filter},
    {"lower", changed<lower>},
    {"replace", replace_filter},
    {"safe", string},
    {"string", string},
    {"striptags", striptags},
    {"title", changed<word_titles>},
    {"tojson", tojson},
    {"trim", trim},
    {"truncate", truncate},
    {"upper", changed<upper>},
    {"urlencode", urlencode},
    {"wordwrap", wordwrap_filter},
}};

}  // namespace

const Filter* find_text_filter(std::string_view name) {
  const auto found = std::ranges::find(kFilters, name, &Filter::name);
  return found == kFilters.end() ? nullptr : &*found;
}

}  // namespace cria::jinja
