#include "spec/catalogue/fingerprint.h"

#include <gtest/gtest.h>

#include <string>

namespace assay {
namespace {

constexpr char kDocument[] = "PageSize | Integer |\nThe number of entries  per page. Default: 10.";

TEST(Fingerprint, HoldsRunsOfWordsWhateverPartsThem) {
  const Fingerprint fingerprint = FingerprintOf(kDocument, "salt");
  EXPECT_TRUE(fingerprint.Holds("entries per page."));
  EXPECT_TRUE(fingerprint.Holds("| The number"));
  EXPECT_TRUE(fingerprint.Holds("PageSize"));
  EXPECT_TRUE(fingerprint.Holds("10."));
}

TEST(Fingerprint, DoesNotHoldWhatTheDocumentDoesNotSay) {
  const Fingerprint fingerprint = FingerprintOf(kDocument, "salt");
  EXPECT_FALSE(fingerprint.Holds("entries of page."));
  EXPECT_FALSE(fingerprint.Holds("per entries"));
  EXPECT_FALSE(fingerprint.Holds("entries page."));
  EXPECT_FALSE(fingerprint.Holds("entries per page"));
  EXPECT_FALSE(fingerprint.Holds("Default: 10. PageSize"));
  EXPECT_FALSE(fingerprint.Holds(""));
}

TEST(Fingerprint, DependsOnTheSalt) {
  EXPECT_NE(FingerprintOf("word", "a").words, FingerprintOf("word", "b").words);
}

TEST(Fingerprint, TextIsReadBack) {
  std::string document;
  for (int i = 0; i < 25; ++i) document += "word" + std::to_string(i) + " ";
  const Fingerprint written = FingerprintOf(document, "salt");
  const Result<Fingerprint> read = ParseFingerprint(written.Text(), "f");
  ASSERT_TRUE(read.has_value()) << read.error().Text();
  EXPECT_EQ(read->salt, written.salt);
  EXPECT_EQ(read->words, written.words);
}

TEST(Fingerprint, ErrorsNameTheFileAndTheWord) {
  const auto error = [](const std::string& text) {
    const Result<Fingerprint> read = ParseFingerprint(text, "f");
    return read.has_value() ? "" : read.error().Text();
  };
  EXPECT_EQ(error(""), "f: does not begin with `assay-fingerprint/1 SALT COUNT`");
  EXPECT_EQ(error("assay-fingerprint/2 s 0"),
            "f: does not begin with `assay-fingerprint/1 SALT COUNT`");
  EXPECT_EQ(error("assay-fingerprint/1 s 2 0123abcd 12"),
            "f: word 2: `12` is not eight hex digits");
  EXPECT_EQ(error("assay-fingerprint/1 s 2 0123abcd"), "f: promises 2 words and holds 1");
  EXPECT_EQ(error("assay-fingerprint/1 s 1 0123abcd"), "");
}

}  // namespace
}  // namespace assay
