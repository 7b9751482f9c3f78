#include "settings/duration.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace cria::settings {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsReadAsGoReadsIt) {
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("-1.5s"), -1500ms);
  EXPECT_EQ(parse_duration("+.5ms"), 500us);
  EXPECT_EQ(parse_duration("3\u00b5s2ns"), 3002ns);
  EXPECT_EQ(parse_duration("0"), 0s);
  for (const char* text :
       {"", "5", "m", "5 m", "5x", "1h-3m", "nan", "1e3s", "5.5.5s", "400000h0", "9999999999h"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, OfKeepingAliveMayBeSecondsOrForEver) {
  EXPECT_EQ(parse_keep_alive("300"), 5min);
  EXPECT_EQ(parse_keep_alive("10m"), 10min);
  EXPECT_EQ(parse_keep_alive("0"), 0s);
  EXPECT_EQ(parse_keep_alive("-1"), std::nullopt);
  EXPECT_EQ(parse_keep_alive("-1m"), std::nullopt);
  EXPECT_EQ(parse_keep_alive("99999999999999"), std::nullopt);
  EXPECT_EQ(parse_keep_alive("9999999999999999999999999"), std::nullopt);
  EXPECT_THROW(parse_keep_alive("soon"), Error);
  EXPECT_THROW(parse_keep_alive(""), Error);
}

TEST(Duration, IsWrittenAsGoWritesIt) {
  EXPECT_EQ(duration_text(0s), "0s");
  EXPECT_EQ(duration_text(5min), "5m0s");
  EXPECT_EQ(duration_text(1h + 30min + 1500ms), "1h30m1.5s");
  EXPECT_EQ(duration_text(-300ms), "-300ms");
  EXPECT_EQ(duration_text(1050us), "1.05ms");
  EXPECT_EQ(duration_text(7ns), "7ns");
  EXPECT_EQ(duration_text(2500ns), "2.5\u00b5s");
}

}  // namespace
}  // namespace cria::settings
