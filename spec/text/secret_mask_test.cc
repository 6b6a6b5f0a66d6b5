#include "spec/text/secret_mask.h"

#include <gtest/gtest.h>

#include "spec/text/base64.h"
#include "spec/text/percent.h"

namespace assay {
namespace {

constexpr std::string_view kSecret = "se\"cret+/=&<1>";

std::string Hidden(std::string text) {
  SecretMask mask;
  mask.Add(kSecret);
  mask.Hide(text);
  return text;
}

TEST(SecretMasks, HideASecretHoweverItIsSpelled) {
  const std::string plain(kSecret);
  EXPECT_EQ(Hidden("a " + plain + " b " + plain), "a *** b ***");
  EXPECT_EQ(Hidden("a=" + PercentEncode(plain) + "&b"), "a=***&b");
  EXPECT_EQ(Hidden(PercentEncode(PercentEncode(plain))), "***");
  EXPECT_EQ(Hidden("se%22cret%2b%2f%3d%26%3c1%3e"), "***");
  EXPECT_EQ(Hidden(R"("se\"cret+/=&<1>")"), R"("***")");
  EXPECT_EQ(Hidden(R"("se\"cret+\/=&<1>")"), R"("***")");
  EXPECT_EQ(Hidden(R"("se\"cret+/=\u0026\u003c1\u003e")"), R"("***")");
  EXPECT_EQ(Hidden("<a>se&quot;cret+/=&amp;&lt;1&gt;</a>"), "<a>***</a>");
}

TEST(SecretMasks, HideASecretInsideOfBase64) {
  for (const std::string before : {"", "1", "22", "333"}) {
    for (const std::string& secret : {std::string(kSecret), PercentEncode(kSecret)}) {
      const std::string encoded = ToBase64(before + secret + " and more");
      const std::string hidden = Hidden(encoded);
      EXPECT_NE(hidden.find("***"), std::string::npos) << before;
      EXPECT_LT(hidden.size() + secret.size(), encoded.size());
    }
  }
}

TEST(SecretMasks, LeaveOtherTextsAsTheyAre) {
  EXPECT_EQ(Hidden("secret se\"cre"), "secret se\"cre");
  SecretMask mask;
  mask.Add("abc");
  EXPECT_TRUE(mask.empty()) << "too short: every text would be full of it";
}

TEST(SecretMasks, ReadAMillionBeginningsInTime) {
  std::string text, secrets;
  for (int i = 0; i < 1'000'000; ++i) text += "se\"cret+/";
  EXPECT_EQ(Hidden(text), text);
  for (int i = 0; i < 100'000; ++i) secrets += kSecret;
  EXPECT_EQ(Hidden(secrets).size(), 300'000U);
}

}  // namespace
}  // namespace assay
