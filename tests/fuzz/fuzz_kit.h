/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzz targets share: bytes as a file in memory, as a text, and a folder in memory. */
#ifndef TESTS_FUZZ_KIT_H
#define TESTS_FUZZ_KIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

/* A file of these bytes that lies in memory; its path, until the next call. */
const char *fuzz_file(const uint8_t *in, size_t n);

/* A copy with a NUL behind it; the caller frees. */
char *fuzz_text(const uint8_t *in, size_t n);

/* A folder in memory, one for the process, removed at its end. */
const char *fuzz_folder(void);

/* Write a file below it; the folder of the file must be there. */
void fuzz_write(const char *path, const void *in, size_t n);

/* Nothing said by what is fuzzed is printed. */
void fuzz_quiet(void);

#endif
