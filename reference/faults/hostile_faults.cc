// Faults that show when a request is odd: what an author did not think of.
#include <algorithm>
#include <array>

#include "reference/describe_snapshots/parameters.h"
#include "reference/faults/families.h"
#include "spec/text/letters.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

using When = std::function<bool(const Scene&)>;
using Test = bool (*)(const Parameter& parameter);

When Any(Test test) {
  return [test](const Scene& scene) { return std::ranges::any_of(scene.request.parameters, test); };
}

bool IsTagOrFilter(std::string_view name) {
  return name.starts_with("Tag.") || name.starts_with("Filter.");
}

bool HasCharacter(std::string_view text, bool (*is)(char32_t code)) {
  bool found = false;
  ForEachCharacter(text, [&](const Character& character, std::string_view) {
    found |= character.valid && is(character.code);
  });
  return found;
}

// Digits of other scripts, and superscripts, which some languages take for digits.
bool IsOtherDigit(char32_t code) {
  return (code >= 0x660 && code <= 0x669) || (code >= 0xFF10 && code <= 0xFF19) || code == 0xB2;
}

// A server that falls over answers with 500, and hardly ever in the form that is documented.
void Crash(const Scene&, Response& answer) {
  answer.status = 500;
  answer.content_type = "text/plain";
  answer.body = "Internal Server Error\n";
}

// Adds faults that fail with 500 on some requests.
auto CrashesInto(std::vector<Fault>& out) {
  return [&out](const char* id, const char* title, int difficulty, When when) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kRender,
                   .difficulty = difficulty,
                   .breaks = {"error.internal_error.unprovoked"_rule},
                   .when = std::move(when),
                   .answer = Crash});
  };
}

void AddCrashes(std::vector<Fault>& out) {
  const auto add = CrashesInto(out);
  add("odd.value.long_crashes", "fails with 500 on values of more than 1,000 bytes", 4,
      Any([](const Parameter& p) { return p.name != "SnapshotIds" && p.value.size() > 1000; }));
  add("odd.value.huge_crashes", "fails with 500 on values of more than 64 KiB", 5,
      Any([](const Parameter& p) { return p.value.size() > 65536; }));
  add("odd.value.nul_crashes", "fails with 500 on a value with a NUL", 4,
      Any([](const Parameter& p) { return p.value.find('\0') != std::string::npos; }));
  add("odd.name.nul_crashes", "fails with 500 on a name with a control character", 5,
      Any([](const Parameter& p) {
        return std::ranges::any_of(p.name, [](char c) { return c >= 0 && c < ' '; });
      }));
  add("odd.value.line_break_crashes", "fails with 500 on a value with a line break", 4,
      Any([](const Parameter& p) { return p.value.find('\n') != std::string::npos; }));
  add("odd.value.nested_crashes", "fails with 500 on SnapshotIds of many brackets", 5,
      Any([](const Parameter& p) {
        return p.name == "SnapshotIds" && std::ranges::count(p.value, '[') > 1000;
      }));
  add("odd.value.prototype_crashes", "fails with 500 on values that name parts of an object", 4,
      Any([](const Parameter& p) { return p.value == "__proto__" || p.value == "constructor"; }));
  add("odd.value.format_crashes", "fails with 500 on a value that holds %s or %n", 5,
      Any([](const Parameter& p) { return p.value.find("%s") != std::string::npos; }));
  add("odd.value.regexp_crashes", "fails with 500 on a value with an unpaired parenthesis", 4,
      Any([](const Parameter& p) {
        return std::ranges::count(p.value, '(') != std::ranges::count(p.value, ')');
      }));
  add("odd.value.quote_crashes", "fails with 500 on a time or an id with a quotation mark", 4,
      Any([](const Parameter& p) {
        return (p.name.starts_with("Filter.") || p.name.ends_with("Id")) &&
               p.value.find('\'') != std::string::npos;
      }));
  add("odd.value.unpaired_surrogate_crashes", "fails with 500 on text that is not UTF-8", 4,
      Any([](const Parameter& p) { return !IsValidUtf8(p.value); }));
  add("odd.value.not_a_character_crashes", "fails with 500 on U+FFFF", 5,
      Any([](const Parameter& p) {
        return HasCharacter(p.value, [](char32_t code) { return code == 0xFFFF; });
      }));
  add("odd.number.digits_crash", "fails with 500 on digits of other scripts in a number", 4,
      Any([](const Parameter& p) {
        return IsPagingParameter(p.name) && HasCharacter(p.value, IsOtherDigit);
      }));
  add("odd.number.infinite_crashes", "fails with 500 on a number that is none, or infinite", 5,
      Any([](const Parameter& p) {
        return IsPagingParameter(p.name) && (p.value == "NaN" || p.value == "Infinity" ||
                                             p.value.find('e') != std::string::npos);
      }));
  add("odd.number.far_beyond_crashes", "fails with 500 on numbers beyond 2^64", 4,
      Any([](const Parameter& p) {
        return IsPagingParameter(p.name) && p.value.size() > 19 &&
               std::ranges::all_of(p.value, IsDigit);
      }));
  add("odd.date.year_crashes", "fails with 500 on years before 1 and after 9999", 4,
      Any([](const Parameter& p) {
        return p.name.starts_with("Filter.") &&
               (p.value.starts_with("0000-01") || p.value.starts_with("10000-"));
      }));
}

