/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table with every type of field, for the tests of base/config. */
#ifndef TESTS_CONFIG_SAMPLE_H
#define TESTS_CONFIG_SAMPLE_H

#include "base/config.h"

struct sample_instrument {
	const char *id, *model, *line;
	int64_t slave;
	int framing;
	double poll_s, limit_mg_L, temperature_C, share_percent, gain;
	bool enabled, slave_set;
};

struct sample {
	const char *id, *name, *notes;
	int64_t since_us;
	int offset_min;
	struct sample_place {
		double latitude, longitude;
		const char *datum;
	} place;
	size_t n_instruments;
	struct sample_instrument *instrument;
	size_t n_tags, n_levels;
	const char **tag;
	double *level;
	struct config_pairs labels;
	const char *settings;
};

extern const struct section sample_section;

/* A document in which every key is written; its JSON twin. */
extern const char sample_yaml[], sample_json[];

#endif
