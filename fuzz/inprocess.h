// What an emulator defines in order to be fuzzed within the process of `assay fuzz`, so that the
// engine sees which of its code an input reaches. Plain C: any language can define it that makes
// object files. How to compile and link it is in README.md, "Within the process".
#ifndef ASSAY_FUZZ_INPROCESS_H_
#define ASSAY_FUZZ_INPROCESS_H_

#ifdef __cplusplus
extern "C" {
#endif

// Starts the emulator on 127.0.0.1, on threads of its own, with the state of that dataset file, and
// returns the port once it accepts connections; 0 or less if it cannot. It is called once in each
// worker's process, and the emulator serves until that ends.
int assay_start_target(const char* dataset_file);

#ifdef __cplusplus
}
#endif

#endif  // ASSAY_FUZZ_INPROCESS_H_
