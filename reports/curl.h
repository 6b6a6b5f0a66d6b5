#pragma once

#include <string>
#include <string_view>

#include "reports/journal.h"
#include "spec/record.h"

namespace assay {

// One word of a bash command line that stands for exactly these bytes (NUL excepted, which no
// argument can hold and is dropped): plain, in '…', or in $'…' where bytes are not printable.
std::string ShellQuote(std::string_view bytes);

// RFC 3986: unreserved characters stay, everything else becomes %XX.
// A blank becomes `blank` where that is not 0.
std::string EncodeUrlPart(std::string_view bytes, char blank = 0);

// The address to send to: `target`, or the one of a local `assay serve` where it is no URL
// ("model").
std::string CurlTarget(std::string_view target);

// A command of bash, on one line, that sends the finding's smallest request to the target with
// curl, unsigned and without secrets, after those that go before it. Placement "split" puts the
// common parameters into the query.
std::string CurlLine(const Finding& finding, std::string_view target);

// " --target URL", and how the run signed: what `assay replay FILE` needs to send to where the run
// did.
std::string ReplayFlags(const RecordedRun& run);

}  // namespace assay
