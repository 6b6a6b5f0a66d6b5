#include "reports/text/secrets.h"

#include <gtest/gtest.h>

#include "spec/record/request.h"

namespace assay {
namespace {

TEST(Secrets, AreDroppedWhateverTheirLetterCase) {
  const auto kept = WithoutSecrets(std::vector<Parameter>{{"Signature", "a"},
                                                          {"accesskeyid", "b"},
                                                          {"SecurityToken", "c"},
                                                          {"BEARERTOKEN", "d"},
                                                          {"access-key-secret", "e"},
                                                          {"SignatureNonce", "n"},
                                                          {"NextToken", "t"}});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].name, "SignatureNonce");
  EXPECT_EQ(kept[1].name, "NextToken");
}

TEST(Secrets, TheSchemeOfSignaturesIsNone) {
  EXPECT_FALSE(IsSecret("--signature"));
  EXPECT_TRUE(IsSecret("Signature") && IsSecret("signature") && IsSecret("--access-key-secret"));
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

TEST(Secrets, AreHiddenInHeaders) {
  EXPECT_EQ(HideSecrets("x-acs-security-token: abc\r\nx: y"), "x-acs-security-token: ***\r\nx: y");
  EXPECT_EQ(HideSecrets("ACS3-HMAC-SHA256 Credential=LTAI,SignedHeaders=a,Signature=0f"),
            "ACS3-HMAC-SHA256 Credential=***,SignedHeaders=a,Signature=***");
  EXPECT_EQ(HideSecrets(R"({\"SecurityToken\":\"abc\"})"), R"({\"SecurityToken\":\"***\"})");
}

TEST(Secrets, AreHiddenInTimeHoweverManyThereAre) {
  std::string text;
  for (int i = 0; i < 500'000; ++i) text += "Signature=abcdef&http://u:p@h SecurityToken%3D";
  const std::string hidden = HideSecrets(text);
  EXPECT_EQ(hidden.find("abcdef"), std::string::npos);
  EXPECT_EQ(hidden.find("u:p"), std::string::npos);
}

TEST(Secrets, OtherTextStays) {
  const std::string text = "SignatureNonce=1 SignatureDoesNotMatch http://host/?a=b@c Signature";
  EXPECT_EQ(HideSecrets(text), text);
}

}  // namespace
}  // namespace assay
