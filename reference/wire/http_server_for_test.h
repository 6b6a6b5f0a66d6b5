#pragma once

#include <gtest/gtest.h>

#include <string>

#include "reference/wire/http_server.h"
#include "reference/wire/raw_socket_for_test.h"

namespace assay {

// For tests: answers with what the server understood of the request.
inline void Echo(const HttpRequest& request, HttpResponse& response) {
  response.Set("Content-Type", "text/plain");
  response.body = request.method + " " + request.target + " " + request.body;
}

// For tests: the parts of a message.
inline std::string BodyOf(const std::string& message) {
  const std::size_t end = message.find("\r\n\r\n");
  return end == std::string::npos ? "" : message.substr(end + 4);
}
inline std::string StatusLineOf(const std::string& message) {
  return message.substr(0, message.find("\r\n"));
}

// For tests: what comes until the peer closes, which it has to do in due form.
inline std::string ReadToTheEnd(RawSocket& socket) {
  bool closed = false;
  std::string said = socket.ReadAll(&closed);
  EXPECT_TRUE(closed) << "the connection is still open, was reset or cut off";
  return said;
}

// For tests: sends many requests at once; Echo() has to answer them in their order.
inline void ExpectPipelinedRequestsAnsweredInOrder(RawSocket& socket) {
  std::string requests;
  for (int i = 0; i < 500; ++i)
    requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\nContent-Length: 2\r\n\r\nab";
  socket.Send(requests);
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(BodyOf(socket.ReadMessage()), "POST /" + std::to_string(i) + " ab");
}

}  // namespace assay
