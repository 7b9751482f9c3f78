#include "tokenizer/unigram.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/log.h"
#include "base/quote.h"
#include "tokenizer/space_mark.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {
namespace {

// How much worse than the worst token a character without one is.
constexpr double kUnknownPenalty = 10;

// Whether a space stands after another character.
bool has_inner_space(std::string_view token) {
  while (token.starts_with(kSpaceMark)) token.remove_prefix(kSpaceMark.size());
  return token.find(kSpaceMark) != std::string_view::npos;
}

}  // namespace

Unigram::Unigram(Vocabulary vocabulary)
    : Tokenizer(std::move(vocabulary)), normalizer_(vocabulary_), bytes_(vocabulary_) {
  std::vector<Trie::Entry> entries;
  double worst = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < vocabulary_.tokens.size(); ++i) {
    // Only normal tokens can come out of text: the others are found whole, or never.
    if (vocabulary_.types[i] != TokenType::kNormal) continue;
    entries.emplace_back(vocabulary_.tokens[i], static_cast<int32_t>(i));
    worst = std::min(worst, double{vocabulary_.scores[i]});
    parts_at_spaces_ = parts_at_spaces_ && !has_inner_space(vocabulary_.tokens[i]);
  }
  unknown_score_ = (entries.empty() ? 0 : worst) - kUnknownPenalty;
  tokens_ = Trie(std::move(entries));
}

void Unigram::encode_text(std::string_view text, bool, std::vector<Id>& out) const {
  const std::string normalized = normalizer_.normalize(text);
  const std::string_view all = normalized;
  Scratch scratch;
  size_t begin = 0;
  if (parts_at_spaces_) {
    // No token reaches over the start of a word, so words can be encoded alone.
    size_t mark = all.find(kSpaceMark);
    size_t after = 0;  // the last mark
    for (; mark != std::string_view::npos; mark = all.find(kSpaceMark, after)) {
      if (mark > after) {
        encode_stretch(all.substr(begin, mark - begin), scratch, out);
        begin = mark;
      }
      after = mark + kSpaceMark.size();
    }
  }
  encode_stretch(all.substr(begin), scratch, out);
}

void Unigram::find_cuts(std::string_view text, std::vector<Cut>& cuts) const {
  cuts.assign(text.size() + 1, Cut{});
  for (size_t begin = 0; begin < text.size();) {
    const double so_far = cuts[begin].score;
    const auto consider = [&](size_t length, double score, Id id) {
      Cut& cut = cuts[begin + length];
      // Of equal ones the first stays.
      if (cut.length > 0 && !(so_far + score > cut.score)) return;
      cut = {so_far + score, static_cast<uint32_t>(length), id};
    };
    const size_t character = rune_at(text, begin).length;
    bool is_known = false;
    tokens_.for_each_prefix(text.substr(begin), [&](size_t length, Id id) {
      consider(length, vocabulary_.scores[static_cast<size_t>(id)], id);
      is_known = is_known || length == character;
    });
    if (!is_known) consider(character, unknown_score_, -1);
    begin += character;
  }
}

void Unigram::encode_stretch(std::string_view text, Scratch& scratch, std::vector<Id>& out) const {
  find_cuts(text, scratch.cuts);
  scratch.path.clear();
  for (size_t end = text.size(); end > 0; end -= scratch.cuts[end].length) {
    scratch.path.push_back(scratch.cuts[end]);
  }
  size_t begin = 0;
  for (auto cut = scratch.path.rbegin(); cut != scratch.path.rend(); ++cut) {
    const std::string_view part = text.substr(begin, cut->length);
    begin += cut->length;
    const bool follows_unknown = std::exchange(scratch.after_unknown, false);
    if (cut->id >= 0) {
      out.push_back(cut->id);
    } else if (!bytes_.append(part, out)) {
      scratch.after_unknown = true;
      if (vocabulary_.unknown < 0) {
        log::debug("tokenizer: no token for ", quote(part));
      } else if (!follows_unknown) {  // a run of unknown characters is one token
        out.push_back(vocabulary_.unknown);
      }
    }
  }
}

std::string Unigram::bytes_of(Id id) const { return text_of_piece(vocabulary_, id); }

}  // namespace cria::tokenizer
