// Measures a grammar over the vocabulary of a model, and writes texts that fit it:
//   grammar_benchmark VOCABULARY.gguf KIND GRAMMAR time FILE     masks along a text, token by token
//   grammar_benchmark VOCABULARY.gguf KIND GRAMMAR walk COUNT    so many random texts, a JSON
//   string a line grammar_benchmark VOCABULARY.gguf KIND GRAMMAR check         for each such line,
//   whether it fits
// KIND is schema, compact (a schema, without space), gbnf or regex; GRAMMAR is a file.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>
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

// Of this thread's work alone: whatever else the machine does is not measured.
double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}
double microseconds(double since) { return now() - since; }

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

double median(std::vector<double> times) {
  std::ranges::nth_element(times, times.begin() + std::ssize(times) / 2);
  return times[times.size() / 2];
}

struct Times {
  std::vector<double> masks;  // microseconds
  double accepting = 0;       // of all tokens

  double mean() const {
    return std::accumulate(masks.begin(), masks.end(), 0.0) / static_cast<double>(masks.size());
  }
};

// A mask before each token of a text.
Times follow(const std::shared_ptr<Constraint>& constraint, std::string_view text) {
  const TokenTrie& trie = constraint->trie();
  std::vector<uint64_t> mask(trie.words());
  Matcher matcher(constraint);
  Times times;
  while (!text.empty()) {
    const double start = now();
    matcher.mask(mask);
    times.masks.push_back(microseconds(start));
    const int32_t token = longest(trie, mask, text);
    if (token < 0) fail(Error::Code::kInvalidArgument, "the text does not fit at ", text);
    const double then = now();
    matcher.accept(token);
    times.accepting += microseconds(then);
    text.remove_prefix(trie.bytes(token).size());
  }
  return times;
}

// Of several runs the one of the median mean.
void report(const char* when, std::vector<Times> runs) {
  std::ranges::sort(runs, {}, &Times::mean);
  const Times& run = runs[runs.size() / 2];
  std::printf(
      "%s: %zu masks, mean %.2f us (best run %.2f), median %.2f us, at most %.0f us; accept %.2f "
      "us\n",
      when, run.masks.size(), run.mean(), runs[0].mean(), median(run.masks),
      std::ranges::max(run.masks), run.accepting / static_cast<double>(run.masks.size()));
}

void time_masks(const std::shared_ptr<const Grammar>& grammar,
                const std::shared_ptr<const TokenTrie>& trie, const std::string& text) {
  constexpr int kRuns = 11;
  std::vector<Times> first, again;
  for (int i = 0; i < kRuns; ++i) {
    const auto constraint = std::make_shared<Constraint>(grammar, trie);
    first.push_back(follow(constraint, text));
    again.push_back(follow(constraint, text));
  }
  report("nothing known", std::move(first));
  report("all known", std::move(again));
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
  double start = now();
  const auto grammar = compile(arguments[1], text);
  const double compiling = microseconds(start);
  start = now();
  const auto trie = vocabulary(arguments[0].c_str());
  const auto constraint = std::make_shared<Constraint>(grammar, trie);
  const std::string& task = arguments[3];
  if (task == "walk") walk(constraint, std::stoi(arguments.at(4)));
  if (task == "check") check(constraint);
  if (task != "time") return 0;
  std::printf("compiled in %.2f ms: %zu states; vocabulary of %zu tokens, %zu nodes\n",
              compiling / 1000, grammar->states(), trie->size(), trie->nodes().size());
  time_masks(grammar, trie, read(arguments.at(4).c_str()));
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
