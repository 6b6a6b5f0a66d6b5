// What an emulator defines in order to be fuzzed within the process of `assay fuzz`, so that the
// engine sees which of its code an input reaches. Plain C: any language can define it that makes
// object files. How to compile and link it is in README.md, "Within the process".
#ifndef ASSAY_FUZZ_INPROCESS_H_
#define ASSAY_FUZZ_INPROCESS_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Makes the emulator ready, with the state of that dataset file. It is called once in each worker's
// process. Returns more than 0, or 0 or less if it cannot. Without the function below it starts the
// emulator on 127.0.0.1, on threads of its own, and returns the port once it accepts connections;
// it serves until the process ends.
int assay_start_target(const char* dataset_file);

// May be left out. Answers one request, `size` bytes of HTTP/1.1 with head and body, before it
// returns: no socket is between, which is several times as fast, and what an input reaches is never
// mixed up with what another one does. Points `*answer` at the bytes of the HTTP/1.1 answer, which
// stay valid until the next call, and returns their number; 0 closes the connection without an
// answer. It is called by one thread, for one request at a time. More than 10 s (--timeout) count
// as a hang.
size_t assay_answer_request(const char* request, size_t size, const char** answer);

#ifdef __cplusplus
}
#endif

#endif  // ASSAY_FUZZ_INPROCESS_H_
