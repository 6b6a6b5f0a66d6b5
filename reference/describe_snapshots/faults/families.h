#pragma once

#include <vector>

#include "reference/describe_snapshots/faults/fault.h"

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

// --- what several topics use ---

// Whether the snapshot is in the plan's region and satisfies its filters, each as `holds` has it.
bool Selects(const Scene& scene, const Snapshot& snapshot,
             const std::function<bool(const Filter&, bool right)>& holds);
bool Holds(const Scene& scene, const Filter& filter, const Snapshot& snapshot);
bool IsTag(const Filter& filter);
bool IsTime(const Filter& filter);
// The entries that the plan asks for, from that rank on.
std::vector<std::uint32_t> Slice(const Scene& scene, std::int64_t start, std::int64_t count);
// Takes away the refusals with that code.
void Accept(Plan& plan, std::string_view code);
// Refuses with that code.
void RefusePlan(Plan& plan, Rule rule, const char* code, std::string subject = "");
std::string ReplacedAll(std::string text, std::string_view from, std::string_view to);

}  // namespace assay
