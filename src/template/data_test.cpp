#include "template/data.h"

#include <gtest/gtest.h>

namespace cria::chat {
namespace {

TEST(Data, KnowsItsKind) {
  EXPECT_EQ(Data().kind(), Data::Kind::kNull);
  EXPECT_EQ(Data(true).kind(), Data::Kind::kBool);
  EXPECT_EQ(Data(7).integer(), 7);
  EXPECT_EQ(Data(int64_t{1} << 62).integer(), int64_t{1} << 62);
  EXPECT_EQ(Data(0.5).real(), 0.5);
  EXPECT_EQ(Data("a").text(), "a");
  EXPECT_EQ(Data(Data::List{1, "b"}).list()[1].text(), "b");
}

TEST(Data, KeepsTheOrderOfMembersAndFindsTheLastOfAName) {
  const Data object = Data::Object{{"b", 1}, {"a", 2}, {"b", 3}};
  EXPECT_EQ(object.object()[0].first, "b");
  EXPECT_EQ(object.find("b")->integer(), 3);
  EXPECT_EQ(object.find("c"), nullptr);
}

}  // namespace
}  // namespace cria::chat
