/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a collector does until the power goes: stations and epochs whose agents send, the
 * office, seals with late records. */
#ifndef TESTS_CRASH_YARD_H
#define TESTS_CRASH_YARD_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/ingest.h"

#define CRASH_OFFICE "office"

/* An archive in a new folder. */
void crash_yard_prepare(const char *dir);
struct ingest_options crash_yard_options(const char *dir);

/* Journals only; journals and seals. */
void crash_yard_journals(const char *dir, uint64_t seed, bool again);
void crash_yard_seals(const char *dir, uint64_t seed, bool again);

#endif
