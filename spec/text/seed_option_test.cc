#include "spec/text/seed_option.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace assay {
namespace {

TEST(SeedOption, TakesWholeNumbersFromZeroAlone) {
  for (const auto& [text, wanted] :
       {std::pair("0", std::uint64_t{0}), std::pair("18446744073709551615", ~std::uint64_t{0}),
        std::pair("007", std::uint64_t{7})}) {
    CLI::App app;
    std::uint64_t seed = 1;
    AddSeedOption(app, seed, "");
    app.parse(std::string("--seed=") + text);
    EXPECT_EQ(seed, wanted) << text;
  }
  for (const char* text : {"", "-1", "1.5", "x", "0x10", "18446744073709551616"}) {
    CLI::App app;
    std::uint64_t seed = 1;
    AddSeedOption(app, seed, "");
    EXPECT_THROW(app.parse(std::string("--seed=") + text), CLI::ParseError) << text;
    EXPECT_EQ(seed, 1U) << text;
  }
}

}  // namespace
}  // namespace assay
