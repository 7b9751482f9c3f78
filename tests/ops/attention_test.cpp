// The cpu backend's promise about attention: what a token gets depends on its own history alone,
// bit for bit.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "ml/backend.h"
#include "ml/ops.h"

namespace cria::ml {
namespace {

constexpr int64_t kHeads = 6, kKvHeads = 2, kDim = 32, kBlock = 32, kBlocks = 24;

struct Token {
  int32_t sequence, position;
  auto operator<=>(const Token&) const = default;
};
using Tokens = std::vector<Token>;
using Results = std::map<Token, std::vector<float>>;

// What a token sees when all see alike, as of an encoder: a part of two sequences' blocks each.
struct Seen {
  int32_t first, last;
};

struct Setting {
  DType keys = DType::kF16, values = DType::kF16;
  AttentionOptions options = {};
  bool has_sinks = false;
  std::vector<Seen> seen = {};  // by sequence; empty: tokens see what comes before them
};

Tokens range(int32_t sequence, int32_t begin, int32_t end) {
  Tokens tokens;
  for (int32_t p = begin; p < end; ++p) tokens.push_back({sequence, p});
  return tokens;
}

Tokens operator+(Tokens a, const Tokens& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Two sequences in a cache, each token's query, key and value a function of where it stands.
class Session {
 public:
  Session(const Setting& setting, int threads)
      : setting_(setting), backend_(make_backend("cpu", {.threads = threads})) {
    keys_ = allocate(StateRole::kKeys, setting.keys);
    values_ = allocate(StateRole::kValues, setting.values);
    setting_.options.scale = 0.25f;
    setting_.options.block_size = kBlock;
  }

  void run(const Tokens& tokens) {
    Graph graph;
    const int64_t t = std::ssize(tokens);
    const Tensor q = graph.input("q", DType::kF32, {t, kHeads, kDim});
    const Tensor k = graph.input("k", DType::kF32, {t, kKvHeads, kDim});
    const Tensor v = graph.input("v", DType::kF32, {t, kKvHeads, kDim});
    const Tensor sinks = graph.input("sinks", DType::kF32, {kHeads});
    const Tensor slots = graph.input("slots", DType::kI32, {t});
    const History history{.keys = store(graph.state(*keys_), k, slots),
                          .values = store(graph.state(*values_), v, slots),
                          .tables = graph.input("tables", DType::kI32, {2, kBlocks}),
                          .sequences = graph.input("sequences", DType::kI32, {t}),
                          .positions = graph.input("positions", DType::kI32, {t}),
                          .firsts = graph.input("firsts", DType::kI32, {t})};
    const Tensor out =
        attention(q, history, setting_.options, setting_.has_sinks ? sinks : Tensor());
    const auto plan = backend_->plan(graph, std::span(&out, 1));
    floats(*plan, q, tokens, kHeads, 0.37f);
    floats(*plan, k, tokens, kKvHeads, 0.73f);
    floats(*plan, v, tokens, kKvHeads, 0.11f);
    floats(*plan, sinks, {{0, 1}}, 0, 0);
    fill<int32_t>(*plan, history.tables, 2 * kBlocks, [](int64_t i) { return table(i); });
    fill<int32_t>(*plan, history.sequences, t, [&](int64_t i) { return tokens[i].sequence; });
    fill<int32_t>(*plan, history.positions, t, [&](int64_t i) {
      return setting_.seen.empty() ? tokens[i].position : setting_.seen[tokens[i].sequence].last;
    });
    fill<int32_t>(*plan, history.firsts, t, [&](int64_t i) {
      return setting_.seen.empty() ? 0 : setting_.seen[tokens[i].sequence].first;
    });
    fill<int32_t>(*plan, slots, t, [&](int64_t i) {
      const Token& token = tokens[i];
      return table(token.sequence * kBlocks + token.position / kBlock) * int32_t{kBlock} +
             token.position % int32_t{kBlock};
    });
    backend_->run(*plan);
    for (int64_t i = 0; i < t; ++i) {
      const auto row =
          plan->output(0).subspan(static_cast<size_t>(i * kHeads * kDim), kHeads * kDim);
      results_[tokens[i]] = {row.begin(), row.end()};
    }
  }

  const Results& results() const { return results_; }

 private:
  // Blocks in an order of their own.
  static int32_t table(int64_t i) { return static_cast<int32_t>(i * 7 % (2 * kBlocks)); }

  std::unique_ptr<State> allocate(StateRole role, DType type) {
    return backend_->allocate({.name = "state",
                               .role = role,
                               .dtype = type,
                               .shape = {2 * kBlocks * kBlock, kKvHeads, kDim},
                               .block_size = kBlock});
  }

  template <class T, class Value>
  static void fill(Plan& plan, Tensor input, int64_t n, Value value) {
    T* to = reinterpret_cast<T*>(plan.input(input).data());
    for (int64_t i = 0; i < n; ++i) to[i] = value(i);
  }
  static void floats(Plan& plan, Tensor input, const Tokens& tokens, int64_t heads, float step) {
    const int64_t row = heads > 0 ? heads * kDim : kHeads;
    fill<float>(plan, input, std::ssize(tokens) * row, [&](int64_t i) {
      const Token& token = tokens[i / row];
      const int64_t at = (token.sequence * 1000 + token.position) * row + i % row;
      return 1.5f * std::sin(static_cast<float>(at) * (step + 0.01f) + static_cast<float>(at % 17));
    });
  }

  Setting setting_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<State> keys_, values_;
  Results results_;
};

std::vector<Setting> settings() {
  return {{},
          {.keys = DType::kQ8_0, .values = DType::kBF16},
          {.keys = DType::kF32, .values = DType::kQ8_0, .options = {.window = 300}},
          {.options = {.softcap = 2}, .has_sinks = true}};
}

// Two sequences that have grown long, in passes of whole prompts and on one thread.
Results expected(const Setting& setting) {
  Session session(setting, 1);
  session.run(range(0, 0, 700));
  session.run(range(1, 0, 290));
  return session.results();
}

void expect_same(const Results& actual, const Results& expected) {
  for (const auto& [token, row] : actual) {
    ASSERT_EQ(row, expected.at(token))
        << "sequence " << token.sequence << ", position " << token.position;
  }
}

TEST(PagedAttention, OfATokenIsTheSameHoweverThePromptIsCut) {
  for (const Setting& setting : settings()) {
    const Results whole = expected(setting);
    for (const int threads : {1, 2, 3}) {
      SCOPED_TRACE(threads);
      Session session(setting, threads);
      for (int32_t begin = 0; begin < 700; begin += 137)
        session.run(range(0, begin, std::min(700, begin + 137)));
      expect_same(session.results(), whole);
    }
  }
}

TEST(PagedAttention, OfATokenIsTheSameDecodedAsInAPrompt) {
  for (const Setting& setting : settings()) {
    const Results whole = expected(setting);
    for (const int threads : {1, 2, 3}) {
      SCOPED_TRACE(threads);
      Session session(setting, threads);
      for (const auto& [begin, end] : {std::pair{0, 250}, {266, 500}, {516, 690}}) {
        session.run(range(0, begin, end));
        for (int32_t p = end; p < std::min(end + 16, 700); ++p) session.run(range(0, p, p + 1));
      }
      expect_same(session.results(), whole);
    }
  }
}

TEST(PagedAttention, OfATokenIsTheSameAloneAndInABatch) {
  for (const Setting& setting : settings()) {
    const Results whole = expected(setting);
    for (const int threads : {1, 2, 3}) {
      SCOPED_TRACE(threads);
      Session session(setting, threads);
      session.run(range(0, 0, 400) + range(1, 0, 30));
      session.run(range(1, 30, 270) + range(0, 400, 680));
      for (int32_t i = 0; i < 20; ++i)
        session.run(range(0, 680 + i, 681 + i) + range(1, 270 + i, 271 + i));
      expect_same(session.results(), whole);
    }
  }
}

// The keys and values are there before, as an encoder writes them.
TEST(PagedAttention, OfTokensThatSeeAlikeIsTheSameTogetherAsAlone) {
  for (Setting setting : settings()) {
    if (setting.options.window > 0) continue;
    setting.seen = {{40, 650}, {0, 200}};
    for (const int threads : {1, 3}) {
      SCOPED_TRACE(threads);
      Session together(setting, threads), alone(setting, threads);
      const Tokens all = range(0, 0, 700) + range(1, 0, 290);
      for (Session* session : {&together, &alone}) session->run(all);
      together.run(range(0, 100, 160) + range(1, 20, 90));
      for (const Token& token : range(0, 100, 160) + range(1, 20, 90)) alone.run({token});
      expect_same(together.results(), alone.results());
    }
  }
}

}  // namespace
}  // namespace cria::ml
