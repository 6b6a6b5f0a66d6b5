#include "spec/catalogue/parameter_values.h"

#include <gtest/gtest.h>

#include <string>

namespace assay {
namespace {

constexpr char kSoundValues[] =
    R"json({"parameters": [{"name": "Status", "values": [{"name": "absent"},
          {"name": "hit", "odd": true, "region": "other", "where": {"Status": "failed"},
           "set": {"Status": "$hit.Status"}, "method": "POST", "placement": "form"}]}],
        "odd_values": [{"name": "octets", "values": ["a", "$octets(FF00)", "$repeat(3,ab)"], "fuzzed": ["b"]}]})json";

std::string ValuesErrorWith(std::string part, std::string by) {
  std::string text = kSoundValues;
  text.replace(text.find(part), part.size(), by);
  const Result<ParameterValues> values = ParseParameterValues(text, "parameters.json");
  return values.has_value() ? "" : values.error().Text();
}

TEST(ParseParameterValues, ReadsWhatIsWritten) {
  const Result<ParameterValues> values = ParseParameterValues(kSoundValues, "parameters.json");
  ASSERT_TRUE(values.has_value()) << values.error().Text();
  const AbstractValue& hit = values->parameters.at(0).values.at(1);
  EXPECT_EQ(hit.name, "hit");
  EXPECT_TRUE(hit.odd && hit.other_region);
  EXPECT_EQ(hit.change.method, "POST");
  EXPECT_EQ(hit.change.placement, Placement::kForm);
  EXPECT_EQ(hit.change.where.at(0).second, "failed");
  EXPECT_EQ(hit.change.set.at(0).second, "$hit.Status");
  EXPECT_EQ(values->Odd("octets").values.at(1), std::string("\xFF\0", 2));
  EXPECT_EQ(values->Odd("octets").values.at(2), "ababab");
  EXPECT_EQ(values->Odd("octets").fuzzed, std::vector<std::string>{"b"});
}

TEST(ParseParameterValues, NamesThePlaceAndTheKeyOfWhatIsWrong) {
  const std::string place = "parameters.json: .parameters[0] (Status).values[1] (hit)";
  EXPECT_EQ(ValuesErrorWith("\"other\"", "\"south\""), place + ".region: `other` is expected here");
  EXPECT_EQ(ValuesErrorWith("\"POST\"", "\"HEAD\"").substr(0, place.size() + 15),
            place + ".method: `HEAD`");
  EXPECT_EQ(ValuesErrorWith("\"method\": \"POST\"", "\"format\": \"xml\""),
            place + ".format: is a parameter here; set Format");
  EXPECT_EQ(ValuesErrorWith("{\"name\": \"absent\"}", "{}"),
            "parameters.json: .parameters[0] (Status).values[0].name: is missing");
  EXPECT_EQ(
      ValuesErrorWith("FF00", "FF0"),
      "parameters.json: .odd_values[0] (octets).values: pairs of hex digits in capital letters "
      "are expected in `$octets(FF0)`");
  for (const char* wrong : {"3", "x,ab", "3,", "-1,ab", "9999999,ab"}) {
    EXPECT_EQ(ValuesErrorWith("3,ab", wrong),
              std::string("parameters.json: .odd_values[0] (octets).values: a number, a comma and "
                          "a text are expected in `$repeat(") +
                  wrong + ")`");
  }
  EXPECT_EQ(ValuesErrorWith("\"odd_values\"", "\"values\""),
            "parameters.json: .odd_values: is missing");
}

}  // namespace
}  // namespace assay
