#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/journal/journal.h"
#include "spec/record/record.h"

namespace assay {

// The address to send to: `target`, or that of a local `assay serve` if it is not a URL ("model").
std::string CurlTarget(std::string_view target);

// What of a request is sent in its query, and what in a form.
struct SentParts {
  std::vector<Parameter> query, form;
};
// Without secrets, and with what the driver adds. Placement "split" puts the common parameters into
// the query.
SentParts PartsOf(const Request& request);
// The address of the target with that query.
std::string UrlOf(std::string_view target, const std::vector<Parameter>& query,
                  FormEncoding encoding);

// A command of bash, on one line, that sends the request to the target with curl, unsigned and
// without secrets. `options` are those of the run: curl reaches the target in the same way, with
// the same headers. What was hidden of them (`***`) is a variable of the shell, without which the
// command says what is missing and sends nothing.
std::string CurlLine(const Request& request, std::string_view target,
                     const GivenOptions& options = {});
// The same for the finding's smallest request, after those that go before it.
std::string CurlLine(const Finding& finding, std::string_view target,
                     const GivenOptions& options = {});
// A command of bash that sends a raw message (spec/record/raw_message.h) to the target with printf
// and nc.
std::string RawMessageLine(std::string_view text, std::string_view target,
                           const GivenOptions& options);
// The same for whatever the finding of a run shows.
std::string CurlLine(const Finding& finding, const RunHeader& header);
// The same as lines of a script, one for each request.
std::string CurlScript(const Finding& finding, const RunHeader& header);

// " --target URL", and how the run signed: what `assay replay FILE` needs to send to where the run
// did. What was hidden is a variable of the shell here, too.
std::string ReplayFlags(const RecordedRun& run);

}  // namespace assay
