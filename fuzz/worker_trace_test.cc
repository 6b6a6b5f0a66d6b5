#include "fuzz/worker_trace.h"

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

TEST(WorkerTrace, IsReadAfterTheProcessEnded) {
  WorkerTrace trace;
  EXPECT_FALSE(trace.HasBegun());
  EXPECT_FALSE(trace.IsCalling());
  EXPECT_EQ(trace.LastRequest(), "");
  EXPECT_EQ(StatusAfter([&] {
              trace.Begin();
              trace.BeginCall("GET /first");
              trace.EndCall();
              trace.BeginCall("GET /2");
              trace.GiveUpCall();
            }),
            0);
  EXPECT_TRUE(trace.HasBegun());
  EXPECT_TRUE(trace.IsCalling());
  EXPECT_EQ(trace.Calls(), 3);
  EXPECT_EQ(trace.LastRequest(), "GET /2");
  EXPECT_TRUE(trace.HasGivenUp());
  EXPECT_EQ(trace.Signal(), 0);
}

TEST(WorkerTrace, KeepsTheBeginningOfALongRequest) {
  WorkerTrace trace;
  trace.BeginCall(std::string(WorkerTrace::kMostBytes + 7, 'x') + "y");
  EXPECT_EQ(trace.LastRequest(), std::string(WorkerTrace::kMostBytes, 'x'));
}

TEST(WorkerTrace, NotesTheSignalAndLeavesItToItsHandler) {
  WorkerTrace trace;
  const int handled = StatusAfter([&] {
    std::signal(SIGSEGV, [](int) { _exit(7); });
    trace.NoteFatalSignals(60);
    raise(SIGSEGV);
  });
  EXPECT_EQ(WEXITSTATUS(handled), 7);
  EXPECT_EQ(trace.Signal(), SIGSEGV);
  WorkerTrace others;
  const int unhandled = StatusAfter([&] {
    std::signal(SIGFPE, SIG_DFL);
    others.NoteFatalSignals(60);
    raise(SIGFPE);
  });
  EXPECT_TRUE(WIFSIGNALED(unhandled));
  EXPECT_EQ(WTERMSIG(unhandled), SIGFPE);
  EXPECT_EQ(others.Signal(), SIGFPE);
}

TEST(WorkerTrace, AHandlerThatNeverReturnsEndsInTime) {
  WorkerTrace trace;
  const int status = StatusAfter([&] {
    std::signal(SIGABRT, [](int) {
      while (true) pause();
    });
    trace.NoteFatalSignals(1);
    abort();
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGALRM);
  EXPECT_EQ(trace.Signal(), SIGABRT);
}

}  // namespace
}  // namespace assay
