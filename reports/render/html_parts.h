#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/journal/journal.h"

namespace assay {

// Parts of pages, as markup.

// A text as code.
std::string CodeMarkup(std::string_view text);
// A sentence, in which `…` marks code and long ids, URLs and JSON may be broken.
std::string ProseMarkup(std::string_view text);
// A command with a button that copies it.
std::string CommandMarkup(std::string_view command, std::string_view label);
// The anchor of a finding's card, and of a rule.
std::string FindingAnchor(const Finding& finding);
std::string RuleAnchor(std::string_view rule);

// What a run says of a rule, as cells and tags show it: "held", "broken", "warning", "known",
// "explained", "unclear" or "notshown".
std::string RuleClass(const RecordedRun& run, std::string_view rule);
// The same as a word or two for readers.
std::string_view RuleWord(std::string_view rule_class);
// A coloured square with a sign, so that it can be told without colours; with `href`, a link.
std::string CellMarkup(std::string_view rule_class, std::string_view href, std::string_view label);
// What the squares mean, in a list.
std::string LegendMarkup();

// The findings as cards in order of weight. The commands name the report's `folder`, if it is
// known.
std::string FindingCards(const RecordedRun& run, const std::string& folder);
// The grid of topics and rules.
std::string RuleGrid(const RecordedRun& run);
// The same of several runs, with a line for each under each topic, so that the squares of one rule
// stand beneath each other. `names` are those of the runs, `heading` says what they name.
std::string AlignedGrid(const std::vector<RecordedRun>& runs, const std::vector<std::string>& names,
                        std::string_view heading);
// All rules by topic, each with its sentence, its source and what was seen of it.
std::string RuleList(const RecordedRun& run);
// What the target does where the document is silent, in words, by topic.
std::string ReadingList(const RecordedRun& run);

}  // namespace assay
