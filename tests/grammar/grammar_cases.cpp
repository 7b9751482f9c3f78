// Walks grammars at random by two engines, ours and llguidance, and compares the tokens that they
// allow, for scripts/check_grammar: grammar_cases VOCABULARY.gguf. A line of JSON on standard input
// is answered by one. Bytes of texts are characters up to U+00FF. A question is
//   {"kind", "text", "their_kind", "their_text", "walks", "steps", "seed", "samples", "besides"}
//     to compare; tokens that hold one of `besides` do not count; or
//   {"kind", "text", "texts"}, to be told which of the texts fit ours.
#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "side.h"

namespace cria::grammar {
namespace {

using Json = nlohmann::ordered_json;
using Mask = std::vector<uint64_t>;

std::string to_characters(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

std::string to_bytes(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<uint8_t>(text[i]);
    if (first < 0x80) {
      bytes += text[i];
    } else {
      bytes += static_cast<char>(first << 6 | (static_cast<uint8_t>(text[++i]) & 0x3f));
    }
  }
  return bytes;
}

std::vector<int32_t> members(const Mask& mask) {
  std::vector<int32_t> tokens;
  for (size_t i = 0; i < mask.size(); ++i) {
    for (uint64_t word = mask[i]; word != 0; word &= word - 1) {
      tokens.push_back(static_cast<int32_t>(i * 64) + std::countr_zero(word));
    }
  }
  return tokens;
}

class Comparison {
 public:
  Comparison(const Tokens& tokens, const Json& question)
      : tokens_(tokens), question_(question), random_(question["seed"].get<uint32_t>()) {
    counted_.resize((tokens.bytes.size() + 63) / 64);
    for (size_t id = 0; id < tokens.bytes.size(); ++id) {
      const bool besides = std::ranges::any_of(question["besides"], [&](const Json& part) {
        return tokens.bytes[id].find(part.get_ref<const std::string&>()) != std::string::npos;
      });
      if (!besides) counted_[id / 64] |= uint64_t{1} << (id % 64);
    }
  }

  Json run() {
    const auto ours =
        open("ours", [&] { return our_walker(tokens_, question_["kind"], question_["text"]); });
    const auto theirs = open("theirs", [&] {
      return their_walker(tokens_, question_["their_kind"], question_["their_text"]);
    });
    if (!ours || !theirs) return answer_;
    const auto walks = question_["walks"].get<int>();
    try {
      for (int i = 0; i < walks; ++i) walk(*ours->copy(), *theirs->copy());
    } catch (const Error& error) {
      answer_["gave_up"] = error.what();
    }
    answer_["steps"] = steps_;
    answer_["equal"] = equal_;
    answer_["ended"] = ended_;
    answer_["differences"] = differences_;
    return answer_;
  }

 private:
  template <class Make>
  std::unique_ptr<Walker> open(const char* side, Make make) {
    try {
      return make();
    } catch (const Error& error) {
      answer_[side] = error.what();
      return nullptr;
    }
  }

  bool is_end(int32_t token) const {
    return std::ranges::find(tokens_.ends, token) != tokens_.ends.end();
  }
  Mask counted(Mask mask) const {
    for (size_t word = 0; word < mask.size(); ++word) mask[word] &= counted_[word];
    return mask;
  }
  int32_t pick(const std::vector<int32_t>& from) { return from[random_() % from.size()]; }

  void walk(Walker& ours, Walker& theirs) {
    std::string text;
    const auto most = question_["steps"].get<int>();
    for (int i = 0; i < most; ++i) {
      const Mask a = counted(ours.mask()), b = counted(theirs.mask());
      ++steps_;
      equal_ += a == b;
      if (a != b) tell(ours, theirs, a, b, text);
      Mask both = a;
      for (size_t word = 0; word < both.size(); ++word) both[word] &= b[word];
      const int32_t token = next(members(both), i, most);
      if (token < 0 || is_end(token)) {
        ended_ += token >= 0;
        return;
      }
      text += tokens_.bytes[static_cast<size_t>(token)];
      ours.accept(token);
      theirs.accept(token);
    }
  }

  // The longer a text is, the sooner it closes what is open and ends. -1: there is nothing to
  // choose.
  int32_t next(const std::vector<int32_t>& choices, int step, int most) {
    if (choices.empty()) return -1;
    const bool hurry = static_cast<int>(random_() % static_cast<uint32_t>(most)) < step;
    if (!hurry) return pick(choices);
    std::vector<int32_t> closing;
    for (const int32_t token : choices) {
      if (is_end(token)) return token;
      const std::string& bytes = tokens_.bytes[static_cast<size_t>(token)];
      if (bytes.size() == 1 && std::string_view("\"]},:").find(bytes) != std::string_view::npos) {
        closing.push_back(token);
      }
    }
    return pick(closing.empty() ? choices : closing);
  }

  // Samples of the tokens that one side allows alone, each completed to a text by that side.
  void tell(Walker& ours, Walker& theirs, const Mask& a, const Mask& b, const std::string& before) {
    for (const bool is_ours : {true, false}) {
      Mask only = is_ours ? a : b;
      for (size_t word = 0; word < only.size(); ++word) only[word] &= ~(is_ours ? b : a)[word];
      const auto tokens = members(only);
      const char* side = is_ours ? "ours" : "theirs";
      const auto most = question_["samples"].get<size_t>();
      for (size_t i = 0; i < std::min<size_t>(3, tokens.size()) && told_[side] < most; ++i) {
        const int32_t token = pick(tokens);
        Json difference{{"side", side},
                        {"before", to_characters(before)},
                        {"token", name_of(token)},
                        {"tokens", tokens.size()}};
        if (const auto text = complete(is_ours ? ours : theirs, token, before)) {
          difference["text"] = to_characters(*text);
        }
        ++told_[side];
        differences_.push_back(std::move(difference));
      }
    }
  }
  std::string name_of(int32_t token) const {
    return is_end(token) ? "<end>" : to_characters(tokens_.bytes[static_cast<size_t>(token)]);
  }

  std::optional<std::string> complete(const Walker& from, int32_t token, std::string text) {
    constexpr int kMost = 200;
    const auto walker = from.copy();
    for (int i = 0; i < kMost; ++i) {
      if (token < 0) return std::nullopt;
      if (is_end(token)) return text;
      text += tokens_.bytes[static_cast<size_t>(token)];
      walker->accept(token);
      token = next(members(walker->mask()), i + 10, 40);
    }
    return std::nullopt;
  }

  const Tokens& tokens_;
  const Json& question_;
  std::mt19937 random_;
  Mask counted_;
  Json answer_ = Json::object(), differences_ = Json::array();
  std::map<std::string, size_t> told_;
  int64_t steps_ = 0, equal_ = 0, ended_ = 0;
};

Json answer(const Tokens& tokens, const Json& question) {
  if (!question.contains("texts")) return Comparison(tokens, question).run();
  std::vector<std::string> texts;
  for (const Json& text : question["texts"]) texts.push_back(to_bytes(text.get<std::string>()));
  try {
    return {{"fits", fits(question["kind"], question["text"], texts)}};
  } catch (const Error& error) {
    return {{"ours", error.what()}};
  }
}

}  // namespace
}  // namespace cria::grammar

int main(int count, char** arguments) {
  using namespace cria::grammar;
  if (count != 2) return 2;
  const Tokens tokens = tokens_of(arguments[1]);
  for (std::string line; std::getline(std::cin, line);) {
    std::cout
        << answer(tokens, Json::parse(line)).dump(-1, ' ', false, Json::error_handler_t::replace)
        << std::endl;
  }
  return 0;
}
