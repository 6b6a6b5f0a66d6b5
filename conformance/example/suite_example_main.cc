// A GoogleTest program that runs Assay's suite: against a handler in this process, or with a URL
// against an endpoint that holds the built-in dataset. Here the handler is the reference itself,
// with the fault that is named, if any.
//
//     suite_example --gtest_filter='page.*' http://127.0.0.1:8080
#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <utility>

#include "conformance/run/embedded_suite.h"
#include "property/register.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"
#include "reference/target/handler_target.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::string argument = argc > 1 ? argv[1] : "";
  assay::EmbeddedSuite suite;
  if (argument.starts_with("http")) suite.run.target = argument;

  const assay::Dataset dataset = assay::BuiltInDataset();
  assay::Service service(dataset, {},
                         suite.run.target.empty() && !argument.empty()
                             ? assay::FindFaults({argument}).value()
                             : std::vector<const assay::Fault*>());
  assay::HandlerTarget handler([&](const assay::Request& request) {
    assay::Response response;
    service.Handle(request, "localhost", response);
    return response;
  });
  if (suite.run.target.empty()) suite.target = &handler;

  const assay::Done registered =
      assay::RegisterAssayTests(std::move(suite), {assay::PropertyTests});
  if (registered) return RUN_ALL_TESTS();
  std::cerr << registered.error().Text() << "\n";
  return 2;
}
