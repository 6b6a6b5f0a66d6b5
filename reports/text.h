#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

// What a target sends is hostile: each writer of a format passes every text through the function
// of that format here.

bool IsUtf8(std::string_view bytes);
// The text with U+FFFD in place of each byte that belongs to no UTF-8 character.
std::string ReplaceInvalidUtf8(std::string_view bytes);
// The longest beginning of at most `limit` bytes that does not cut a UTF-8 character in two.
std::string_view CutUtf8(std::string_view text, std::size_t limit);

// Appends a JSON string, quotes included. `utf8` must be valid UTF-8.
void AppendJsonString(std::string_view utf8, fmt::memory_buffer* out);

std::string Base64(std::string_view bytes);
// The bytes; false where the text is no base64 (RFC 4648, padded).
bool ParseBase64(std::string_view text, std::string* bytes);

// Text that XML 1.0 allows: characters it forbids and bytes that are not UTF-8 become U+FFFD.
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
// Valid UTF-8 of at most `limit` bytes, then, where something was cut, how long the text was.
std::string Shorten(std::string_view text, std::size_t limit);

}  // namespace assay
