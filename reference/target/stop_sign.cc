#include "reference/target/stop_sign.h"

#include <csignal>
#include <utility>

namespace assay {
namespace {

volatile std::sig_atomic_t g_signal = 0;

extern "C" void NoteSignal(int number) { g_signal = number; }

}  // namespace

void StopSign::StopAt(Clock::time_point when, std::string why) {
  deadline_ = when;
  why_late_ = std::move(why);
}

bool StopSign::IsUp() const {
  if (g_signal != 0) return true;
  return deadline_ != Clock::time_point::max() && Clock::now() >= deadline_;
}

std::string StopSign::Why() const {
  if (g_signal == SIGINT) return "by a signal (SIGINT)";
  if (g_signal == SIGTERM) return "by a signal (SIGTERM)";
  return why_late_;
}

void StopOnSignals() {
  struct sigaction action = {};
  action.sa_handler = NoteSignal;
  sigemptyset(&action.sa_mask);
  // The second one finds the default action, which ends the program.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace assay