void AddNames(std::vector<Fault>& out) {
  const auto add = CrashesInto(out);
  add("odd.name.digit_crashes", "fails with 500 on a number of another script in a name", 5,
      Any([](const Parameter& p) {
        return IsTagOrFilter(p.name) && HasCharacter(p.name, IsOtherDigit);
      }));
  add("odd.name.negative_crashes", "fails with 500 on a negative number in a name", 4,
      Any([](const Parameter& p) {
        return IsTagOrFilter(p.name) && p.name.find(".-") != p.name.npos;
      }));
  add("odd.name.prototype_crashes", "fails with 500 on the name __proto__", 5,
      Any([](const Parameter& p) { return p.name.find("__proto__") != p.name.npos; }));
  add("odd.name.brackets_crash", "fails with 500 on a name with brackets", 4,
      Any([](const Parameter& p) { return p.name.ends_with("[]"); }));
  add("odd.name.nested_crashes", "fails with 500 on a number behind the name of a parameter", 5,
      Any([](const Parameter& p) { return p.name == "Status.1" || p.name == "DiskId.1"; }));
  add("odd.name.repeated_crashes", "fails with 500 if a parameter is given twice", 3,
      [](const Scene& scene) {
        const auto& all = scene.request.parameters;
        return std::ranges::any_of(all, [&](const Parameter& p) {
          return std::ranges::count(all, p.name, &Parameter::name) > 1;
        });
      });
  add("odd.name.three_times_crashes", "fails with 500 if a parameter is given three times", 5,
      [](const Scene& scene) {
        const auto& all = scene.request.parameters;
        return std::ranges::any_of(all, [&](const Parameter& p) {
          return std::ranges::count(all, p.name, &Parameter::name) > 2;
        });
      });
  add("odd.name.letters_crash", "fails with 500 on DISKID", 5,
      Any([](const Parameter& p) { return p.name == "DISKID"; }));
}

