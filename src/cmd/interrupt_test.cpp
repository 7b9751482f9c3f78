#include "cmd/interrupt.h"

#include <gtest/gtest.h>

namespace cria::cmd {
namespace {

bool blocked() {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return sigismember(&mask, SIGINT) == 1;
}

// Else a thread that is started within the outer one would take an interrupt, and the main thread,
// which waits for it, would go on waiting.
TEST(BlockInterrupts, OneWithinAnotherLeavesThemBlocked) {
  ASSERT_FALSE(blocked());
  {
    const BlockInterrupts outer;
    { const BlockInterrupts inner; }
    EXPECT_TRUE(blocked());
  }
  EXPECT_FALSE(blocked());
}

TEST(WaitForInput, EndsAtAnInterruptThatCameBefore) {
  const InterruptHandler handler;
  raise(SIGINT);
  EXPECT_FALSE(wait_for_input(0));
  EXPECT_TRUE(take_interrupt());
  EXPECT_FALSE(take_interrupt());
}

}  // namespace
}  // namespace cria::cmd
