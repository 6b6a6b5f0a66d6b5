#pragma once

#include <vector>

#include "reference/faults/fault.h"

namespace assay {

// The catalogue by topic; a new fault is one entry in one of these.
void AddFilterFaults(std::vector<Fault>& out);
void AddPagingFaults(std::vector<Fault>& out);
void AddTokenFaults(std::vector<Fault>& out);
void AddTagFaults(std::vector<Fault>& out);
void AddTimeFaults(std::vector<Fault>& out);
void AddIdFaults(std::vector<Fault>& out);
void AddErrorFaults(std::vector<Fault>& out);
void AddShapeFaults(std::vector<Fault>& out);
void AddDataFaults(std::vector<Fault>& out);
void AddEncodingFaults(std::vector<Fault>& out);
void AddAuthFaults(std::vector<Fault>& out);
void AddTransportFaults(std::vector<Fault>& out);
void AddIntermittentFaults(std::vector<Fault>& out);
void AddDeepFaults(std::vector<Fault>& out);
void AddHostileFaults(std::vector<Fault>& out);
void AddCompanyFaults(std::vector<Fault>& out);

// Faults of filters in another measure, and of the types of fields in another field (variants.h).
void AddFilterVariants(std::vector<Fault>& out);
void AddTypeVariants(std::vector<Fault>& out);

// Below: what several topics use.

// Faults of one change at one stage.
Fault SelectFault(std::string id, std::string title, int difficulty, std::vector<Rule> breaks,
                  decltype(Fault::select) select);
Fault ValidateFault(std::string id, std::string title, int difficulty, std::vector<Rule> breaks,
                    decltype(Fault::validate) validate);

// The rules that a list with one snapshot too many or too few may break, and those whose ids begin
// so.
std::vector<Rule> ListRulesAnd(const std::vector<std::string_view>& more);
// Whether the snapshot is in the plan's region and satisfies its filters, each judged by `holds`.
bool Selects(const Scene& scene, const Snapshot& snapshot,
             const std::function<bool(const Filter&, bool right)>& holds);
bool Holds(const Scene& scene, const Filter& filter, const Snapshot& snapshot);
// Whether it satisfies all of them, in whichever region.
bool HoldsAll(const Scene& scene, const Snapshot& snapshot);
bool IsTag(const Filter& filter);
bool IsTime(const Filter& filter);
// The entries that the plan asks for, from that rank on.
std::vector<std::uint32_t> Slice(const Scene& scene, std::int64_t start, std::int64_t count);
// True if the page is not empty and is the last one of the list.
bool EndsList(const Scene& scene, const RenderedList& list);
// Takes away the refusals with that code, or under that rule.
void Accept(Plan& plan, std::string_view code);
void Accept(Plan& plan, Rule rule);
// Refuses with that code.
void RefusePlan(Plan& plan, Rule rule, const char* code, std::string subject = "");
// The text with a `?` in place of each character beyond ASCII, as a conversion leaves it that does
// not know them.
std::string WithoutBeyondAscii(std::string_view text);
std::string ReplacedAll(std::string text, std::string_view from, std::string_view to);

}  // namespace assay
