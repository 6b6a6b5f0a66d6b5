#include "fuzz/worker_trace.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>

namespace assay {

struct WorkerTrace::Shared {
  std::atomic<bool> begun;
  std::atomic<std::uint64_t> calls;
  std::atomic<std::size_t> size;
  std::atomic<bool> given_up;
  std::atomic<int> signal;
  std::array<char, kMostBytes> request;
};

namespace {

constexpr std::array kFatal = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
constexpr std::size_t kSignalStack = std::size_t{1} << 20;

// A handler takes no context.
std::atomic<int>* g_signal = nullptr;
unsigned g_patience_s = 0;
std::array<struct sigaction, kFatal.size()> g_handled_by;

void OnFatalSignal(int signal, siginfo_t* info, void* context) {
  int none = 0;
  g_signal->compare_exchange_strong(none, signal);
  ::signal(SIGALRM, SIG_DFL);
  alarm(g_patience_s);
  const auto found = std::find(kFatal.begin(), kFatal.end(), signal);
  const struct sigaction& next = g_handled_by[static_cast<std::size_t>(found - kFatal.begin())];
  if ((next.sa_flags & SA_SIGINFO) != 0) return next.sa_sigaction(signal, info, context);
  if (next.sa_handler != SIG_DFL && next.sa_handler != SIG_IGN) return next.sa_handler(signal);
  ::signal(signal, SIG_DFL);
  raise(signal);
}

// Without a stack of its own a handler cannot run once the other stack is used up.
void GiveSignalsAStack() {
  stack_t now = {};
  if (sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
  static std::array<char, kSignalStack> stack;
  const stack_t own = {.ss_sp = stack.data(), .ss_flags = 0, .ss_size = stack.size()};
  sigaltstack(&own, nullptr);
}

void* MapShared(std::size_t size) {
  void* const mapped =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  return mapped;
}

}  // namespace

WorkerTrace::WorkerTrace() : shared_(new(MapShared(sizeof(Shared))) Shared) {}

WorkerTrace::~WorkerTrace() { munmap(shared_, sizeof(Shared)); }

void WorkerTrace::Begin() { shared_->begun = true; }

bool WorkerTrace::HasBegun() const { return shared_->begun; }

void WorkerTrace::BeginCall(std::string_view request) {
  const std::size_t size = std::min(request.size(), kMostBytes);
  std::memcpy(shared_->request.data(), request.data(), size);
  shared_->size.store(size, std::memory_order_relaxed);
  shared_->calls.fetch_add(1, std::memory_order_release);
}

void WorkerTrace::EndCall() { shared_->calls.fetch_add(1, std::memory_order_release); }

void WorkerTrace::GiveUpCall() { shared_->given_up = true; }

std::uint64_t WorkerTrace::Calls() const { return shared_->calls.load(std::memory_order_acquire); }

bool WorkerTrace::HasGivenUp() const { return shared_->given_up; }

std::string WorkerTrace::LastRequest() const {
  return {shared_->request.data(), shared_->size.load(std::memory_order_acquire)};
}

int WorkerTrace::Signal() const { return shared_->signal; }

void WorkerTrace::NoteFatalSignals(unsigned patience_s) {
  g_patience_s = patience_s;
  g_signal = &shared_->signal;
  GiveSignalsAStack();
  for (std::size_t i = 0; i < kFatal.size(); ++i) {
    sigaction(kFatal[i], nullptr, &g_handled_by[i]);
    struct sigaction own = {};
    own.sa_sigaction = OnFatalSignal;
    own.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(kFatal[i], &own, nullptr);
  }
}

}  // namespace assay
