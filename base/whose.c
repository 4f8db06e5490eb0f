/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/whose.h"

/* Top keys that only this one has; both have `zone`. */
static const char *const keys[][16] = {
	[WHOSE_CABINET] = { "station", "facility", "outlets", "journal", "collector",
	        "profiles", "ports", "instruments", "inputs", "cabinet", "sampler",
	        NULL },
	[WHOSE_COLLECTOR] = { "archive", "listen", "agents", "sign_key", "key",
	        "utc_offset", "most_agents", "allow_simulated", "seal_every", "hold",
	        "scrub_every", "scrub_rate", "commit_every", NULL },
};

/* The first of them that is there; NULL. */
static const char *has_any(const struct config *config, enum whose whose)
{
	for (size_t i = 0; keys[whose][i] != NULL; i++)
		if (config_line(config, keys[whose][i]) > 0)
			return keys[whose][i];
	return NULL;
}

enum whose config_whose(const struct config *config)
{
	bool cabinet = has_any(config, WHOSE_CABINET) != NULL;
	bool collector = has_any(config, WHOSE_COLLECTOR) != NULL;
	if (cabinet == collector)
		return WHOSE_UNKNOWN;
	return cabinet ? WHOSE_CABINET : WHOSE_COLLECTOR;
}

void config_tell_whose(
        const struct config *config, enum whose read_as, const char *path, FILE *report)
{
	static const char *const whom[] = { "", "cabinet", "collector" };
	static const char *const program[] = { "", "quantrac-sensord",
		"quantrac-collectd" };
	enum whose whose = config_whose(config);
	if (report == NULL || whose == WHOSE_UNKNOWN || whose == read_as)
		return;
	fprintf(report,
	        "%s: this is a %s's file (it has '%s'): %s reads it; here a %s's is "
	        "wanted\n",
	        path, whom[whose], has_any(config, whose), program[whose],
	        whom[read_as]);
}
