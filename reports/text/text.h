#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

// What a target sends is hostile: each writer of a format passes every text through the function
// of that format here.

// Text that XML 1.0 allows: characters it forbids, those that steer a terminal or turn a line, and
// bytes that are not UTF-8 become U+FFFD.
// Markup is left to the XML writer.
std::string XmlText(std::string_view text);
// Text that is safe inside an HTML element or a quoted attribute; control characters become
// U+FFFD, newlines and tabs stay.
std::string HtmlText(std::string_view text);
// Text that Markdown shows as it is, on one line, also in a table cell.
std::string MarkdownText(std::string_view text);
// An inline code span for a text, safe in a table cell too.
std::string MarkdownCode(std::string_view text);
// A fenced block that no backtick in the text can end.
std::string MarkdownBlock(std::string_view text);
// One line that cannot steer a terminal: control and direction characters are shown as escapes.
std::string TerminalText(std::string_view text);
// Valid UTF-8 of at most `limit` bytes, then, if something was cut, how long the text was.
std::string Shorten(std::string_view text, std::size_t limit);
// One word of a bash command line that stands for exactly these bytes (NUL excepted, which no
// argument can hold and is dropped): plain, in '…', or in $'…' if some bytes are not printable.
std::string ShellQuote(std::string_view bytes);

}  // namespace assay
