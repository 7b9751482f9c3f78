#include "grammar/token_trie.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria::grammar {
namespace {

TEST(TokenTrie, HoldsEachTokenAtThePrefixThatItIs) {
  const TokenTrie trie({"ab", "a", "", "b", "abc", "a", "<end>"}, {6});
  std::string prefixes;
  for (const TokenTrie::Node& node : trie.nodes()) {
    prefixes += concat(node.depth, node.depth > 0 ? static_cast<char>(node.byte) : '-');
    for (const int32_t token : trie.tokens_at(node)) prefixes += concat(" ", token);
    prefixes += concat(" to ", node.end, ", ");
  }
  EXPECT_EQ(prefixes, "0- to 5, 1a 1 5 to 4, 2b 0 to 4, 3c 4 to 4, 1b 3 to 5, ");
  EXPECT_EQ(trie.longest(), 3u);
}

TEST(TokenTrie, MayBeEmpty) {
  const TokenTrie trie({}, {});
  EXPECT_EQ(trie.nodes().size(), 1u);
  EXPECT_EQ(trie.words(), 0u);
}

TEST(TokenTrie, RefusesAnEndThatIsNoToken) {
  test::expect_error([] { TokenTrie({"a"}, {1}); }, Error::Code::kInvalidArgument, {"token 1"});
}

}  // namespace
}  // namespace cria::grammar
