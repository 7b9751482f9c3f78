// What a pattern means as a language, for each part with what comes behind it: there $ and what
// looks ahead apply.

#include <algorithm>

#include "base/error.h"
#include "grammar/regex/pattern.h"

namespace cria::grammar {

struct Pattern::Meaning {
  using Kind = Node::Kind;
  using Id = Languages::Id;
  enum class AtStart { kYes, kNo, kMaybe };

  const Pattern& pattern;
  Languages& languages;

  // A part, and then the rest of the text.
  Id followed(uint32_t id, Id rest, AtStart at_start) {
    const Node& node = pattern.nodes_[id];
    switch (node.kind) {
      case Kind::kChars:
        return languages.sequence(languages.chars(node.chars), rest);
      case Kind::kSequence:
        return sequence(node.parts, rest, at_start);
      case Kind::kChoice: {
        std::vector<Id> ways;
        for (const uint32_t part : node.parts) ways.push_back(followed(part, rest, at_start));
        return languages.either(std::move(ways));
      }
      case Kind::kRepeat:
        return repeat(node, rest, at_start);
      case Kind::kStart:
        if (at_start == AtStart::kMaybe) {
          fail(Error::Code::kUnsupported, "regex: line 1, column ", node.column,
               ": ^ is supported only where a text begins or can not begin");
        }
        return at_start == AtStart::kYes ? rest : Languages::kNothing;
      case Kind::kEnd:
        return languages.both(Languages::kEmptyText, rest);
      case Kind::kAhead:
        return languages.both(ahead(node, at_start), rest);
      default:
        return languages.both(languages.except(ahead(node, at_start)), rest);
    }
  }

  Id ahead(const Node& node, AtStart at_start) {
    return followed(node.parts[0], languages.anything(), at_start);
  }

  Id sequence(const std::vector<uint32_t>& parts, Id rest, AtStart at_start) {
    std::vector<AtStart> starts;
    for (const uint32_t part : parts) {
      starts.push_back(at_start);
      const Lengths lengths = pattern.lengths(part);
      if (lengths.min > 0) {
        at_start = AtStart::kNo;
      } else if (lengths.max > 0 && at_start == AtStart::kYes) {
        at_start = AtStart::kMaybe;
      }
    }
    for (size_t i = parts.size(); i-- > 0;) rest = followed(parts[i], rest, starts[i]);
    return rest;
  }

  Id repeat(const Node& node, Id rest, AtStart at_start) {
    const uint32_t body = node.parts[0];
    if (!pattern.nodes_[body].has_place) {
      const Id once = followed(body, Languages::kEmptyText, at_start);
      return languages.sequence(languages.repeat(once, node.min, node.max), rest);
    }
    if (node.min == 0 && node.max == 1) {
      return languages.either({rest, followed(body, rest, at_start)});
    }
    fail(Error::Code::kUnsupported,
         "regex: ^, $ and what looks ahead are not supported in what is repeated");
  }
};

Languages::Id Pattern::language(Languages& languages, Match match) const {
  constexpr size_t kMostNodes = 2000;
  if (nodes_.size() > kMostNodes) {
    fail(Error::Code::kUnsupported, "regex: ", nodes_.size(), " parts, expected at most ",
         kMostNodes, " to look ahead, or to be combined with others or with bounds");
  }
  using AtStart = Meaning::AtStart;
  Meaning meaning{*this, languages};
  if (match == Match::kWhole) return meaning.followed(root_, Languages::kEmptyText, AtStart::kYes);
  const Languages::Id any = languages.anything();
  const Languages::Id later = languages.sequence(languages.chars(CharSet::all()), any);
  return languages.either({meaning.followed(root_, any, AtStart::kYes),
                           languages.sequence(later, meaning.followed(root_, any, AtStart::kNo))});
}

}  // namespace cria::grammar
