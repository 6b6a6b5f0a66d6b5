#include "spec/text/seed_option.h"

#include <CLI/CLI.hpp>
#include <charconv>

namespace assay {

void AddSeedOption(CLI::App& command, std::uint64_t& seed, const std::string& text) {
  const auto is_number = [](const std::string& value) {
    std::uint64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [at, error] = std::from_chars(value.data(), end, number);
    return error == std::errc() && at == end
               ? std::string()
               : "`" + value + "` is not a seed: give a whole number from 0 to 2^64-1";
  };
  command.add_option("--seed", seed, text)->capture_default_str()->check(is_number);
}

}  // namespace assay
