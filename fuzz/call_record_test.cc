#include "fuzz/call_record.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>

namespace assay {
namespace {

// How a process of its own ended, in which that was done: as waitpid() says.
int StatusAfter(const std::function<void()>& work) {
  const pid_t process = fork();
  if (process == 0) {
    work();
    _exit(0);
  }
  int status = -1;
  waitpid(process, &status, 0);
  return status;
}

TEST(CallRecord, IsReadAfterTheProcessEnded) {
  CallRecord calls;
  EXPECT_FALSE(calls.IsOpen());
  EXPECT_EQ(calls.Request(), "");
  EXPECT_EQ(StatusAfter([&] {
              calls.Begin("GET /first");
              calls.End();
              calls.Begin("GET /2");
              calls.GiveUp();
            }),
            0);
  EXPECT_TRUE(calls.IsOpen());
  EXPECT_EQ(calls.Count(), 3);
  EXPECT_EQ(calls.Request(), "GET /2");
  EXPECT_TRUE(calls.IsGivenUp());
  EXPECT_EQ(calls.Signal(), 0);
}

TEST(CallRecord, KeepsTheBeginningOfALongRequest) {
  CallRecord calls;
  calls.Begin(std::string(CallRecord::kMostBytes + 7, 'x') + "y");
  EXPECT_EQ(calls.Request(), std::string(CallRecord::kMostBytes, 'x'));
}

TEST(CallRecord, NotesTheSignalAndLeavesItToItsHandler) {
  CallRecord calls;
  const int handled = StatusAfter([&] {
    std::signal(SIGSEGV, [](int) { _exit(7); });
    calls.NoteFatalSignals(60);
    raise(SIGSEGV);
  });
  EXPECT_EQ(WEXITSTATUS(handled), 7);
  EXPECT_EQ(calls.Signal(), SIGSEGV);
  CallRecord others;
  const int unhandled = StatusAfter([&] {
    std::signal(SIGFPE, SIG_DFL);
    others.NoteFatalSignals(60);
    raise(SIGFPE);
  });
  EXPECT_TRUE(WIFSIGNALED(unhandled));
  EXPECT_EQ(WTERMSIG(unhandled), SIGFPE);
  EXPECT_EQ(others.Signal(), SIGFPE);
}

TEST(CallRecord, AHandlerThatNeverReturnsEndsInTime) {
  CallRecord calls;
  const int status = StatusAfter([&] {
    std::signal(SIGABRT, [](int) {
      while (true) pause();
    });
    calls.NoteFatalSignals(1);
    abort();
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGALRM);
  EXPECT_EQ(calls.Signal(), SIGABRT);
}

}  // namespace
}  // namespace assay
