/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text read as the configuration of the sample. */
#ifndef TESTS_CONFIG_KIT_H
#define TESTS_CONFIG_KIT_H

#include "tests/kits/check.h"

#include "tests/kits/config_sample.h"

/* What was read, what was reported, and what to free. */
struct outcome {
	struct sample sample;
	struct config *config;
	char *report;
	int status;
};

struct outcome read_n(const char *text, size_t n);
struct outcome read_it(const char *text);
void done(struct outcome *got);

#endif
