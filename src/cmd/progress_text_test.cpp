#include "cmd/progress_text.h"

#include <gtest/gtest.h>

namespace cria::cmd {
namespace {

TEST(ProgressText, TellsBytesSpeedAndTimeLeft) {
  EXPECT_EQ(progress_text({2'000'000'000, 8'000'000'000, 10}, "bytes"),
            "25%, 2 GB of 8 GB, 200 MB/s, 30s left");
  EXPECT_EQ(progress_text({1'000'000, 8'000'000'000, 1}, "bytes"),
            "0%, 1 MB of 8 GB, 1 MB/s, 2h13m left");
}

TEST(ProgressText, CountsWhatIsNoBytes) {
  EXPECT_EQ(progress_text({1, 4, 30}, "chunks"), "25%, 1 of 4 chunks, 1m30s left");
}

TEST(ProgressText, GuessesNothingBeforeThereIsAnything) {
  EXPECT_EQ(progress_text({0, 4, 30}, "chunks"), "0%, 0 of 4 chunks");
}

TEST(ProgressBar, FillsUp) {
  EXPECT_EQ(progress_bar({0, 8, 0}, 4), "[    ]");
  EXPECT_EQ(progress_bar({3, 8, 1}, 4), "[#   ]");
  EXPECT_EQ(progress_bar({8, 8, 1}, 4), "[####]");
  EXPECT_EQ(progress_bar({9, 8, 1}, 4), "[####]");
  EXPECT_EQ(progress_bar({0, 0, 1}, 4), "[    ]");
}

}  // namespace
}  // namespace cria::cmd
