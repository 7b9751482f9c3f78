// Measures a grammar over the vocabulary of a model, and writes texts that fit it:
//   grammar_benchmark VOCABULARY.gguf KIND GRAMMAR time FILE     masks along a text, token by token
//   grammar_benchmark VOCABULARY.gguf KIND GRAMMAR walk COUNT    so many random texts, a JSON
//   string a line grammar_benchmark VOCABULARY.gguf KIND GRAMMAR check         for each such line,
//   whether it fits
// KIND is schema, compact (a schema, without space), gbnf or regex; GRAMMAR is a file.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "fs/gguf/gguf.h"
#include "grammar/gbnf/gbnf.h"
#include "grammar/matcher.h"
#include "grammar/regex/regex.h"
#include "grammar/schema/schema.h"
#include "tokenizer/tokenizer.h"

namespace cria::grammar {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::time_point since) {
  return std::chrono::duration<double, std::micro>(Clock::now() - since).count();
}

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(Error::Code::kNotFound, path, ": cannot open");
  return {std::istreambuf_iterator(file), {}};
}

std::shared_ptr<const Grammar> compile(const std::string& kind, const std::string& text) {
  if (kind == "schema") return compile_schema(text);
  if (kind == "compact") {
    return compile_schema(text, {.whitespace = SchemaOptions::Whitespace::kCompact});
  }
  if (kind == "gbnf") return compile_gbnf(text);
  if (kind == "regex") return compile_regex(text.substr(0, text.find('\n')));
  fail(Error::Code::kInvalidArgument, kind, " is no kind, expected schema, compact, gbnf or regex");
}

std::shared_ptr<const TokenTrie> vocabulary(const char* path) {
  const auto file = gguf::File::open(path);
  const auto tokenizer = tokenizer::make_tokenizer(tokenizer::Vocabulary::from(*file));
  const auto& vocabulary = tokenizer->vocabulary();
  std::vector<std::string> tokens;
  for (size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    tokens.push_back(tokenizer->piece(static_cast<tokenizer::Id>(id)));
  }
  return std::make_shared<TokenTrie>(std::move(tokens), vocabulary.end_of_generation);
}

bool is_allowed(std::span<const uint64_t> mask, int32_t token) {
  return mask[static_cast<size_t>(token) / 64] >> (token % 64) & 1;
}

// The allowed token that takes most of the text; -1: none takes any.
int32_t longest(const TokenTrie& trie, std::span<const uint64_t> mask, std::string_view text) {
  int32_t best = -1;
  for (int32_t token = 0; token < static_cast<int32_t>(trie.size()); ++token) {
    const std::string_view bytes = trie.bytes(token);
    const bool better = best < 0 || bytes.size() > trie.bytes(best).size();
    if (better && !bytes.empty() && is_allowed(mask, token) && text.starts_with(bytes)) {
      best = token;
    }
  }
  return best;
}

void time_masks(const std::shared_ptr<Constraint>& constraint, const std::string& text) {
  const TokenTrie& trie = constraint->trie();
  std::vector<uint64_t> mask(trie.words());
  for (const char* when : {"first text", "again", "again"}) {
    Matcher matcher(constraint);
    std::string_view rest = text;
    double sum = 0, most = 0, accepting = 0;
    int tokens = 0;
    while (!rest.empty()) {
      const auto start = Clock::now();
      matcher.mask(mask);
      const double time = microseconds(start);
      sum += time;
      most = std::max(most, time);
      ++tokens;
      const int32_t token = longest(trie, mask, rest);
      if (token < 0) fail(Error::Code::kInvalidArgument, "the text does not fit at ", rest);
      const auto then = Clock::now();
      matcher.accept(token);
      accepting += microseconds(then);
      rest.remove_prefix(trie.bytes(token).size());
    }
    std::printf("%s: %d masks, %.2f us on average, %.1f us at most; accept %.2f us\n", when, tokens,
                sum / tokens, most, accepting / tokens);
  }
}

void walk(const std::shared_ptr<Constraint>& constraint, int count) {
  const TokenTrie& trie = constraint->trie();
  std::mt19937 random(1);
  std::vector<uint64_t> mask(trie.words());
  for (int done = 0; done < count;) {
    Matcher matcher(constraint);
    std::string text;
    for (int i = 0; i < 400; ++i) {
      matcher.mask(mask);
      std::vector<int32_t> all, closing;
      for (int32_t token = 0; token < static_cast<int32_t>(trie.size()); ++token) {
        if (!is_allowed(mask, token)) continue;
        all.push_back(token);
        const std::string_view bytes = trie.bytes(token);
        if (bytes.size() == 1 && std::string_view("\"]},:").find(bytes) != bytes.npos) {
          closing.push_back(token);
        }
      }
      const auto& from = !closing.empty() && random() % 3 == 0 ? closing : all;
      if (from.empty()) fail(Error::Code::kInternal, "no token is allowed after ", text);
      int32_t token = from[random() % from.size()];
      if (matcher.can_end() && (i > 100 || random() % 3 == 0)) token = trie.ends()[0];
      if (trie.is_end(token)) {
        std::cout << nlohmann::json(text).dump() << std::endl;
        ++done;
        break;
      }
      text += trie.bytes(token);
      matcher.accept(token);
    }
  }
}

void check(const std::shared_ptr<Constraint>& constraint) {
  for (std::string line; std::getline(std::cin, line);) {
    Matcher matcher(constraint);
    const auto text = nlohmann::json::parse(line).get<std::string>();
    std::cout << (matcher.accept_bytes(text) && matcher.can_end() ? "fits" : "no") << std::endl;
  }
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 4)
    fail(Error::Code::kInvalidArgument, "see the top of main.cpp for usage");
  const std::string text = read(arguments[2].c_str());
  auto start = Clock::now();
  const auto grammar = compile(arguments[1], text);
  const double compiling = microseconds(start);
  start = Clock::now();
  const auto trie = vocabulary(arguments[0].c_str());
  const auto constraint = std::make_shared<Constraint>(grammar, trie);
  const std::string& task = arguments[3];
  if (task == "walk") walk(constraint, std::stoi(arguments.at(4)));
  if (task == "check") check(constraint);
  if (task != "time") return 0;
  std::printf("compiled in %.2f ms: %zu states; vocabulary of %zu tokens, %zu nodes\n",
              compiling / 1000, grammar->states(), trie->size(), trie->nodes().size());
  time_masks(constraint, read(arguments.at(4).c_str()));
  return 0;
}

}  // namespace
}  // namespace cria::grammar

int main(int count, char** arguments) {
  try {
    return cria::grammar::run({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "grammar_benchmark: %s\n", error.what());
    return 1;
  }
}
