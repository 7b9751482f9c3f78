#include "grammar/token_trie.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria::grammar {
namespace {

std::string nodes_of(const TokenTrie& trie) {
  std::string prefixes;
  for (const TokenTrie::Node& node : trie.nodes()) {
    prefixes += concat(node.depth, node.depth > 0 ? static_cast<char>(node.byte) : '-');
    for (const int32_t token : trie.tokens_at(node)) prefixes += concat(" ", token);
    prefixes += concat(" to ", node.end, ", ");
  }
  return prefixes;
}

TEST(TokenTrie, HoldsEachTokenAtThePrefixThatItIs) {
  const TokenTrie trie({"ab", "a", "", "b", "abc", "a", "<end>"}, {6});
  EXPECT_EQ(nodes_of(trie), "0- to 5, 1a 1 5 to 4, 2b 0 to 4, 3c 4 to 4, 1b 3 to 5, 0- to 6, ");
  EXPECT_EQ(trie.longest(), 3u);
}

TEST(TokenTrie, KeepsTokensOfPlainCharactersApart) {
  const std::string longer(17, 'x');
  const TokenTrie trie({"a\"", "A1", "é", "\xc3", longer, "_"}, {});
  EXPECT_EQ(trie.roots(), (std::array<uint32_t, 2>{0, 6}));
  EXPECT_EQ(nodes_of(trie).substr(0, 58),
            "0- to 6, 1A to 3, 21 1 to 3, 1_ 5 to 4, 1\xc3 to 6, 2\xa9 2 to 6");
  EXPECT_EQ(trie.nodes()[0].kinds, kind_of('A') | kind_of('1') | kind_of('_') | kind_of(U'é'));
  EXPECT_EQ(trie.nodes()[0].longest, 2u);
  ASSERT_EQ(trie.plain(1).size(), 2u);
  EXPECT_EQ(trie.plain(1)[0].token, 2);
  EXPECT_EQ(trie.plain(1)[1].token, 5);
  ASSERT_EQ(trie.plain(2).size(), 1u);
  EXPECT_EQ(trie.plain(2)[0].kinds, kind_of('A') | kind_of('1'));
}

TEST(TokenTrie, MayBeEmpty) {
  const TokenTrie trie({}, {});
  EXPECT_EQ(trie.nodes().size(), 2u);
  EXPECT_EQ(trie.words(), 0u);
}

TEST(TokenTrie, RefusesAnEndThatIsNoToken) {
  test::expect_error([] { TokenTrie({"a"}, {1}); }, Error::Code::kInvalidArgument, {"token 1"});
}

}  // namespace
}  // namespace cria::grammar
