#include "reports/secrets.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Secrets, AreDroppedWhateverTheirLetterCase) {
  const auto kept = WithoutSecrets({{"Signature", "a"},
                                    {"accesskeyid", "b"},
                                    {"SecurityToken", "c"},
                                    {"BEARERTOKEN", "d"},
                                    {"access-key-secret", "e"},
                                    {"SignatureNonce", "n"},
                                    {"NextToken", "t"}});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].first, "SignatureNonce");
  EXPECT_EQ(kept[1].first, "NextToken");
}

TEST(Secrets, AreHiddenInAStringToSign) {
  EXPECT_EQ(
      HideSecrets("sign is:GET&%2F&AccessKeyId%3DLTAIxx%26Action%3DD%26SecurityToken%3Dq%252Bz"),
      "sign is:GET&%2F&AccessKeyId%3D***%26Action%3DD%26SecurityToken%3D***");
}

TEST(Secrets, AreHiddenInQueriesJsonAndXml) {
  EXPECT_EQ(HideSecrets("?Signature=a%2Bb%3D&x=1"), "?Signature=***&x=1");
  EXPECT_EQ(HideSecrets(R"({"SecurityToken":"abc","AccessKeyId": "k"})"),
            R"({"SecurityToken":"***","AccessKeyId": "***"})");
  EXPECT_EQ(HideSecrets("<BearerToken>abc</BearerToken>"), "<BearerToken>***</BearerToken>");
}

TEST(Secrets, APasswordInAnAddressIsHidden) {
  EXPECT_EQ(HideSecrets("http://me:pw@host:80/a@b"), "http://***@host:80/a@b");
}

TEST(Secrets, OtherTextStays) {
  const std::string text = "SignatureNonce=1 SignatureDoesNotMatch http://host/?a=b@c Signature";
  EXPECT_EQ(HideSecrets(text), text);
}

}  // namespace
}  // namespace assay