// Answers to odd values that are no crashes, and wrong all the same.
void AddAnswers(std::vector<Fault>& out) {
  const std::vector<Rule> unreadable = {
      "encoding.json.well_formed"_rule, "encoding.xml.well_formed"_rule,
      "encoding.format.json"_rule,      "encoding.format.xml"_rule,
      "encoding.media_type.json"_rule,  "encoding.media_type.xml"_rule,
      "error.envelope.code"_rule};
  const auto add = [&](const char* id, const char* title, std::vector<Rule> breaks, When when,
                       std::function<void(const Scene&, Response&)> answer) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kRender,
                   .difficulty = 4,
                   .breaks = std::move(breaks),
                   .when = std::move(when),
                   .answer = std::move(answer)});
  };
  add("odd.value.control_page", "refuses control characters with a page of the web server",
      unreadable, Any([](const Parameter& p) { return p.value.find('\x01') != std::string::npos; }),
      [](const Scene&, Response& answer) {
        answer.status = 400;
        answer.content_type = "text/html";
        answer.body = "<html><body><h1>400 Bad Request</h1></body></html>";
      });
  add("odd.value.long_empty", "answers values of more than 1,900 bytes with an empty body",
      unreadable,
      Any([](const Parameter& p) { return p.name != "SnapshotIds" && p.value.size() > 1900; }),
      [](const Scene&, Response& answer) {
        answer.status = 400;
        answer.body.clear();
      });
  const auto matches_all = [](Test test) {
    return [test](const Scene& scene, const Snapshot& snapshot, bool right) {
      const bool odd = std::ranges::any_of(scene.request.parameters, test);
      return right || (odd && snapshot[Field::kRegionId] == scene.plan->region);
    };
  };
  const std::vector<Rule> selecting = {"filter.snapshot_name.selects"_rule,
                                       "filter.instance_id.selects"_rule,
                                       "filter.disk_id.selects"_rule,
                                       "filter.snapshot_link_id.selects"_rule,
                                       "filter.kms_key_id.selects"_rule,
                                       "filter.resource_group_id.selects"_rule,
                                       "tag.text.exact"_rule,
                                       "tag.key.selects"_rule,
                                       "tag.value.selects"_rule,
                                       "request.parameters.conjunction"_rule,
                                       "page.total_count.matches"_rule,
                                       "request.same.answer"_rule};
  out.push_back(SelectFault("odd.value.sql_selects_all",
                            "lists everything for a name or key that ends a text in SQL", 4,
                            selecting, matches_all([](const Parameter& p) {
                              return p.value.find("' OR '1'='1") != std::string::npos;
                            })));
  out.push_back(SelectFault("odd.value.regexp_selects_all",
                            "lists everything for the regular expression .*", 4, selecting,
                            matches_all([](const Parameter& p) { return p.value == ".*"; })));
  out.push_back(SelectFault("odd.value.null_selects_all", "takes the text null for no value", 4,
                            selecting, matches_all([](const Parameter& p) {
                              return p.value == "null" && p.name != "SnapshotIds";
                            })));
}

// What the gateway of the real service does, and an emulator may forget.
void AddGateway(std::vector<Fault>& out) {
  out.push_back({.id = "parameter.owner.refused",
                 .title = "refuses OwnerId and its like",
                 .stage = Stage::kValidate,
                 .difficulty = 3,
                 .breaks = {"request.owner.accepted"_rule},
                 .when = Any([](const Parameter& p) {
                   return p.name.ends_with("OwnerId") || p.name.ends_with("OwnerAccount");
                 }),
                 .validate = [](const Scene&, Plan& plan) {
                   RefusePlan(plan, "request.open.admissible"_rule, "UnsupportedParameter",
                              "OwnerId");
                 }});
  out.push_back(ValidateFault(
      "parameter.action.any", "answers every Action", 3, {"request.action.known"_rule},
      [](const Scene&, Plan& plan) { Accept(plan, "request.action.known"_rule); }));
  out.push_back({.id = "error.trace.in_message",
                 .title = "adds a stack trace to its texts of errors",
                 .stage = Stage::kRender,
                 .difficulty = 2,
                 .breaks = {"error.envelope.no_trace"_rule},
                 .error = [](const Scene&, RenderedError& error) {
                   error.message += "\n    at describe (/srv/app/index.js:42:17)";
                 }});
}

}  // namespace

void AddHostileFaults(std::vector<Fault>& out) {
  AddGateway(out);
  AddCrashes(out);
  AddNames(out);
  AddAnswers(out);
}

}  // namespace assay
